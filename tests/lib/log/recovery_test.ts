import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
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
import { type Remains, SimStorage } from "../../support/sim_storage.ts";

const LOG_0 = `${DIRECTORY}/00000000000000000000.log`;
const INDEX_0 = `${DIRECTORY}/00000000000000000000.index`;

/** A log with five committed messages and four more batches that were only written. */
async function halfCommitted() {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  logs.append(log, 2);
  logs.append(log, 3);
  await log.whenCommitted();
  for (const count of [1, 2, 1, 3]) logs.append(log, count, 40);
  return { logs, log };
}

const COMMITTED_MESSAGES = 5;
const WRITTEN_MESSAGES = 12;

Deno.test("recoverSegments() finds a prefix with all that was committed, wherever the power went", async () => {
  const { logs } = await halfCommitted();
  const { syncedBytes, writtenBytes } = sizes(logs.storage);
  assert(writtenBytes - syncedBytes > 1000);
  for (let size = syncedBytes; size <= writtenBytes; size++) {
    for (const zeros of [0, writtenBytes - size]) {
      const found = restarted(logs, crashed(logs.storage, { size, zeros }));
      const log = found.open();
      const kept = log.stableEnd;
      assert(kept >= COMMITTED_MESSAGES && kept <= WRITTEN_MESSAGES);
      assertEquals(allIds(log), range(1, kept), `${size} bytes and ${zeros} zeros`);
      const isWhole = found.storage.readFile(LOG_0)!.length === size + zeros;
      assertEquals(found.events.map((event) => event.kind), isWhole ? [] : ["tail_cut"]);

      assertEquals(found.append(log), kept, "the log goes on");
      const again = restarted(found, found.storage);
      assertEquals(allIds(again.open()), [...range(1, kept), WRITTEN_MESSAGES + 1]);
      assertEquals(again.events, []);
    }
  }
});

Deno.test("recoverSegments() cuts at the first batch that any flipped bit hits", async () => {
  const { logs } = await halfCommitted();
  const { syncedBytes, writtenBytes } = sizes(logs.storage);
  const ends = readBatches(logs.open(), "first").map((batch) => batch.bytes)
    .map((_, index, all) => all.slice(0, index + 1).reduce((sum, bytes) => sum + bytes));
  for (let at = syncedBytes; at < writtenBytes; at++) {
    const storage = crashed(logs.storage, { size: writtenBytes });
    storage.corrupt(LOG_0, (bytes) => bytes[at] ^= 1 << (at % 8));
    const found = restarted(logs, storage);
    const log = found.open();
    const whole = ends.findLast((end) => end <= at)!;
    assertEquals(storage.readFile(LOG_0)!.length, whole, `byte ${at}`);
    assertEquals(allIds(log), range(1, log.stableEnd));
    assertEquals(found.events.length, 1);
  }
});

Deno.test("recoverSegments() says in one line what it cut", async () => {
  const { logs } = await halfCommitted();
  const { writtenBytes } = sizes(logs.storage);
  const found = restarted(logs, crashed(logs.storage, { size: writtenBytes - 7 }));
  found.open();
  assertEquals(found.events, [{
    kind: "tail_cut",
    path: LOG_0,
    message: `Cut 513 bytes off ${LOG_0} at byte 1922: the batch there is incomplete, ` +
      "the log goes on with offset 9",
  }]);
});

Deno.test("recoverSegments() drops later segments when an earlier one was not committed whole", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 700 });
  logs.append(log);
  await log.whenCommitted();
  for (let count = 0; count < 5; count++) logs.append(log);
  const storage = logs.storage.afterCrash({
    names: "written",
    files: (file) => ({ size: file.path === LOG_0 ? file.writtenBytes - 1 : file.writtenBytes }),
  });
  const found = restarted(logs, storage);
  const again = found.open({ segmentBytesMax: 700 });
  assertEquals(allIds(again), [1]);
  assertEquals(found.events.length, 1);
  assertEquals(storage.paths(), [INDEX_0, LOG_0]);
  assertEquals(found.append(again), 1);
});

Deno.test("recoverSegments() goes on after an append that failed left a part in a sealed segment", () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 700 });
  logs.append(log);
  logs.storage.fail({ operation: "append", bytesWritten: 100 });
  logs.storage.fail({ operation: "truncate" });
  assertThrows(() => logs.append(log), IggyError);
  logs.append(log, 1, 500);
  const found = restarted(logs, logs.storage);
  assertEquals(allIds(found.open()), [1, 3]);
  assertEquals(found.events, []);
  assertEquals(found.storage.readFile(LOG_0)!.length, 314);
});

Deno.test("recoverSegments() keeps timestamps from falling over a segment without a batch", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 314 });
  logs.append(log);
  logs.storage.fail({ operation: "append", pathEnd: "1.log" });
  assertThrows(() => logs.append(log), IggyError);
  await log.close();
  const found = restarted(logs, logs.storage);
  assertEquals(found.storage.paths().at(-1), `${DIRECTORY}/00000000000000000001.log`);
  const again = found.open();
  found.clock.micros -= 1000;
  found.append(again);
  const [first, second] = readBatches(again, "first");
  assertEquals(second.timestamp, first.timestamp);
});

Deno.test("recoverSegments() keeps all committed segments that damage does not hit, and says which are", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 1100 });
  for (let count = 0; count < 9; count++) logs.append(log);
  await log.close();
  logs.storage.corrupt(`${DIRECTORY}/00000000000000000003.log`, (bytes) => bytes[400] ^= 1);
  logs.storage.remove(`${DIRECTORY}/00000000000000000003.index`);
  for (const _ of range(1, 2)) {
    const found = restarted(logs, logs.storage);
    const again = found.open({ segmentBytesMax: 1100 });
    await turns();
    assertEquals(found.events.map((event) => event.message), [
      `Log ${DIRECTORY}/00000000000000000003.log is damaged at byte 314 of 942: ` +
      "offsets 4 to 5 cannot be read, all others can",
    ]);
    assertEquals(allIds(again), [1, 2, 3, 4, 7, 8, 9]);
    assertEquals(readBatches(again, "offset", 4, 1).map((batch) => batch.offset), [6]);
    assertEquals(readBatches(again, "offset", 3, 4).map((batch) => batch.offset), [3, 6]);
  }
});

Deno.test("recoverSegments() loses nothing with its index files, nor by what is in them", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 6000 });
  for (let count = 0; count < 40; count++) logs.append(log, 1, 200);
  await log.close();
  const files = logs.storage.paths().filter((path) => path.endsWith(".index"));
  const spoil: ((bytes: Uint8Array) => Uint8Array)[] = [
    () => new Uint8Array(),
    (bytes) => bytes.map(() => 0),
    (bytes) => bytes.map(() => 255),
    (bytes) => bytes.map((byte, at) => at % 5 === 0 ? byte ^ 3 : byte),
    (bytes) => bytes.map((byte, at) => at === 16 ? byte ^ 1 : byte),
    (bytes) => bytes.map((byte, at) => at === bytes.length - 16 ? byte ^ 1 : byte),
    (bytes) => bytes.map((byte, at) => at === bytes.length - 12 ? byte ^ 1 : byte),
    ...range(1, 40).map((cut) => (bytes: Uint8Array) => bytes.slice(0, -cut)),
  ];
  for (const [at, change] of spoil.entries()) {
    for (const remove of [false, true]) {
      const storage = logs.storage.afterCrash({ files: "written", names: "written" });
      for (const path of files) {
        if (remove) storage.remove(path);
        else storage.writeFile(path, change(logs.storage.readFile(path)!));
      }
      const found = restarted(logs, storage);
      const again = found.open({ segmentBytesMax: 6000 });
      const what = `${at} ${remove}`;
      assertEquals(allIds(again), range(1, 40), what);
      for (const offset of range(0, 39)) {
        // A reader that an entry misled gets nothing once, while the index is made anew.
        const batches = [1, 2].flatMap(() => readBatches(again, "offset", offset, 1));
        assertEquals(batches.at(-1)?.offset, offset, `${what} at ${offset}`);
      }
      assertEquals(found.events.filter((event) => event.kind === "tail_cut"), []);
    }
  }
});

Deno.test("recoverSegments() makes the index of a sealed segment anew when it is first needed", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 6000 });
  for (let count = 0; count < 40; count++) logs.append(log, 1, 200);
  await log.close();
  const good = logs.storage.readFile(INDEX_0)!;
  logs.storage.corrupt(INDEX_0, (bytes) => bytes.fill(0, 16, 32));
  const found = restarted(logs, logs.storage);
  const again = found.open({ segmentBytesMax: 6000 });
  assertEquals(found.events, []);
  assertEquals(readBatches(again, "offset", 7, 1).map((batch) => batch.offset), [7]);
  assertEquals(found.events.map((event) => [event.kind, event.path]), [["index_rebuilt", INDEX_0]]);
  assertEquals(found.storage.readFile(INDEX_0), good);
});

Deno.test("recoverSegments() finds every entry of an index file true, whenever the power went", async () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        append: fc.integer({ min: 1, max: 3 }),
        payload: fc.integer({ min: 1, max: 900 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant("commit" as const) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40, size: "max" }),
      fc.integer({ min: 500, max: 6000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      async (steps, segmentBytesMax, share, indexSurvives) => {
        const logs = new PartitionLogs(new SimStorage());
        const log = logs.open({ segmentBytesMax });
        for (const each of steps) {
          if (each === "commit") await log.whenCommitted();
          else logs.append(log, each.append, each.payload);
        }
        const storage = logs.storage.afterCrash({
          names: "written",
          files: ({ path, syncedBytes, writtenBytes }) => {
            if (path.endsWith(".index") && indexSurvives) return { size: writtenBytes };
            return { size: syncedBytes + Math.floor((writtenBytes - syncedBytes) * share) };
          },
        });
        const found = restarted(logs, storage);
        const again = found.open({ segmentBytesMax });
        assert(again.stableEnd >= log.committedEnd);
        assertEquals(allIds(again), range(1, again.stableEnd));
        assert(found.events.every((event) => event.kind === "tail_cut"));
        assert(found.events.length <= 1);
        await again.close();
        assertEquals(allIds(restarted(found, storage).open()), range(1, again.stableEnd));
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("recoverSegments() finds all that was acknowledged, whatever was under way", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant("append" as const) },
    { weight: 4, arbitrary: fc.constantFrom("commit", "hold", "release", "wait") },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60, size: "max" }),
      fc.integer({ min: 300, max: 2000 }),
      async (steps, segmentBytesMax) => {
        const logs = new PartitionLogs(new SimStorage());
        const log = logs.open({ segmentBytesMax });
        let release = () => {};
        for (const each of steps) {
          if (each === "append") logs.append(log);
          if (each === "commit") log.commitInBackground();
          if (each === "wait") await turns();
          if (each === "hold" || each === "release") release();
          if (each === "hold") release = logs.storage.holdSyncs();
        }
        const acknowledged = log.committedEnd;
        const storage = logs.storage.afterCrash({ files: "synced", names: "synced" });
        const found = restarted(logs, storage).open({ segmentBytesMax });
        assert(found.stableEnd >= acknowledged, `${found.stableEnd} of ${acknowledged}`);
        assertEquals(allIds(found), range(1, found.stableEnd));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("recoverSegments() reads only the tail of a long log", async () => {
  const logs = new PartitionLogs(new SimStorage(), { indexIntervalBytes: 64 * 1024 });
  const settings = { segmentBytesMax: 24 * 1024 * 1024 };
  const log = logs.open(settings);
  for (let count = 0; count < 62; count++) logs.append(log, 1, 1024 * 1024);
  await log.whenCommitted();
  for (let count = 0; count < 2; count++) logs.append(log, 1, 1024 * 1024);

  const killed = logs.storage.afterCrash({ files: "written", names: "written" });
  const found = restarted(logs, killed);
  const again = found.open(settings);
  assertEquals(again.stableEnd, 64);
  // The two batches, and the one of the last index entry before them.
  assert(killed.done.bytesRead < 3.1 * 1024 * 1024, `${killed.done.bytesRead} bytes read`);

  await again.close();
  const closed = killed.afterCrash({ files: "written", names: "written" });
  restarted(found, closed).open(settings);
  assert(closed.done.bytesRead < 1.1 * 1024 * 1024, `${closed.done.bytesRead} bytes read`);
});

Deno.test("recoverSegments() commits what it found uncommitted", async () => {
  const { logs } = await halfCommitted();
  const found = restarted(
    logs,
    logs.storage.afterCrash({ files: "written", names: "written" }),
  );
  const log = found.open({ persisted: true });
  assertEquals(log.endOffset, 0, "nobody knows what of the last index interval was synced");
  await log.whenCommitted();
  assertEquals(log.endOffset, WRITTEN_MESSAGES);
});

Deno.test("recoverSegments() keeps no file open and makes nothing", () => {
  const logs = new PartitionLogs(new SimStorage());
  for (const id of range(1, 1000)) logs.open({}, `partitions/${id}`);
  assertEquals(logs.storage.done.opens, 0);
  assertEquals(logs.storage.paths(), []);
});

Deno.test("recoverSegments() removes an index whose log is gone, and leaves other files alone", () => {
  const storage = new SimStorage();
  storage.writeFile(INDEX_0, new Uint8Array(16));
  storage.writeFile(`${DIRECTORY}/notes.txt`, new Uint8Array(3));
  storage.writeFile(`${DIRECTORY}/7.log`, new Uint8Array(3));
  const logs = new PartitionLogs(storage);
  assertEquals(logs.open().stableEnd, 0);
  assertEquals(storage.paths(), [`${DIRECTORY}/7.log`, `${DIRECTORY}/notes.txt`]);
});

Deno.test("recoverSegments() reports committed bytes that are gone", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  for (let count = 0; count < 10; count++) logs.append(log, 1, 1000);
  await log.close();
  logs.storage.writeFile(LOG_0, logs.storage.readFile(LOG_0)!.slice(0, 5 * 1304));
  const found = restarted(logs, logs.storage);
  const again = found.open();
  assertEquals(found.events, [{
    kind: "segment_damaged",
    path: LOG_0,
    message: `Log ${LOG_0} has 6520 bytes, but 13040 were committed: the others are gone`,
  }]);
  assertEquals(allIds(again), range(1, 5));
  assertEquals(found.append(again), 5);
});

Deno.test("recoverSegments() refuses a folder with segments of two histories", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  for (let count = 0; count < 3; count++) logs.append(log);
  await log.close();
  logs.storage.writeFile(`${DIRECTORY}/00000000000000000002.log`, new Uint8Array());
  assertThrows(
    () => logs.open(),
    IggyError,
    `Log ${LOG_0} goes on to offset 2, but the next segment starts at offset 2`,
  );
});

Deno.test("recoverSegments() refuses batches of another partition", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ partitionId: 4 });
  logs.append(log);
  await log.whenCommitted();
  const found = restarted(logs, logs.storage);
  assertEquals(found.open({ partitionId: 5 }).stableEnd, 0);
});

function sizes(storage: SimStorage) {
  let found = { syncedBytes: 0, writtenBytes: 0 };
  storage.afterCrash({
    names: "written",
    files(file) {
      if (file.path === LOG_0) found = file;
      return { size: file.writtenBytes };
    },
  });
  return found;
}

function crashed(storage: SimStorage, log: Remains): SimStorage {
  return storage.afterCrash({
    names: "written",
    files: (file) => file.path === LOG_0 ? log : { size: file.writtenBytes },
  });
}

Deno.test("recoverSegments() cuts nothing that was committed, also where it is damaged", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  for (let count = 0; count < 10; count++) logs.append(log, 1, 200);
  await log.close();
  const path = `${DIRECTORY}/00000000000000000000.log`;
  const size = logs.storage.readFile(path)!.length;
  for (const at of range(0, 9).map((batch) => batch * size / 10 + 300)) {
    const storage = logs.storage.afterCrash({ files: "written", names: "written" });
    storage.corrupt(path, (bytes) => bytes[at] ^= 1);
    const found = restarted(logs, storage);
    const again = found.open();
    assertEquals(again.stableEnd, 10);
    found.append(again);
    for (const offset of range(0, 10)) {
      const read = () => readBatches(again, "offset", offset, 1).map((batch) => batch.offset);
      if (Math.floor(at / (size / 10)) === offset) assertThrows(read, IggyError);
      else assertEquals(read(), [offset]);
    }
    assertEquals(found.events.filter(({ kind }) => kind === "segment_damaged").length <= 1, true);
    assertEquals(found.events.filter(({ kind }) => kind === "tail_cut"), []);
  }
});
