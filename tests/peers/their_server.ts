/**
 * A peer's server, for as long as our client visits it. As a program it is told all in JSON and prints
 * what it saw: so a server that listens on all interfaces can be run in a network of its own.
 *
 * @module
 */
import type { Case, Sight } from "./cases.ts";
import { visit } from "./our_client.ts";
import type { ServerStart } from "./programs.ts";

/** One case with one server. */
export interface Visit {
  readonly which: Case;
  /** The lab's. */
  readonly folder: string;
  readonly port: number;
  readonly start: ServerStart;
}

/** Starts the server, goes through the case, and ends the server. */
export async function visitServer({ which, folder, port, start }: Visit): Promise<Sight[]> {
  const [command, ...args] = start.command;
  const server = new Deno.Command(command, {
    args,
    cwd: start.cwd,
    // Open: s_server ends with it.
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await listening(port);
    return await visit(which, folder, port, start.answers);
  } finally {
    server.kill("SIGKILL");
    await server.status;
    await server.stdin.close().catch(() => {});
  }
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, TRY_MS));
    }
  }
  throw new Error(`Server does not listen on port ${port}`);
}

/** Virtual machines and debug builds start slowly: 20 s. */
const TRIES_MAX = 200;
const TRY_MS = 100;

if (import.meta.main) {
  console.log(JSON.stringify(await visitServer(JSON.parse(Deno.args[0]))));
  Deno.exit(0);
}
