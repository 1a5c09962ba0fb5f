import { assert, assertEquals } from "@std/assert";
import { Pace } from "../../../lib/log/pace.ts";
import { turns } from "../../support/partition_logs.ts";
import { SimClock } from "../../support/sim_clock.ts";

Deno.test("Pace.turn() lets others have their turn when a step has taken long enough", async () => {
  const clock = new SimClock();
  const pace = new Pace(clock, 5);
  clock.advance(4);
  assertEquals(pace.turn(), undefined);
  clock.advance(1);
  let goesOn = false;
  pace.turn()!.then(() => goesOn = true);
  await turns();
  assertEquals([goesOn, clock.timers], [false, 1]);
  clock.advance(0);
  await turns();
  assertEquals(goesOn, true);
  assertEquals(pace.turn(), undefined, "a new step");
});

Deno.test("Pace.begin() starts a step", () => {
  const clock = new SimClock();
  const pace = new Pace(clock, 5);
  clock.advance(1000);
  pace.begin();
  assertEquals(pace.turn(), undefined);
});

Deno.test("Pace.stop() ends pauses without their timers, and there are no more", async () => {
  const clock = new SimClock();
  const pace = new Pace(clock, 0);
  const pauses = [pace.turn(), pace.turn()];
  assert(!pace.isStopped);
  pace.stop();
  await Promise.all(pauses);
  assertEquals([pace.isStopped, pace.turn(), clock.timers], [true, undefined, 0]);
});
