/**
 * The real outside world of commands.
 *
 * @module
 */
import type { CliPorts } from "../cli/ports.ts";
import { systemAuthorities } from "./authorities.ts";
import { wakefulClock } from "./clock.ts";
import { systemEntropy } from "./entropy.ts";
import { connectTcp } from "./net.ts";
import { readAnyFile } from "./storage.ts";

/** Ports over this operating system; texts go where the caller says. */
export function systemCliPorts(output: Pick<CliPorts, "print" | "complain">): CliPorts {
  return {
    ...output,
    clock: wakefulClock,
    entropy: systemEntropy,
    readFile: readAnyFile,
    writeFile(path, text, { secret, replace }) {
      const mode = secret ? 0o600 : 0o644;
      try {
        // A secret that replaces a file must not be readable by those who could read that one.
        if (replace) removeQuietly(path);
        Deno.writeTextFileSync(path, text, { createNew: true, mode });
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) return false;
        throw error;
      }
    },
    dial: connectTcp,
    systemAuthorities,
  };
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
