/**
 * The system's clock.
 *
 * @module
 */
import type { Clock } from "../ports.ts";

/** The wall clock, with the microseconds of the monotonic one, and the monotonic clock. */
export const systemClock: Clock = {
  nowMicros,
  monotonicMs,
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    Deno.unrefTimer(timer);
    return () => clearTimeout(timer);
  },
};

/**
 * The same clock, but what it is asked to run later keeps the process alive until then. It needs nothing
 * that a browser lacks.
 */
export const wakefulClock: Clock = {
  nowMicros,
  monotonicMs,
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

function nowMicros(): number {
  const steadyMs = performance.now();
  const wallMs = Date.now();
  // Somebody set the clock, or the machine slept, which the monotonic clock does not see.
  if (Math.abs(wallMs - startMs - steadyMs) > DRIFT_MS_MAX) startMs = wallMs - steadyMs;
  return Math.floor((startMs + steadyMs) * 1000);
}

function monotonicMs(): number {
  return performance.now();
}

/** What the wall clock said when the monotonic one was 0. */
let startMs = performance.timeOrigin;

/** More than the millisecond that the wall clock leaves open. */
const DRIFT_MS_MAX = 10;
