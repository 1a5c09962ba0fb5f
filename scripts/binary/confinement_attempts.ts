/**
 * What a node may do, and what somebody would like to do who has got the better of one.
 *
 * @module
 */
import type { Config } from "../../lib/config.ts";

/** Names of what was tried: done, refused for want of a permission, or failed otherwise, with why. */
export interface Attempts {
  readonly done: string[];
  readonly refused: string[];
  readonly failed: string[];
}

/** Tries everything, with the data directory and the certificate of `config`; a `decoy` lies beside each. */
export async function attempts({ system, tcp }: Config): Promise<Attempts> {
  const result: Attempts = { done: [], refused: [], failed: [] };
  const { certFile } = tcp.tls.files!;
  const tries: Readonly<Record<string, () => unknown>> = {
    "write below the data directory": () => Deno.writeTextFileSync(`${system.path}/probe`, ""),
    "read below the data directory": () => Deno.readTextFileSync(`${system.path}/probe`),
    "read the certificate": () => Deno.readTextFileSync(certFile),
    "listen where it is told": () => Deno.listen({ ...tcp.address }).close(),
    "write the certificate": () => Deno.writeTextFileSync(certFile, ""),
    "read beside the certificate": () => Deno.readTextFileSync(`${certFile}/../decoy`),
    "read beside the data directory": () => Deno.readTextFileSync(`${system.path}/../decoy`),
    "write beside the data directory": () => Deno.writeTextFileSync(`${system.path}/../decoy`, ""),
    "list the root directory": () => [...Deno.readDirSync("/")],
    "read the system's users": () => Deno.readTextFileSync("/etc/passwd"),
    "read its own memory map": () => Deno.readTextFileSync("/proc/self/maps"),
    "link from the data directory": () => Deno.symlinkSync("/etc", `${system.path}/etc`),
    "read the environment": () => Deno.env.get("PATH"),
    "listen elsewhere": () => Deno.listen({ hostname: "0.0.0.0", port: 0 }).close(),
    "connect elsewhere": () => Deno.connect({ hostname: "192.0.2.1", port: 80 }),
    "resolve a name": () => Deno.resolveDns("example.org", "A"),
    "fetch": () => fetch("http://192.0.2.1/"),
    "run a program": () => new Deno.Command("true").outputSync(),
    "load a library": () => Deno.dlopen("libc.so.6", {}),
    "import code": () => import(`${"http"}://192.0.2.1/code.ts`),
  };
  for (const [name, act] of Object.entries(tries)) {
    try {
      await act();
      result.done.push(name);
    } catch (error) {
      if (isRefusal(error)) result.refused.push(name);
      else result.failed.push(`${name}: ${error}`);
    }
  }
  return result;
}

/** Of an import, only the message says so. */
function isRefusal(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable ||
    (error instanceof TypeError && /Requires \w+ access/.test(error.message));
}
