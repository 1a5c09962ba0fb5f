/**
 * How busy the isolate is: a timer that should come at an interval, and by how much it is late.
 *
 * @module
 */
import type { Clock } from "../ports.ts";
import type { Meters } from "../telemetry/meters.ts";
import { every } from "./every.ts";

/** Records delays until the returned function is called. */
export function measureEventLoop(clock: Clock, { eventLoopDelay }: Meters): () => void {
  let lastMs = clock.monotonicMs();
  return every(clock, INTERVAL_MS, () => {
    const nowMs = clock.monotonicMs();
    eventLoopDelay.record(Math.max(0, nowMs - lastMs - INTERVAL_MS));
    lastMs = nowMs;
  });
}

/** Often enough to meet what holds up a second of messages, seldom enough to cost nothing. */
const INTERVAL_MS = 250;
