/**
 * The system's clock.
 *
 * @module
 */
import type { Clock } from "../ports.ts";

/** Wall time with microseconds that never step backwards inside one millisecond, and the monotonic clock. */
export const systemClock: Clock = {
  nowMicros() {
    return Math.floor((performance.timeOrigin + performance.now()) * 1000);
  },
  monotonicMs() {
    return performance.now();
  },
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    Deno.unrefTimer(timer);
    return () => clearTimeout(timer);
  },
};
