import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { referenceKernel } from "../../protocol/batch_reference.ts";
import { type BatchSlice, sliceBatches } from "../../protocol/batch_slice.ts";
import { IggyError } from "../../protocol/errors.ts";
import { batchChecksum, batchHeader, type Xxh3 } from "../../protocol/message.ts";
import { MESSAGES } from "../../protocol/message_codec.ts";
import { WireReader } from "../../protocol/wire.ts";
import { xxh3_64 } from "../../protocol/xxhash.ts";
import { producerBatch, someMessages } from "../support/messages.ts";

/** Offsets 100 to 102, 103 to 107, 108: frames of 50 bytes. */
const COUNTS = [3, 5, 1];
const FIRST = 100;
const STORED = storedBatches(COUNTS);

Deno.test("sliceBatches() keeps whole batches as they are, without walking them", () => {
  const bytes = STORED.slice();
  const slice = sliceBatches(bytes, 0, bytes.length, everything(), neverHashed);
  assertEquals(slice, { start: 0, end: bytes.length, count: 9, lastOffset: 108 });
  assertEquals(bytes, STORED);
});

Deno.test("sliceBatches() skips batches before the first offset without a change", () => {
  const bytes = STORED.slice();
  const wanted = { ...everything(), firstOffset: 103 };
  const slice = sliceBatches(bytes, 0, bytes.length, wanted, neverHashed);
  const start = 256 + 3 * 50;
  assertEquals(slice, { start, end: bytes.length, count: 6, lastOffset: 108 });
  assertEquals(bytes, STORED);
});

Deno.test("sliceBatches() puts the header of a first batch right in front of what it keeps", () => {
  const bytes = STORED.slice();
  const wanted = { ...everything(), firstOffset: 102 };
  const slice = sliceBatches(bytes, 0, bytes.length, wanted, xxh3_64);
  assertEquals(slice, { start: 100, end: bytes.length, count: 7, lastOffset: 108 });
  const view = new DataView(bytes.buffer);
  assertEquals(batchHeader.messageCount(view, 100), 1);
  assertEquals(batchHeader.length(view, 100), 256 + 50);
  assertEquals(batchHeader.baseOffset(view, 100), 100);
  assertEquals(bytes.subarray(356), STORED.subarray(356));
});

Deno.test("sliceBatches() cuts the only batch at both ends", () => {
  const bytes = STORED.slice();
  const wanted = { ...everything(), firstOffset: 104, count: 2 };
  const slice = sliceBatches(bytes, 0, bytes.length, wanted, xxh3_64);
  assertEquals(offsets(bytes, slice), [104, 105]);
  assertEquals(slice.end - slice.start, 256 + 2 * 50);
});

Deno.test("sliceBatches() gives nothing when there is nothing of what is wanted", () => {
  const nothing = (first: number, count: number, end = STORED.length) => {
    const wanted = { firstOffset: first, count, bytesMax: 10_000 };
    const slice = sliceBatches(STORED.slice(), 0, end, wanted, neverHashed);
    assertEquals([slice.end - slice.start, slice.count, slice.lastOffset], [0, 0, -1]);
  };
  nothing(109, 10);
  nothing(0, 0);
  nothing(0, 10, 0);
  nothing(0, 10, 255);
  nothing(0, 10, 256);
});

Deno.test("sliceBatches() leaves out a batch that is cut off", () => {
  const secondEnd = STORED.length - (256 + 50);
  for (let end = secondEnd; end < STORED.length; end++) {
    const slice = sliceBatches(STORED.slice(), 0, end, everything(), neverHashed);
    assertEquals(slice, { start: 0, end: secondEnd, count: 8, lastOffset: 107 });
  }
});

Deno.test("sliceBatches() gives one message even when it alone passes the byte bound", () => {
  for (const [firstOffset, bytesMax] of [[100, 0], [101, 1], [104, 256], [108, 305]]) {
    const bytes = STORED.slice();
    const wanted = { firstOffset, count: 10, bytesMax };
    const slice = sliceBatches(bytes, 0, bytes.length, wanted, xxh3_64);
    assertEquals(offsets(bytes, slice), [firstOffset]);
  }
});

Deno.test("sliceBatches() keeps offsets in a row, within its bounds, with checksums that verify", () => {
  const wanted = fc.record({
    firstOffset: fc.integer({ min: FIRST - 3, max: FIRST + 40 }),
    count: fc.nat(20),
    bytesMax: fc.nat(5000),
  });
  const counts = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(counts, wanted, fc.nat(7), (counts, wanted, before) => {
    const stored = storedBatches(counts);
    const bytes = new Uint8Array(before + stored.length + 5);
    bytes.set(stored, before);
    const slice = sliceBatches(bytes, before, before + stored.length, wanted, xxh3_64);
    const end = FIRST + counts.reduce((sum, count) => sum + count);
    const first = Math.max(wanted.firstOffset, FIRST);
    const most = Math.max(Math.min(end - first, wanted.count), 0);
    const found = offsets(bytes, slice);
    assertEquals(found, Array.from({ length: slice.count }, (_, index) => first + index));
    assertEquals(slice.lastOffset, found.at(-1) ?? -1);
    assert(slice.count <= most);
    assert(slice.count >= Math.min(most, 1));
    const length = slice.end - slice.start;
    if (slice.count > 1) assert(length <= wanted.bytesMax);
    if (slice.count < most) assert(length + 256 + 50 > wanted.bytesMax, "One more would fit");
  }));
});

Deno.test("sliceBatches() throws when a batch does not hold together", () => {
  const damage: [string, (view: DataView) => void][] = [
    ["no length", (view) => batchHeader.setLength(view, 0, 0)],
    ["length within the header", (view) => batchHeader.setLength(view, 0, 255)],
    ["more messages", (view) => batchHeader.setMessageCount(view, 0, 4)],
    ["a payload beyond the batch", (view) => view.setUint32(256 + 36, 0xffffffff, true)],
    ["headers beyond the batch", (view) => view.setUint32(256 + 32, 200, true)],
  ];
  for (const [fault, spoil] of damage) {
    const bytes = STORED.slice();
    spoil(new DataView(bytes.buffer));
    const wanted = { ...everything(), firstOffset: 101 };
    const error = assertThrows(
      () => sliceBatches(bytes, 0, bytes.length, wanted, xxh3_64),
      IggyError,
      "Stored batch at byte 0 is damaged",
      fault,
    );
    assertEquals(error.code, 4011);
  }
});

function everything() {
  return { firstOffset: 0, count: 1000, bytesMax: 10_000 };
}

/** Batches of so many messages, back to back, stamped from offset 100 on. */
function storedBatches(counts: number[]): Uint8Array<ArrayBuffer> {
  const batches = counts.map((count) => producerBatch(someMessages(count, 2)));
  const bytes = new Uint8Array(batches.flatMap((batch) => [...batch]));
  const kernel = referenceKernel(bytes);
  kernel.stampBatches(0, bytes.length, 1, FIRST, 1_700_000_000_000_000);
  return bytes;
}

/** The offsets in a slice; every record of it must verify. */
function offsets(bytes: Uint8Array<ArrayBuffer>, slice: BatchSlice): number[] {
  const view = new DataView(bytes.buffer);
  for (let at = slice.start; at < slice.end; at += batchHeader.length(view, at)) {
    assertEquals(batchHeader.checksum(view, at), batchChecksum(bytes, at, xxh3_64));
  }
  const reader = new WireReader(bytes, slice.start, slice.end);
  return [...MESSAGES.vsr_0_11.decode(reader)].map(({ offset }) => offset);
}

const neverHashed: Xxh3 = () => {
  throw new Error("Something was hashed");
};
