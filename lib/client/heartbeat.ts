/**
 * Doing something at an interval, to stay known to the node and to notice when it is gone.
 *
 * @module
 */
import type { Clock } from "../ports.ts";

/**
 * Runs `beat` again and again, each time `intervalMs` after the last one ended, until the returned
 * function is called. What goes wrong in a beat is let pass: the link notices what it has to.
 * An interval of 0 is no heartbeat.
 */
export function startHeartbeat(
  clock: Clock,
  intervalMs: number,
  beat: () => Promise<void>,
): () => void {
  let isStopped = intervalMs === 0;
  let stopTimer = () => {};
  const wait = () => {
    if (!isStopped) stopTimer = clock.after(intervalMs, () => void beat().then(wait, wait));
  };
  wait();
  return () => {
    isStopped = true;
    stopTimer();
  };
}
