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

/** The same clock, but what it is asked to run later keeps the process alive until then. */
export const wakefulClock: Clock = {
  ...systemClock,
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
