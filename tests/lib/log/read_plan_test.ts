import { assert, assertEquals, assertThrows } from "@std/assert";
import { planNothing, read, segmentOf } from "../../../lib/log/read_plan.ts";
import type { Segment } from "../../../lib/log/segment.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { DIRECTORY, PartitionLogs, readBatches } from "../../support/partition_logs.ts";
import { SimStorage } from "../../support/sim_storage.ts";

/** Logs that are read as they lie. */
function unchecked(): PartitionLogs {
  return new PartitionLogs(new SimStorage(), {}, { validatesChecksums: false });
}

Deno.test("planRead() asks for bytesMax, or for the index interval around the first batch", () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 20_000 });
  for (let count = 0; count < 100; count++) logs.append(log, 1, 96);
  // Batches of 400 bytes, an index entry each 1200: every plan may have to skip two of them.
  assertEquals(log.plan("offset", 0, 1, 10_000).bufferBytes, 1200);
  assertEquals(log.plan("offset", 2, 1, 10_000).bufferBytes, 1200);
  assertEquals(log.plan("offset", 2, 4, 10_000).bufferBytes, 2400);
  assertEquals(log.plan("offset", 2, 1_000_000, 3000).bufferBytes, 3000);
  assertEquals(log.plan("offset", 2, 1_000_000, 3).bufferBytes, 1200);
  assertEquals(log.plan("offset", 0, 100, 1 << 30).bufferBytes, 40_000);
  assertEquals(log.plan("offset", 48, 4, 10_000).pieces.length, 2);
  assertEquals(log.plan("offset", 48, 2, 10_000).pieces.length, 1);
});

Deno.test("planRead() asks for memory for the first batch whatever its size", () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  logs.append(log, 1, 10);
  logs.append(log, 1, 1_000_000);
  logs.append(log, 1, 10);
  assertEquals(log.plan("offset", 1, 1, 0).bufferBytes, 314 + 1_000_304);
  assertEquals(readBatches(log, "offset", 1, 1, 0).map((batch) => batch.offset), [1]);
});

Deno.test("read() fills memory it is lent, wherever that lies", () => {
  const logs = unchecked();
  const log = logs.open();
  for (let count = 0; count < 5; count++) logs.append(log);
  const plan = log.plan("offset", 3, 1, 10_000);
  const memory = new Uint8Array(plan.bufferBytes + 100);
  const range = log.read(plan, memory.subarray(50, 50 + plan.bufferBytes));
  assertEquals(range, { start: 3 * 314, end: 4 * 314 });
  assert(memory.subarray(0, 50).every((byte) => byte === 0));
  assert(memory.subarray(50 + plan.bufferBytes).every((byte) => byte === 0));
});

Deno.test("read() refuses less memory than the plan asks for", () => {
  const logs = unchecked();
  const log = logs.open();
  logs.append(log);
  const plan = log.plan("first", 0, 1, 0);
  assertThrows(() => read(plan, new Uint8Array(313)), RangeError, "313 bytes is less than 314");
});

Deno.test("read() gives nothing for a plan of nothing", () => {
  assertEquals(read(planNothing(7), new Uint8Array()), { start: 0, end: 0 });
});

Deno.test("read() gives what comes before damage, and an error for the damage itself", () => {
  const logs = unchecked();
  const log = logs.open();
  for (let count = 0; count < 5; count++) logs.append(log);
  logs.storage.corrupt(`${DIRECTORY}/00000000000000000000.log`, (bytes) => bytes[3 * 314 + 8] = 9);
  const read = (offset: number) => readBatches(log, "offset", offset).map((batch) => batch.offset);
  assertEquals(read(0), [0, 1, 2]);
  assertEquals(read(3), [], "the index may be wrong, and is made anew");
  assertThrows(() => read(3), IggyError, "is damaged: offset 3 is unreadable");
  assertEquals(read(4), [4], "the old index knew where that is");
  assertEquals(read(2), [2]);
});

Deno.test("read() reports a log that is shorter than it was", () => {
  const logs = unchecked();
  const log = logs.open();
  for (let count = 0; count < 5; count++) logs.append(log);
  logs.storage.open(`${DIRECTORY}/00000000000000000000.log`).truncate(1000);
  assertThrows(
    () => readBatches(log, "first"),
    IggyError,
    "00000000000000000000.log ends at byte 1000, not at 1570",
  );
});

Deno.test("segmentOf() finds the last segment that starts at or before an offset", () => {
  const segments = [10, 20, 30].map((baseOffset) => ({ baseOffset }) as Segment);
  assertEquals([9, 10, 19, 20, 30, 99].map((offset) => segmentOf(segments, offset)), [
    -1,
    0,
    0,
    1,
    2,
    2,
  ]);
});
