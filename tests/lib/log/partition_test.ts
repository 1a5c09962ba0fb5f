import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { batchKernel } from "../../../lib/log/checksum.ts";
import type { PartitionLog } from "../../../lib/log/partition.ts";
import { fileStorage } from "../../../lib/os/storage.ts";
import { IO_ERROR } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import {
  allIds,
  DIRECTORY,
  PartitionLogs,
  range,
  readBatches,
  restarted,
  turns,
} from "../../support/partition_logs.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const LOG_0 = `${DIRECTORY}/00000000000000000000.log`;

function offsets(log: PartitionLog, ...args: [Parameters<PartitionLog["plan"]>[0], ...number[]]) {
  const [kind, value, count, bytesMax] = args;
  return readBatches(log, kind, value, count, bytesMax).map((batch) => batch.offset);
}

Deno.test("PartitionLog.append() gives offsets without gaps and stamps partition, offset and time", () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  assertEquals(logs.append(log, 3), 0);
  logs.clock.micros += 5;
  assertEquals(logs.append(log, 2), 3);
  const [first, second] = readBatches(log, "offset", 0);
  assertEquals([first.partitionId, second.partitionId], [3, 3]);
  assertEquals([first.offset, second.offset], [0, 3]);
  assertEquals(second.timestamp - first.timestamp, 5);
  assertEquals(allIds(log), [1, 2, 3, 4, 5]);
});

Deno.test("PartitionLog.append() keeps timestamps from falling when the clock does", () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  logs.append(log);
  logs.clock.micros -= 1_000_000;
  logs.append(log);
  const [first, second] = readBatches(log, "first");
  assertEquals(second.timestamp, first.timestamp);
});

Deno.test("PartitionLog.append() takes several batches in one write", () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  const { at } = batchKernel.input;
  const first = logs.load(2);
  const second = logs.load(3, 40, at + first);
  assertEquals(log.append(at, first + second), 0);
  assertEquals(log.stableEnd, 5);
  assertEquals(offsets(log, "first"), [0, 2]);
  assertEquals(logs.append(log), 5);
});

Deno.test("PartitionLog.append() starts a segment when a batch has no room, which it always has in a fresh one", () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 1000 });
  for (const payloadBytes of [10, 10, 10, 5000, 10]) logs.append(log, 1, payloadBytes);
  assertEquals(logs.storage.paths().map((path) => path.slice(DIRECTORY.length + 1)), [
    "00000000000000000000.log",
    "00000000000000000003.log",
    "00000000000000000004.log",
  ]);
  assertEquals(allIds(log), [1, 2, 3, 4, 5]);
  assertEquals(log.statistics().segmentsCount, 3);
});

Deno.test("PartitionLog.plan() starts where the strategy says", () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  const times = range(0, 4).map((index) => {
    logs.clock.micros = 1_000_000 + index * 10;
    logs.append(log, 2);
    return logs.clock.micros;
  });
  assertEquals(offsets(log, "first", 0, 1), [0]);
  assertEquals(offsets(log, "offset", 5, 1), [4]);
  assertEquals(offsets(log, "offset", 5, 2), [4, 6]);
  assertEquals(offsets(log, "offset", 9, 100), [8]);
  assertEquals(offsets(log, "offset", 10, 100), []);
  assertEquals(offsets(log, "offset", Number.MAX_SAFE_INTEGER, 100), []);
  assertEquals(offsets(log, "last", 0, 3), [6, 8]);
  assertEquals(offsets(log, "last", 0, 4_000_000_000), [0, 2, 4, 6, 8]);
  assertEquals(offsets(log, "timestamp", times[1], 1), [2]);
  assertEquals(offsets(log, "timestamp", times[1] + 1, 1), [4]);
  assertEquals(offsets(log, "timestamp", 0, 1), [0]);
  assertEquals(offsets(log, "timestamp", times[4] + 1, 1), []);
  assertEquals(offsets(log, "first", 0, 0), []);
});

Deno.test("PartitionLog.plan() has nothing to read in a log without messages", () => {
  const log = new PartitionLogs(new SimStorage()).open();
  for (const kind of ["offset", "timestamp", "first", "last"] as const) {
    assertEquals(offsets(log, kind, 0, 10), []);
  }
  assertEquals(log.statistics(), {
    segmentsCount: 1,
    sizeBytes: 0,
    messagesCount: 0,
    firstOffset: 0,
    currentOffset: 0,
  });
});

Deno.test("PartitionLog.read() keeps to bytesMax, but gives one batch of any size", () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  for (const payloadBytes of [100, 100, 100_000, 100]) logs.append(log, 1, payloadBytes);
  assertEquals(offsets(log, "first", 0, 10, 1), [0]);
  assertEquals(offsets(log, "first", 0, 10, 808), [0, 1]);
  assertEquals(offsets(log, "first", 0, 10, 807), [0]);
  assertEquals(offsets(log, "offset", 2, 10, 1), [2]);
  assertEquals(offsets(log, "offset", 1, 10, 50_000), [1]);
  assertEquals(offsets(log, "first", 0, 10, 200_000), [0, 1, 2, 3]);
});

Deno.test("PartitionLog.read() goes on in the next segment", () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 2000 });
  for (let count = 0; count < 20; count++) logs.append(log, 1, 100);
  assert(log.statistics().segmentsCount > 3);
  assertEquals(offsets(log, "offset", 1, 15), range(1, 15));
  assertEquals(offsets(log, "offset", 3, 15, 404 * 7), range(3, 9));
});

Deno.test("PartitionLog behaves as a list of messages does", async () => {
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        append: fc.integer({ min: 1, max: 5 }),
        payload: fc.integer({ min: 1, max: 700 }),
        wait: fc.integer({ min: 0, max: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom("offset", "timestamp", "first", "last"),
        value: fc.double({ min: 0, max: 1.2, noNaN: true }),
        count: fc.integer({ min: 0, max: 30 }),
        bytesMax: fc.integer({ min: 0, max: 12_000 }),
      }),
    },
    { weight: 1, arbitrary: fc.constantFrom("commit", "reopen", "kill", "delete") },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 80, size: "max" }),
      fc.integer({ min: 300, max: 5000 }),
      async (steps, segmentBytesMax) => {
        const twin = new Twin(segmentBytesMax);
        for (const each of steps) {
          if (each === "commit") await twin.log.whenCommitted();
          else if (each === "reopen") await twin.reopen();
          else if (each === "kill") twin.kill();
          else if (each === "delete") await twin.deleteSegment();
          else if ("append" in each) twin.append(each.append, each.payload, each.wait);
          else twin.compare(each.kind as "first", each.value, each.count, each.bytesMax);
        }
        assertEquals(allIds(twin.log), twin.messages.map((message) => message.id));
        assertEquals(twin.logs.events, []);
      },
    ),
    { numRuns: 150 },
  );
});

const INDEX_INTERVAL_BYTES = 1500;

/** Of five messages with 700 bytes each. */
const BATCH_BYTES_MAX = 256 + 5 * (48 + 700);

/** A log and what it should hold. */
class Twin {
  logs = new PartitionLogs(new SimStorage(), { indexIntervalBytes: INDEX_INTERVAL_BYTES });
  log: PartitionLog;
  messages: { id: number; offset: number; timestamp: number }[] = [];
  readonly #settings: { segmentBytesMax: number };
  #end = 0;

  constructor(segmentBytesMax: number) {
    this.#settings = { segmentBytesMax };
    this.log = this.logs.open(this.#settings);
    this.logs.clock.micros = 1000;
  }

  append(count: number, payloadBytes: number, wait: number): void {
    this.logs.clock.micros += wait;
    const id = Number(this.logs.nextId);
    assertEquals(this.logs.append(this.log, count, payloadBytes), this.#end);
    for (let index = 0; index < count; index++) {
      const offset = this.#end++;
      this.messages.push({ id: id + index, offset, timestamp: this.logs.clock.micros });
    }
  }

  compare(
    kind: "offset" | "timestamp" | "first" | "last",
    share: number,
    count: number,
    bytesMax: number,
  ): void {
    const span = this.logs.clock.micros - 1000;
    const value = kind === "timestamp"
      ? 1000 + Math.floor(span * share)
      : Math.floor(this.#end * share);
    const wanted = this.#wanted(kind, value, count);
    const batches = readBatches(this.log, kind, value, count, bytesMax);
    const got = batches.flatMap((batch) =>
      batch.messages.map((each) => ({
        id: Number(each.id),
        offset: each.offset,
        timestamp: each.timestamp,
      }))
    );
    const first = got.findIndex((each) => each.offset === wanted[0]?.offset);
    assertEquals(first === -1, wanted.length === 0);
    if (first === -1) return;
    assert(first < batches[0].messages.length, "starts with the batch that holds the first one");
    const bytes = batches.reduce((sum, batch) => sum + batch.bytes, 0);
    assert(batches.length === 1 || bytes <= bytesMax, "keeps to bytesMax");
    const common = Math.min(got.length - first, wanted.length);
    assertEquals(got.slice(first, first + common), wanted.slice(0, common));
    // What lies between the index entry and the first batch counts, too.
    const isFull = bytes + BATCH_BYTES_MAX + INDEX_INTERVAL_BYTES > bytesMax;
    assert(common === wanted.length || isFull, "leaves out nothing that fits");
    assert(
      batches.at(-1)!.offset < wanted[0].offset + count,
      "ends with the batch that holds the last one",
    );
  }

  async reopen(): Promise<void> {
    await this.log.close();
    this.log = this.logs.open(this.#settings);
  }

  kill(): void {
    const { nextId, clock } = this.logs;
    this.logs = new PartitionLogs(
      this.logs.storage.afterCrash({ files: "written", names: "written" }),
      { indexIntervalBytes: INDEX_INTERVAL_BYTES },
    );
    this.logs.continueAfter({ nextId });
    this.logs.clock.micros = clock.micros;
    this.log = this.logs.open(this.#settings);
  }

  async deleteSegment(): Promise<void> {
    await this.log.whenCommitted();
    this.log.deleteSegments(1, undefined);
    this.messages = this.messages.filter((message) => message.offset >= this.log.firstOffset);
  }

  #wanted(kind: string, value: number, count: number) {
    const all = this.messages;
    const from = {
      first: 0,
      offset: all.findIndex((message) => message.offset >= value),
      timestamp: all.findIndex((message) => message.timestamp >= value),
      last: Math.max(0, all.length - count),
    }[kind]!;
    return from === -1 ? [] : all.slice(from, from + count);
  }
}

Deno.test("PartitionLog.whenCommitted() lets one sync serve all who wait, and the next those who came meanwhile", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  logs.append(log);
  await log.whenCommitted();
  const syncsBefore = logs.storage.done.syncs;
  const release = logs.storage.holdSyncs();
  logs.append(log);
  const early = range(1, 10).map(() => log.whenCommitted());
  await turns();
  logs.append(log);
  const late = range(1, 10).map(() => log.whenCommitted());
  await turns();
  assertEquals([log.committedEnd, log.stableEnd], [1, 3]);
  release();
  await Promise.all(early);
  assert(log.committedEnd >= 2);
  await Promise.all(late);
  assertEquals(log.committedEnd, 3);
  assertEquals(logs.storage.done.syncs - syncsBefore, 2);
  assert(log.whenCommitted() === log.whenCommitted(), "nothing to wait for costs nothing");
});

Deno.test("PartitionLog.whenCommitted() covers a sealed segment and the names of new files", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 400 });
  for (let count = 0; count < 3; count++) logs.append(log);
  await log.whenCommitted();
  const found = new PartitionLogs(
    logs.storage.afterCrash({ files: "synced", names: "synced" }),
  );
  assertEquals(allIds(found.open()), [1, 2, 3]);
  logs.append(log);
  await log.whenCommitted();
  const later = new PartitionLogs(logs.storage.afterCrash({ files: "synced", names: "synced" }));
  assertEquals(allIds(later.open()), [1, 2, 3, 4]);
  assertEquals(later.events, []);
});

Deno.test("PartitionLog.append() starts a commit every commitIntervalBytesMax", async () => {
  const logs = new PartitionLogs(new SimStorage(), { commitIntervalBytesMax: 10_000 });
  const log = logs.open();
  for (let count = 0; count < 9; count++) logs.append(log, 1, 696);
  await turns();
  assertEquals(log.committedEnd, 0);
  logs.append(log, 1, 696);
  await turns();
  assertEquals(log.committedEnd, 10);
  logs.append(log, 1, 696);
  await turns();
  assertEquals(log.committedEnd, 10);
});

Deno.test("PartitionLog shows messages of a persisted partition when they are committed", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ persisted: true });
  logs.append(log, 2);
  assertEquals(allIds(log), []);
  assertEquals([log.endOffset, log.stableEnd], [0, 2]);
  await log.whenAcknowledged();
  assertEquals(allIds(log), [1, 2]);
  const other = logs.open({}, "other");
  logs.append(other);
  assertEquals(other.whenAcknowledged(), undefined);
});

Deno.test("PartitionLog.waiters wake when readers get more, and when the log is removed", async () => {
  for (const persisted of [false, true]) {
    const logs = new PartitionLogs(new SimStorage());
    const log = logs.open({ persisted });
    const ends: number[] = [];
    log.waiters.add({ wake: () => ends.push(log.endOffset) });
    logs.append(log, 2);
    assertEquals(ends, persisted ? [] : [2]);
    await log.whenCommitted();
    assertEquals(ends, [2]);
    await log.remove();
    assertEquals(ends, [2, 2]);
  }
});

Deno.test("PartitionLog.whenCaughtUp() waits for what a crash left unsynced in a persisted partition", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ persisted: true });
  logs.append(log, 2);
  await log.whenAcknowledged();
  const crashed = logs.storage.afterCrash({ files: "written", names: "written" });
  const reopened = restarted(logs, crashed).open({ persisted: true });
  assertEquals(allIds(reopened), []);
  await reopened.whenCaughtUp();
  assertEquals(allIds(reopened), [1, 2]);
  assertEquals(reopened.whenCaughtUp(), undefined);
});

Deno.test("PartitionLog takes no more messages once a sync has failed, and goes on being read", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  logs.append(log, 2);
  await log.whenCommitted();
  logs.storage.fail({ operation: "sync" });
  logs.append(log, 2);
  const first = log.whenCommitted();
  const second = log.whenCommitted();
  const refusal = await assertRejects(() => first, IggyError, "Input/output error");
  await assertRejects(() => second, IggyError);
  assertEquals(refusal.code, IO_ERROR);
  await assertRejects(() => log.whenCommitted(), IggyError, "takes no more messages");
  assertThrows(
    () => logs.append(log),
    IggyError,
    "takes no more messages until it is opened again",
  );
  assertEquals(allIds(log), [1, 2, 3, 4]);
  assertEquals(logs.events.map((event) => event.kind), ["commit_failed"]);
  await assertRejects(() => log.close(), IggyError);
  const again = logs.open();
  assertEquals(allIds(again), [1, 2, 3, 4]);
  assertEquals(logs.append(again), 4);
});

Deno.test("PartitionLog.append() leaves the log as it was when the disk is full", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  logs.append(log, 2);
  const before = logs.storage.readFile(LOG_0);
  for (const room of [0, 1, 100, 300]) {
    logs.storage.capacityBytes = before!.length + room;
    const error = assertThrows(() => logs.append(log, 1, 1000), IggyError);
    assertEquals(error.code, IO_ERROR);
    assertEquals(
      error.message,
      `Partition 3 in ${DIRECTORY} cannot take 1 messages of 1304 bytes: No space left on device: ${LOG_0}`,
    );
    assertEquals(logs.storage.readFile(LOG_0), before);
    assertEquals([log.stableEnd, log.statistics().messagesCount], [2, 2]);
  }
  logs.storage.capacityBytes = Infinity;
  assertEquals(logs.append(log), 2);
  assertEquals(allIds(log), [1, 2, 7]);
  await log.close();
});

Deno.test("PartitionLog.append() cuts off what a failed one left as soon as it can", () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  logs.append(log, 2);
  logs.storage.fail({ operation: "append", bytesWritten: 77 });
  logs.storage.fail({ operation: "truncate", times: 2 });
  assertThrows(() => logs.append(log), IggyError, "Input/output error");
  assertEquals(allIds(log), [1, 2]);
  assertThrows(() => logs.append(log), IggyError, "Input/output error");
  logs.append(log);
  assertEquals(allIds(log), [1, 2, 5]);
});

Deno.test("PartitionLog.append() goes on after a new segment could not be made", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 400 });
  logs.append(log);
  logs.storage.fail({ operation: "open", pathEnd: "1.log", times: 2 });
  assertThrows(() => logs.append(log), IggyError);
  assertThrows(() => logs.append(log), IggyError);
  await log.whenCommitted();
  assertEquals(log.committedEnd, 1);
  assertEquals(logs.append(log), 1);
  await log.close();
  const again = logs.open();
  assertEquals(allIds(again), [1, 4]);
  assertEquals(logs.events, []);
});

Deno.test("PartitionLog.deleteSegments() removes whole segments from the oldest on, never the last", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 700 });
  for (let count = 0; count < 8; count++) logs.append(log);
  assertEquals(log.deleteSegments(1, undefined), 0, "not before it is committed");
  await log.whenCommitted();
  assertEquals(log.deleteSegments(1, undefined), 1);
  assertEquals(log.firstOffset, 2);
  assertEquals(log.deleteSegments(2, 3), 1, "offset 3 is consumed, offset 5 is not");
  assertEquals(offsets(log, "offset", 0, 2), [4, 5], "what was trimmed reads from the start");
  assertEquals(offsets(log, "timestamp", 0, 1), [4]);
  assertEquals(offsets(log, "last", 0, 100), [4, 5, 6, 7]);
  assertEquals(log.deleteSegments(100, undefined), 1);
  assertEquals(log.statistics().messagesCount, 2);
  assertEquals(logs.storage.paths(), [
    `${DIRECTORY}/00000000000000000006.index`,
    `${DIRECTORY}/00000000000000000006.log`,
  ]);
  assertEquals(logs.open().firstOffset, 6);
});

Deno.test("PartitionLog.read() gives nothing of segments that went after the plan was made", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 700 });
  for (let count = 0; count < 4; count++) logs.append(log);
  await log.whenCommitted();
  const plan = log.plan("first", 0, 10, 10_000);
  log.deleteSegments(1, undefined);
  assertEquals(log.read(plan, new Uint8Array(plan.bufferBytes)), { start: 0, end: 0 });
});

Deno.test("PartitionLog.close() refuses what comes later", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  logs.append(log);
  await log.close();
  assertThrows(() => logs.append(log), IggyError, `Partition 3 in ${DIRECTORY} is closed`);
  await log.close();
  assertEquals(logs.storage.handles.open, 0);
});

Deno.test("PartitionLog.remove() leaves nothing behind, even amid a sync", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  logs.append(log);
  const release = logs.storage.holdSyncs();
  const committed = log.whenCommitted();
  await turns();
  const removed = log.remove();
  assertThrows(() => logs.append(log), IggyError, "is removed");
  release();
  await Promise.all([committed, removed]);
  assertEquals(logs.storage.paths(), []);
  assert(!logs.storage.exists(DIRECTORY));
  assertEquals(logs.storage.handles.open, 0);
  assertEquals(allIds(log), []);
  assertEquals(logs.events, []);
});

Deno.test("PartitionLog.statistics() counts what is there", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 1000 });
  for (let count = 0; count < 4; count++) logs.append(log, 2, 300);
  await log.whenCommitted();
  const counts = { segmentsCount: 4, messagesCount: 8, sizeBytes: 4 * 952, currentOffset: 7 };
  assertEquals(log.statistics(), { ...counts, firstOffset: 0 });
  assertEquals(logs.open({ segmentBytesMax: 1000 }).statistics(), log.statistics());
  log.deleteSegments(3, undefined);
  assertEquals(log.statistics(), {
    segmentsCount: 1,
    messagesCount: 2,
    sizeBytes: 952,
    currentOffset: 7,
    firstOffset: 6,
  });
});

Deno.test("PartitionLog shares a bounded number of open files with all others", async () => {
  const logs = new PartitionLogs(new SimStorage(), { openFilesMax: 8, syncsInFlightMax: 3 });
  const all = range(0, 39).map((id) => logs.open({ segmentBytesMax: 700 }, `partitions/${id}`));
  for (let round = 0; round < 6; round++) {
    for (const log of all) logs.append(log);
    await Promise.all(all.map((log) => log.whenCommitted()));
    for (const log of all) assertEquals(readBatches(log, "first").length, round + 1);
  }
  assert(logs.storage.handles.openMax <= 8, `${logs.storage.handles.openMax} were open`);
  for (const log of all) await log.close();
  assertEquals(logs.storage.handles.open, 0);
});

Deno.test("PartitionLog keeps its messages in files of the system", async () => {
  const root = await Deno.makeTempDir({ prefix: "whippet-log-" });
  try {
    const logs = new PartitionLogs(fileStorage(root));
    const settings = { segmentBytesMax: 200_000, persisted: true };
    const log = logs.open(settings);
    for (let count = 0; count < 50; count++) {
      logs.append(log, 10, 1000);
      if (count % 7 === 0) await log.whenAcknowledged();
    }
    await log.close();
    const again = logs.open(settings);
    assertEquals(allIds(again), range(1, 500));
    assertEquals(logs.append(again), 500);
    await again.remove();
    assertEquals(logs.events, []);
    assertEquals(logs.storage.list("streams/1/topics/1/partitions/3"), []);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
