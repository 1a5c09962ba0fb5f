/**
 * Trials of the binary: each is a name and what has to come true, told and counted as it goes.
 *
 * @module
 */
import type { Candidate } from "./candidate.ts";

/** One trial. */
export interface Trial {
  /** What is true when it passes, as a sentence. */
  readonly name: string;
  /** Throws when it is not true; may give a figure to print beside the name. */
  run(candidate: Candidate): Promise<string | void> | string | void;
}

/** Thrown by a trial that this machine cannot hold; the message says what it lacks. */
export class LeftOut extends Error {
  override readonly name = "LeftOut";
}

/** Holds them one after the other. Prints a line for each, and a last one that counts; gives the exit code. */
export async function holdAll(trials: readonly Trial[], candidate: Candidate): Promise<0 | 1> {
  let passed = 0;
  let failed = 0;
  for (const { name, run } of trials) {
    const sinceMs = performance.now();
    const told = (end: string) => {
      console.log(`${end} (${((performance.now() - sinceMs) / 1000).toFixed(1)} s)`);
    };
    try {
      const figure = await run(candidate);
      passed++;
      told(`ok    ${name}${figure ? `: ${figure}` : ""}`);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof LeftOut) {
        console.log(`-     ${name}: left out, ${message}`);
        continue;
      }
      failed++;
      told(`FAIL  ${name}: ${message}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Throws with `message` unless it holds. */
export function hold(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws a {@link LeftOut} unless the program is there. */
export function need(program: string, origin: string): void {
  if (!has(program)) throw new LeftOut(`there is no ${program} (${origin})`);
}

/** Whether the shell finds the program. */
export function has(program: string): boolean {
  return new Deno.Command("sh", { args: ["-c", `command -v ${program}`] }).outputSync().success;
}
