import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  expiredBefore,
  planTrim,
  retentionLimits,
  segmentsToDelete,
  type Trimmable,
} from "../../../lib/log/retention.ts";
import { NEVER_EXPIRES, UNLIMITED } from "../../../protocol/options.ts";

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

/** Segments of one message each with those timestamps, 10 bytes long. */
function trimmable(...timestamps: number[]): Trimmable[] {
  return timestamps.map((lastTimestamp, at) => ({
    endOffset: at + 1,
    sizeBytes: 10,
    lastTimestamp,
  }));
}

const UNLIMITED_TOPIC = { expiryMicros: undefined, sizeBytesMax: undefined };

Deno.test("retentionLimits() knows the words for never and for unlimited, and takes 0 for them", () => {
  assertEquals(
    retentionLimits({ messageExpiry: NEVER_EXPIRES, maxTopicSize: UNLIMITED }),
    UNLIMITED_TOPIC,
  );
  assertEquals(retentionLimits({ messageExpiry: 0n, maxTopicSize: 0n }), UNLIMITED_TOPIC);
  assertEquals(
    retentionLimits({ messageExpiry: 60n, maxTopicSize: 1000n }),
    { expiryMicros: 60, sizeBytesMax: 1000 },
  );
});

Deno.test("expiredBefore() is the time of the oldest message to keep", () => {
  assertEquals(expiredBefore({ expiryMicros: 60, sizeBytesMax: undefined }, 100), 40);
  assertEquals(expiredBefore(UNLIMITED_TOPIC, 100), -Infinity);
});

Deno.test("planTrim() lets go of segments whose newest message has expired, never of the last", () => {
  const limits = { ...UNLIMITED_TOPIC, expiryMicros: 50 };
  const partitions = [trimmable(10, 20, 30), trimmable(49, 50, 60), trimmable(10), []];
  assertEquals(planTrim(partitions, limits, 100), [2, 1, undefined, undefined]);
  assertEquals(planTrim(partitions, limits, 60), [undefined, undefined, undefined, undefined]);
});

Deno.test("planTrim() lets go of the topic's oldest segments until it fits, whatever partition they are in", () => {
  const partitions = [trimmable(10, 40, 90), trimmable(20, 30, 50, 80), trimmable(15)];
  const planned = (sizeBytesMax: number) =>
    planTrim(partitions, { ...UNLIMITED_TOPIC, sizeBytesMax }, 100);
  assertEquals(planned(80), [undefined, undefined, undefined]);
  assertEquals(planned(79), [1, undefined, undefined]);
  assertEquals(planned(60), [1, 1, undefined]);
  assertEquals(planned(50), [1, 2, undefined]);
  assertEquals(planned(40), [2, 2, undefined]);
  assertEquals(planned(0), [2, 3, undefined], "the last ones stay");
});

Deno.test("planTrim() counts what expires before it looks at the size", () => {
  const partitions = [trimmable(10, 20, 30, 40)];
  const limits = { expiryMicros: 75, sizeBytesMax: 25 };
  assertEquals(planTrim(partitions, { ...limits, sizeBytesMax: 30 }, 100), [2]);
  assertEquals(planTrim(partitions, { ...limits, sizeBytesMax: 20 }, 100), [2]);
  assertEquals(planTrim(partitions, { ...limits, sizeBytesMax: 10 }, 100), [3]);
});

Deno.test("planTrim() leaves no more than it must and takes no more than it may", () => {
  const segment = fc.record({ wait: fc.nat(20), sizeBytes: fc.integer({ min: 1, max: 50 }) });
  fc.assert(fc.property(
    fc.array(fc.array(segment, { maxLength: 8 }), { maxLength: 5 }),
    fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    fc.option(fc.nat(300), { nil: undefined }),
    (waits, expiryMicros, sizeBytesMax) => {
      const partitions = waits.map((each) => {
        let lastTimestamp = 0;
        return each.map(({ wait, sizeBytes }, at) => {
          lastTimestamp += wait;
          return { endOffset: at + 1, sizeBytes, lastTimestamp };
        });
      });
      const now = 120;
      const plan = planTrim(partitions, { expiryMicros, sizeBytesMax }, now);
      const kept = partitions.map((segments, at) =>
        segments.filter(({ endOffset }) => endOffset > (plan[at] ?? 0))
      );
      const gone = partitions.map((segments, at) => segments.slice(0, plan[at] ?? 0));
      const isExpired = ({ lastTimestamp }: Trimmable) =>
        expiryMicros !== undefined && lastTimestamp < now - expiryMicros;
      partitions.forEach((segments, at) => {
        assertEquals(kept[at].length > 0, segments.length > 0);
        assertEquals(kept[at].slice(0, -1).some(isExpired), false);
      });
      const sizeBytes = (all: Trimmable[][]) =>
        all.flat().reduce((sum, each) => sum + each.sizeBytes, 0);
      const sealed = kept.flatMap((segments) => segments.slice(0, -1));
      if (sizeBytesMax !== undefined && sizeBytes(kept) > sizeBytesMax) assertEquals(sealed, []);
      const forSize = gone.flat().filter((each) => !isExpired(each));
      if (forSize.length === 0) return;
      const youngest = forSize.reduce((one, other) =>
        other.lastTimestamp >= one.lastTimestamp ? other : one
      );
      const lastToGo = forSize
        .filter(({ lastTimestamp }) => lastTimestamp === youngest.lastTimestamp)
        .map((each) => each.sizeBytes);
      assert(sizeBytes(kept) + Math.max(...lastToGo) > sizeBytesMax!, "none too many");
      assert(sealed.every((each) => each.lastTimestamp >= youngest.lastTimestamp), "oldest first");
    },
  ));
});
