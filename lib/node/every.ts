/**
 * Tasks that are done again and again.
 *
 * @module
 */
import type { Clock } from "../ports.ts";

/**
 * Runs `task` every `intervalMs`, counted from its end, until the returned function is called. It may
 * give a promise; what that rejects with is lost, for a task tells of its failures itself.
 */
export function every(
  clock: Clock,
  intervalMs: number,
  task: () => unknown,
): () => void {
  let isStopped = false;
  let cancel = clock.after(intervalMs, run);
  function run() {
    const ended = task();
    if (ended instanceof Promise) ended.then(again, again);
    else again();
  }
  function again() {
    if (!isStopped) cancel = clock.after(intervalMs, run);
  }
  return () => {
    isStopped = true;
    cancel();
  };
}
