import { assertEquals } from "@std/assert";
import { every } from "../../../lib/node/every.ts";
import { SimClock } from "../../support/sim_clock.ts";

Deno.test("every() runs a task at its intervals until it is stopped", () => {
  const clock = new SimClock();
  const times: number[] = [];
  const start = clock.monotonicMs();
  const stop = every(clock, 100, () => times.push(clock.monotonicMs() - start));
  clock.advance(350);
  stop();
  clock.advance(1000);
  assertEquals([times, clock.timers], [[100, 200, 300], 0]);
});
