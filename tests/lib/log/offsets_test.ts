import { assertEquals, assertThrows } from "@std/assert";
import { Offsets } from "../../../lib/log/offsets.ts";

Deno.test("Offsets move dirty, then stable, then committed", () => {
  const offsets = new Offsets(10, 7);
  const ends = () => [offsets.committed, offsets.stable, offsets.dirty];
  assertEquals(ends(), [7, 10, 10]);
  offsets.accept(5);
  assertEquals(ends(), [7, 10, 15]);
  offsets.wrote();
  assertEquals(ends(), [7, 15, 15]);
  offsets.commit(12);
  assertEquals(ends(), [12, 15, 15]);
});

Deno.test("Offsets.refuse() frees what was accepted and not written", () => {
  const offsets = new Offsets(10, 10);
  offsets.accept(5);
  offsets.refuse();
  assertEquals([offsets.stable, offsets.dirty], [10, 10]);
});

Deno.test("Offsets throws when a step would break committed <= stable <= dirty", () => {
  const offsets = new Offsets(10, 10);
  assertThrows(
    () => offsets.commit(11),
    Error,
    "Offsets are out of order: committed 11, stable 10, dirty 10",
  );
  assertThrows(() => new Offsets(3, 4), Error, "out of order");
  assertThrows(() => new Offsets(3, 3).accept(-1), Error, "out of order");
});
