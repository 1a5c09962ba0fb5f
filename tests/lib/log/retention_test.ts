import { assertEquals } from "@std/assert";
import { segmentsToDelete } from "../../../lib/log/retention.ts";

const segments = [
  { endOffset: 10, isSettled: true },
  { endOffset: 20, isSettled: true },
  { endOffset: 30, isSettled: true },
  { endOffset: 40, isSettled: false },
  { endOffset: 50, isSettled: false },
];

Deno.test("segmentsToDelete() plans as many of the oldest as were asked for", () => {
  assertEquals([0, 1, 2].map((count) => segmentsToDelete(segments, count, undefined)), [0, 1, 2]);
});

Deno.test("segmentsToDelete() stops at what still takes messages or is not committed", () => {
  assertEquals(segmentsToDelete(segments, 100, undefined), 3);
  assertEquals(segmentsToDelete(segments.slice(3), 1, undefined), 0);
  assertEquals(segmentsToDelete([], 1, undefined), 0);
});

Deno.test("segmentsToDelete() keeps what the slowest consumer has not read", () => {
  assertEquals([8, 9, 18, 19, 100].map((stored) => segmentsToDelete(segments, 5, stored)), [
    0,
    1,
    1,
    2,
    3,
  ]);
});
