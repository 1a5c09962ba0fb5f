import { assertEquals } from "@std/assert";
import { measureEventLoop } from "../../../lib/node/event_loop.ts";
import { Meters } from "../../../lib/telemetry/meters.ts";
import { SimClock } from "../../support/sim_clock.ts";

Deno.test("measureEventLoop() records how late its timer is, until it is stopped", () => {
  const [clock, meters] = [new SimClock(), new Meters()];
  const stop = measureEventLoop(clock, meters);
  clock.advance(1000);
  assertEquals([meters.eventLoopDelay.count, meters.eventLoopDelay.sumSeconds], [4, 0]);
  stop();
  clock.advance(1000);
  assertEquals(meters.eventLoopDelay.count, 4);
});
