import { assert, assertEquals } from "@std/assert";
import { batchKernel } from "../../../lib/log/checksum.ts";
import { SegmentIndex } from "../../../lib/log/index.ts";
import { Segment } from "../../../lib/log/segment.ts";
import { PartitionLogs, turns } from "../../support/partition_logs.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const NAME = { directory: "p", partitionId: 3, baseOffset: 40 };
const LOG = "p/00000000000000000040.log";
const INDEX = "p/00000000000000000040.index";

/** An empty segment; `append` adds a batch of `count` messages, 1000 bytes in all. */
function fresh() {
  const storage = new SimStorage();
  storage.makeDirectory("p");
  const logs = new PartitionLogs(storage);
  const segment = Segment.empty(logs.context, NAME, 5);
  const append = (count = 1) => {
    const length = logs.load(count, (744 - 48 * count) / count);
    assertEquals(length, 1000);
    const { at } = batchKernel.input;
    batchKernel.stampBatches(at, length, 3, segment.endOffset, ++logs.clock.micros);
    segment.append(at, length);
  };
  return { storage, logs, segment, append };
}

/** Offsets and positions in the index file. */
function indexFile(storage: SimStorage): [number, number][] {
  const index = SegmentIndex.read(40, storage.readFile(INDEX) ?? new Uint8Array());
  return [...Array(index.count).keys()].map((at) => [index.offset(at), index.position(at)]);
}

Deno.test("Segment.empty() has no files and no messages", () => {
  const { storage, segment } = fresh();
  assertEquals([segment.sizeBytes, segment.endOffset, segment.lastTimestamp], [0, 40, 5]);
  assert(segment.isCommitted && !segment.isSettled);
  segment.close();
  assertEquals(storage.paths(), []);
});

Deno.test("Segment.commit() writes index entries of committed batches only", async () => {
  const { storage, segment, append } = fresh();
  for (let count = 0; count < 4; count++) append();
  assertEquals(indexFile(storage), []);
  const release = storage.holdSyncs();
  const committed = segment.commit();
  await turns();
  for (let count = 0; count < 3; count++) append();
  release();
  await committed;
  assertEquals(segment.committedEnd, 44);
  assertEquals(indexFile(storage), [[40, 0], [42, 2000]]);
  await segment.commit();
  assertEquals(indexFile(storage), [[40, 0], [42, 2000], [44, 4000], [46, 6000]]);
});

Deno.test("Segment.seal() ends the index with the end of the log", async () => {
  const { storage, segment, append } = fresh();
  for (let count = 0; count < 3; count++) append(2);
  segment.seal();
  assert(!segment.isSettled);
  await segment.commit();
  assert(segment.isSettled);
  assertEquals(indexFile(storage), [[40, 0], [44, 2000], [46, 3000]]);
  assertEquals(segment.around(43).start.position, 0, "from the file, as it is no more in memory");
  assertEquals(segment.around(45), {
    start: { position: 2000, offset: 44, timestamp: segment.lastTimestamp },
    end: { position: 3000, offset: 46, timestamp: segment.lastTimestamp },
  });
});

Deno.test("Segment.commit() makes the whole index of a sealed segment safe from a power cut", async () => {
  const { storage, segment, append } = fresh();
  for (let count = 0; count < 3; count++) append();
  await segment.commit();
  const found = () => storage.afterCrash({ files: "synced", names: "written" });
  assertEquals(indexFile(found()), []);
  segment.seal();
  await segment.commit();
  assertEquals(indexFile(found()), [[40, 0], [42, 2000], [43, 3000]]);
});

Deno.test("Segment.commit() repairs an index file that a full disk cut short", async () => {
  const { storage, logs, segment, append } = fresh();
  append();
  storage.fail({ operation: "append", pathEnd: ".index", bytesWritten: 7 });
  await segment.commit();
  assertEquals(storage.readFile(INDEX)!.length, 7);
  append();
  append();
  await segment.commit();
  assertEquals(indexFile(storage), [[40, 0], [42, 2000]]);
  assertEquals(logs.events, []);
});

Deno.test("Segment.close() completes the index of what is committed, else leaves it", async () => {
  const { storage, segment, append } = fresh();
  append();
  await segment.commit();
  append();
  segment.close();
  assertEquals(indexFile(storage), [[40, 0]]);
  await segment.commit();
  segment.close();
  assertEquals(indexFile(storage), [[40, 0], [42, 2000]]);
  assertEquals(storage.handles.open, 0);
});

Deno.test("Segment.offsetAt() finds the first batch of a time among many of the same", () => {
  const { logs, segment, append } = fresh();
  const times = [1, 2, 2, 2, 2, 2, 2, 7, 9].map((micros) => {
    logs.clock.micros = micros * 1000;
    append();
    return micros * 1000 + 1;
  });
  assertEquals(segment.offsetAt(0), 40);
  assertEquals(segment.offsetAt(times[1]), 41);
  assertEquals(segment.offsetAt(times[1] + 1), 47);
  assertEquals(segment.offsetAt(times[8]), 48);
});

Deno.test("Segment.offsetAt() reads headers of batches far apart", () => {
  const { logs, segment } = fresh();
  const { at } = batchKernel.input;
  for (let count = 0; count < 5; count++) {
    const length = logs.load(1, 300_000);
    batchKernel.stampBatches(at, length, 3, segment.endOffset, 100 + count);
    segment.append(at, length);
  }
  const before = logs.storage.done.bytesRead;
  assertEquals([100, 102, 104].map((time) => segment.offsetAt(time)), [40, 42, 44]);
  assert(logs.storage.done.bytesRead - before < 1_000_000);
});

Deno.test("Segment.remove() ends a commit under way without a trace", async () => {
  const { storage, segment, append } = fresh();
  append();
  const release = storage.holdSyncs();
  const committed = segment.commit();
  await turns();
  segment.remove();
  release();
  await committed;
  assertEquals(storage.paths(), []);
  assertEquals(storage.handles.open, 0);
  assert(segment.isRemoved);
  assertEquals(storage.exists(LOG), false);
});
