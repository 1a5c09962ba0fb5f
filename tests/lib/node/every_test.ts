import { assertEquals } from "@std/assert";
import { every } from "../../../lib/node/every.ts";
import { turns } from "../../support/partition_logs.ts";
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

Deno.test("every() counts the interval from the end of what a task promises, kept or not", async () => {
  const clock = new SimClock();
  const ends: PromiseWithResolvers<void>[] = [];
  const stop = every(clock, 100, () => {
    ends.push(Promise.withResolvers<void>());
    return ends.at(-1)!.promise;
  });
  clock.advance(1000);
  assertEquals(ends.length, 1, "the first has not ended");
  ends[0].reject(new Error("Disk is gone"));
  await turns();
  clock.advance(99);
  assertEquals(ends.length, 1);
  clock.advance(1);
  assertEquals(ends.length, 2);
  stop();
  ends[1].resolve();
  await turns();
  assertEquals(clock.timers, 0, "stopped while the task went on");
});
