/**
 * Tasks that are done again and again.
 *
 * @module
 */
import type { Clock } from "../ports.ts";

/** Runs `task` every `intervalMs`, counted from its end, until the returned function is called. */
export function every(clock: Clock, intervalMs: number, task: () => void): () => void {
  let stop = clock.after(intervalMs, run);
  function run() {
    task();
    stop = clock.after(intervalMs, run);
  }
  return () => stop();
}
