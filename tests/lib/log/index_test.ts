import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { SegmentIndex } from "../../../lib/log/index.ts";

function indexOf(...entries: [offset: number, position: number, timestamp: number][]) {
  const index = new SegmentIndex(100);
  for (const entry of entries) index.add(...entry);
  return index;
}

function places(index: SegmentIndex) {
  return Array.from({ length: index.count }, (_, entry) => {
    const { offset, position, timestamp } = index.place(entry);
    return [offset, position, timestamp];
  });
}

Deno.test("SegmentIndex writes 16 little-endian bytes an entry", () => {
  const index = indexOf([100, 0, 1], [258, 0x01020304, 0x0001_0002_0003_0004]);
  // deno-fmt-ignore
  assertEquals([...index.bytes(1, 2)], [158, 0, 0, 0, 4, 3, 2, 1, 4, 0, 3, 0, 2, 0, 1, 0]);
});

Deno.test("SegmentIndex.read() gives back what was written", () => {
  const increments = fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 0, max: 10 ** 12 }),
    ),
    { maxLength: 100, size: "max" },
  );
  fc.assert(fc.property(increments, (steps) => {
    const index = indexOf([100, 0, 2 ** 50]);
    let [offset, position, timestamp] = [100, 0, 2 ** 50];
    for (const step of steps) {
      index.add(offset += step[0], position += step[1], timestamp += step[2]);
    }
    assertEquals(places(SegmentIndex.read(100, index.bytes(0, index.count))), places(index));
  }));
});

Deno.test("SegmentIndex.read() stops where the entries contradict each other or end", () => {
  const bytes = (index: SegmentIndex) => index.bytes(0, index.count);
  const good = indexOf([100, 0, 5], [110, 1000, 5], [120, 2000, 9]);
  const contradictions: [SegmentIndex, number][] = [
    [good, 3],
    [indexOf([100, 0, 5], [100, 1000, 5]), 1],
    [indexOf([100, 0, 5], [110, 0, 5]), 1],
    [indexOf([100, 0, 5], [110, 1000, 4]), 1],
    [indexOf([100, 0, 5], [110, 1000, 5], [105, 2000, 5], [130, 3000, 5]), 2],
    [indexOf([101, 0, 5]), 0],
    [indexOf([100, 256, 5]), 0],
  ];
  for (const [index, count] of contradictions) {
    assertEquals(SegmentIndex.read(100, bytes(index)).count, count);
  }
  for (let length = 0; length <= 48; length++) {
    const index = SegmentIndex.read(100, bytes(good).slice(0, length));
    assertEquals(index.count, Math.floor(length / 16));
    index.add(500, 5000, 50);
    assertEquals(index.offset(index.count - 1), 500);
  }
});

Deno.test("SegmentIndex finds the entry before an offset, a position, a time", () => {
  const index = indexOf([100, 0, 10], [110, 1000, 20], [120, 2000, 20], [130, 3000, 40]);
  assertEquals([99, 100, 109, 110, 130, 999].map((at) => index.atOffset(at)), [-1, 0, 0, 1, 3, 3]);
  assertEquals([0, 1, 1000, 1001, 9000].map((at) => index.countBefore(at)), [0, 1, 1, 2, 4]);
  assertEquals([10, 11, 20, 21, 41].map((at) => index.beforeTimestamp(at)), [-1, 0, 0, 2, 3]);
  assertEquals(index.place(-1), { position: 0, offset: 100, timestamp: 0 });
});

Deno.test("SegmentIndex.addSparsely() leaves out what the entry before covers", () => {
  const index = new SegmentIndex(0);
  for (const position of [0, 999, 1000, 1999, 5000]) {
    index.addSparsely(position, position, 1, 1000);
  }
  assertEquals(places(index).map((place) => place[1]), [0, 1000, 5000]);
});

Deno.test("SegmentIndex.truncate() keeps the first entries", () => {
  const index = indexOf([100, 0, 1], [110, 1000, 1], [120, 2000, 1]);
  index.truncate(5);
  assertEquals(index.lastPosition, 2000);
  index.truncate(1);
  assertEquals(index.lastPosition, 0);
  index.truncate(0);
  assertEquals(index.lastPosition, -1);
});
