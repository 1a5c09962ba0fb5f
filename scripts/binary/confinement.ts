/**
 * Runs `confinement_probe.ts`, from source or compiled, and gives what came of its attempts.
 *
 * @module
 */
import { linesOf } from "../bench/lines.ts";
import type { Attempts } from "./confinement_attempts.ts";

/** What each thread could do, and how the process ended after SIGTERM. */
export interface Confinement {
  readonly node: Attempts;
  readonly main: Attempts;
  readonly code: number;
}

/** All that a node has to be able to do, of what is tried; nothing of it is the main thread's. */
export const ALLOWED: readonly string[] = [
  "write below the data directory",
  "read below the data directory",
  "read the certificate",
  "listen where it is told",
];

/** `program` with its first arguments is the probe. */
export async function tryConfinement([program, ...args]: readonly string[]): Promise<Confinement> {
  const folder = Deno.makeTempDirSync({ prefix: "whippet-confinement-" });
  for (const name of ["data", "keys"]) Deno.mkdirSync(`${folder}/${name}`);
  for (const name of ["decoy", "keys/decoy", "keys/cert.pem"]) {
    Deno.writeTextFileSync(`${folder}/${name}`, "Nothing to see here\n");
  }
  await using child = new Deno.Command(program, {
    args: [...args],
    cwd: folder,
    env: {
      IGGY_SYSTEM_PATH: `${folder}/data`,
      IGGY_TCP_ADDRESS: "127.0.0.1:0",
      IGGY_TCP_TLS_ENABLED: "true",
      IGGY_TCP_TLS_CERT_FILE: `${folder}/keys/cert.pem`,
      IGGY_TCP_TLS_KEY_FILE: `${folder}/keys/key.pem`,
    },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const said: Record<string, Attempts> = {};
  const lines = linesOf(child.stdout);
  for (let line = await lines.read(); !line.done; line = await lines.read()) {
    const { thread, ...attempts } = JSON.parse(line.value) as Attempts & { thread: string };
    said[thread] = attempts;
    // Behind the last attempt.
    if (thread === "main") child.kill("SIGTERM");
  }
  const { code } = await child.status;
  Deno.removeSync(folder, { recursive: true });
  return { node: said.node, main: said.main, code };
}
