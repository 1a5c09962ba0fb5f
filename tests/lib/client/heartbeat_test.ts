import { assertEquals } from "@std/assert";
import { startHeartbeat } from "../../../lib/client/heartbeat.ts";
import { SimClock } from "../../support/sim_clock.ts";

/** A beat that ends when it is told. */
function scriptedBeat() {
  const beats: PromiseWithResolvers<void>[] = [];
  const beat = () => {
    beats.push(Promise.withResolvers());
    return beats.at(-1)!.promise;
  };
  return { beats, beat };
}

Deno.test("startHeartbeat() beats each interval after the last beat ended", async () => {
  const clock = new SimClock();
  const { beats, beat } = scriptedBeat();
  startHeartbeat(clock, 5000, beat);
  clock.advance(4999);
  assertEquals(beats.length, 0);
  clock.advance(1);
  assertEquals(beats.length, 1);
  clock.advance(60_000);
  assertEquals(beats.length, 1);
  beats[0].resolve();
  await beats[0].promise;
  clock.advance(5000);
  assertEquals(beats.length, 2);
});

Deno.test("startHeartbeat() goes on after a beat that failed", async () => {
  const clock = new SimClock();
  const { beats, beat } = scriptedBeat();
  startHeartbeat(clock, 10, beat);
  clock.advance(10);
  beats[0].reject(new Error("Connection was lost"));
  await beats[0].promise.catch(() => {});
  clock.advance(10);
  assertEquals(beats.length, 2);
});

Deno.test("startHeartbeat() ends when told, also during a beat", async () => {
  const clock = new SimClock();
  const { beats, beat } = scriptedBeat();
  const stop = startHeartbeat(clock, 10, beat);
  clock.advance(10);
  stop();
  beats[0].resolve();
  await beats[0].promise;
  assertEquals(clock.timers, 0);
});

Deno.test("startHeartbeat() never beats at an interval of 0", () => {
  const clock = new SimClock();
  startHeartbeat(clock, 0, () => Promise.reject(new Error("It beats")));
  clock.advance(1_000_000);
  assertEquals(clock.timers, 0);
});
