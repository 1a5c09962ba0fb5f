import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { PartitionLog, type ReadKind } from "../../../lib/log/partition.ts";
import { type PartitionKey, PartitionOwner } from "../../../lib/log/owner.ts";
import type { CleanedTopic, Removed } from "../../../lib/log/cleaning.ts";
import { read, type ReadPlan } from "../../../lib/log/read_plan.ts";
import { batchHeader } from "../../../protocol/message.ts";
import { MESSAGES } from "../../../protocol/message_codec.ts";
import { NEVER_EXPIRES, UNLIMITED } from "../../../protocol/options.ts";
import { WireReader } from "../../../protocol/wire.ts";
import { allIds, PartitionLogs, range, restarted, turns } from "../../support/partition_logs.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const HOUR_MS = 3_600_000;

/** Two batches of one message fill a segment. */
const SEGMENT_BYTES = 700;

interface Limits {
  /** Micros. */
  readonly expiry?: bigint;
  /** Bytes. */
  readonly size?: bigint;
}

/** A topic on a disk whose partitions hold the messages that a test puts there. */
class World {
  readonly logs: PartitionLogs;
  readonly owner: PartitionOwner;
  partitions: PartitionKey[];
  limits: Limits;

  constructor(logs: PartitionLogs, limits: Limits, partitionsCount = 1) {
    this.logs = logs;
    this.owner = new PartitionOwner(logs.context);
    this.limits = limits;
    this.partitions = range(0, partitionsCount - 1)
      .map((id) => ({ streamId: 1, topicId: 1, id, incarnation: 1 }));
  }

  get topic(): CleanedTopic {
    return {
      settings: {
        segmentSize: SEGMENT_BYTES,
        durability: "replicated",
        messageExpiry: this.limits.expiry ?? NEVER_EXPIRES,
        maxTopicSize: this.limits.size ?? UNLIMITED,
      },
      partitions: this.partitions,
    };
  }

  log(id = 0): PartitionLog {
    return this.owner.log(this.topic, this.partitions[id]) as PartitionLog;
  }

  append(count: number, id = 0): void {
    for (let batch = 0; batch < count; batch++) this.logs.append(this.log(id));
  }

  clean(): Promise<Removed> {
    return this.owner.clean(() => this.topic);
  }

  /** The process is started again on what is left of the disk. */
  restarted(storage = this.logs.storage): World {
    const again = new World(restarted(this.logs, storage), this.limits);
    again.partitions = this.partitions;
    return again;
  }

  firstOffsets(): number[] {
    return this.partitions.map((_, id) => this.log(id).firstOffset);
  }
}

function world(limits: Limits = {}, partitionsCount = 1): World {
  return new World(new PartitionLogs(new SimStorage()), limits, partitionsCount);
}

const HOUR: Limits = { expiry: BigInt(HOUR_MS) * 1000n };

Deno.test("cleanTopic() removes what has expired and nothing younger", async () => {
  const topic = world(HOUR);
  topic.append(2);
  topic.logs.clock.advance(1);
  topic.append(3);
  topic.logs.clock.advance(HOUR_MS);
  assertEquals((await topic.clean()).segmentsCount, 1);
  assertEquals(allIds(topic.log()), [3, 4, 5], "exactly an hour is not older than an hour");
  assertEquals(await topic.clean(), { segmentsCount: 0, sizeBytes: 0 });
  topic.logs.clock.advance(1);
  assertEquals((await topic.clean()).segmentsCount, 2);
});

Deno.test("cleanTopic() seals a segment that takes messages when all of them have expired", async () => {
  const topic = world(HOUR);
  topic.append(3);
  topic.logs.clock.advance(HOUR_MS + 1);
  assertEquals((await topic.clean()).segmentsCount, 2);
  assertEquals(topic.log().statistics(), {
    segmentsCount: 1,
    sizeBytes: 0,
    messagesCount: 0,
    firstOffset: 3,
    currentOffset: 2,
  });
  assertEquals(topic.logs.storage.paths(), [
    "streams/1/topics/1/partitions/0/1/00000000000000000003.log",
  ]);
  topic.logs.clock.advance(HOUR_MS + 1);
  assertEquals((await topic.clean()).segmentsCount, 0, "an empty segment stays");
  topic.append(2);
  assertEquals(allIds(topic.log()), [4, 5]);
  assertEquals([topic.log().firstOffset, topic.log().endOffset], [3, 5]);
});

Deno.test("cleanTopic() removes nothing before the segment that follows is safe in name", async () => {
  const topic = world(HOUR);
  topic.append(2);
  await topic.log().whenCommitted();
  topic.logs.clock.advance(HOUR_MS + 1);
  const release = topic.logs.storage.holdSyncs();
  const cleaning = topic.clean();
  await turns();
  assertEquals(topic.log().segments.length, 2);
  const { storage } = topic.logs;
  const found = topic.restarted(storage.afterCrash({ files: "synced", names: "synced" }));
  assertEquals(allIds(found.log()), [1, 2]);
  release();
  await cleaning;
  assertEquals(topic.log().segments.length, 1);
  const after = topic.restarted(storage.afterCrash({ files: "synced", names: "synced" }));
  assertEquals(after.log().endOffset, 2);
});

Deno.test("cleanTopic() lets offsets go on after all was removed, over a stop and a crash", async () => {
  let topic = world(HOUR);
  let sent = 0;
  for (const stop of ["close", "synced", "written"] as const) {
    topic.append(3);
    sent += 3;
    topic.logs.clock.advance(HOUR_MS + 1);
    await topic.clean();
    const { storage } = topic.logs;
    if (stop === "close") await topic.owner.close();
    topic = topic.restarted(
      stop === "close" ? storage : storage.afterCrash({ files: stop, names: stop }),
    );
    assertEquals(topic.log().endOffset, sent, stop);
    // What was removed last comes back where the removal was not safe yet, and goes again.
    await topic.clean();
    assertEquals(topic.log().statistics(), {
      segmentsCount: 1,
      sizeBytes: 0,
      messagesCount: 0,
      firstOffset: sent,
      currentOffset: sent - 1,
    });
    assertEquals(topic.logs.events, []);
  }
});

Deno.test("cleanTopic() keeps a topic to its size over all partitions, oldest segments first", async () => {
  const topic = world({ size: 2600n }, 3);
  for (const id of [0, 1, 0, 2, 1]) {
    topic.append(2, id);
    topic.logs.clock.advance(1);
  }
  const sizeBytes = topic.log(0).statistics().sizeBytes / 4;
  assertEquals(await topic.clean(), { segmentsCount: 1, sizeBytes: 2 * sizeBytes });
  assertEquals(topic.firstOffsets(), [2, 0, 0]);
  topic.limits = { size: 1000n };
  assertEquals(await topic.clean(), { segmentsCount: 1, sizeBytes: 2 * sizeBytes });
  assertEquals(topic.firstOffsets(), [2, 2, 0], "the last of each stays");
});

Deno.test("cleanTopic() is not held back by anything but its limits, and follows their changes", async () => {
  const topic = world();
  topic.append(5);
  topic.logs.clock.advance(1000 * HOUR_MS);
  assertEquals((await topic.clean()).segmentsCount, 0);
  topic.limits = { expiry: 1n };
  assertEquals((await topic.clean()).segmentsCount, 3);
});

Deno.test("cleanTopic() looks at partitions that nobody has used since the start", async () => {
  const first = world(HOUR, 3);
  for (const id of [0, 1, 2]) first.append(2, id);
  await first.owner.close();
  first.logs.clock.advance(HOUR_MS + 1);
  const topic = first.restarted();
  assertEquals((await topic.clean()).segmentsCount, 3);
  assertEquals(topic.logs.storage.paths().length, 3);
});

Deno.test("cleanTopic() opens nothing for a topic without limits", async () => {
  const topic = world({}, 3);
  const { done } = topic.logs.storage;
  assertEquals(await topic.clean(), { segmentsCount: 0, sizeBytes: 0 });
  assertEquals(done, { opens: 0, reads: 0, bytesRead: 0, bytesWritten: 0, syncs: 0 });
});

Deno.test("cleanTopic() lets others have their turn while it opens and removes very many", async () => {
  const first = world(HOUR, 40);
  for (const id of range(0, 39)) first.append(2, id);
  await first.owner.close();
  first.logs.clock.advance(HOUR_MS + 1);
  const topic = first.restarted();
  const { clock } = topic.logs;
  // Each look at the clock takes a millisecond, so a step is a few partitions.
  clock.monotonicMs = () => (clock.micros += 1000) / 1000;
  let isDone = false;
  const cleaning = topic.clean().finally(() => isDone = true);
  let pauses = 0;
  for (; !isDone; pauses++) {
    await turns();
    clock.advance(0);
  }
  assertEquals((await cleaning).segmentsCount, 40);
  assert(pauses > 40 * 3 / 10, `${pauses} pauses`);
});

Deno.test("PartitionOwner.close() ends a cleaning where it is, and leaves nothing open", async () => {
  const topic = world(HOUR, 3);
  for (const id of [0, 1, 2]) topic.append(2, id);
  topic.logs.clock.advance(HOUR_MS + 1);
  const release = topic.logs.storage.holdSyncs();
  const cleaning = topic.clean();
  await turns();
  const closed = topic.owner.close();
  release();
  await closed;
  assertEquals((await cleaning).segmentsCount, 0);
  assertEquals([topic.logs.storage.handles.open, topic.logs.events], [0, []]);
  const again = topic.restarted();
  assertEquals((await again.clean()).segmentsCount, 3);
});

Deno.test("PartitionOwner.cleaned counts what went since the start", async () => {
  const topic = world(HOUR);
  for (const count of [2, 4]) {
    topic.append(count);
    topic.logs.clock.advance(HOUR_MS + 1);
    await topic.clean();
  }
  const { segmentsCount, sizeBytes } = topic.owner.cleaned;
  assertEquals(segmentsCount, 3);
  assert(sizeBytes > 6 * 256, `${sizeBytes} bytes`);
});

Deno.test("cleanTopic() stops when the topic is deleted, and does not touch the next life of a partition", async () => {
  const topic = world(HOUR, 2);
  for (const id of [0, 1]) topic.append(2, id);
  topic.logs.clock.advance(HOUR_MS + 1);
  const release = topic.logs.storage.holdSyncs();
  const cleaning = topic.clean();
  await turns();
  const ended = topic.partitions;
  topic.owner.removePartitions(ended);
  topic.partitions = ended.map((each) => ({ ...each, incarnation: 2 }));
  topic.append(1, 0);
  release();
  await cleaning;
  await turns();
  assertEquals([topic.log(0).firstOffset, topic.log(0).endOffset], [0, 1]);
  assertEquals(topic.logs.storage.paths(), [
    "streams/1/topics/1/partitions/0/2/00000000000000000000.log",
  ]);
  assertEquals(topic.logs.events, []);
  assertEquals(await topic.owner.clean(() => undefined), { segmentsCount: 0, sizeBytes: 0 });
});

Deno.test("cleanTopic() says what it cannot clean, cleans the rest, and tries again", async () => {
  const topic = world(HOUR, 2);
  for (const id of [0, 1]) topic.append(2, id);
  topic.logs.clock.advance(HOUR_MS + 1);
  topic.logs.storage.fail({
    operation: "remove",
    pathEnd: "partitions/0/1/00000000000000000000.log",
  });
  assertEquals((await topic.clean()).segmentsCount, 1);
  const [{ kind, path, message }] = topic.logs.events;
  assertEquals([kind, path], ["cleaning_failed", "streams/1/topics/1/partitions/0/1"]);
  assert(message.includes("cannot remove"), message);
  assertEquals(allIds(topic.log(0)), [1, 2], "what could not be removed is still there to read");
  assertEquals((await topic.clean()).segmentsCount, 1);
  assertEquals(topic.logs.events.length, 1);
});

Deno.test("cleanTopic() goes on though an index file cannot be removed: its log is gone", async () => {
  const topic = world(HOUR);
  topic.append(3);
  topic.logs.clock.advance(HOUR_MS + 1);
  topic.logs.storage.fail({ operation: "remove", pathEnd: "00.index" });
  await topic.clean();
  assertEquals([topic.log().firstOffset, allIds(topic.log())], [2, [3]]);
  await topic.clean();
  assertEquals([topic.log().firstOffset, topic.log().statistics().segmentsCount], [3, 1]);
});

Deno.test("cleanTopic() leaves messages where they are when no new segment can be made", async () => {
  const topic = world(HOUR);
  topic.append(1);
  topic.logs.clock.advance(HOUR_MS + 1);
  topic.logs.storage.fail({ operation: "open", pathEnd: "01.log" });
  assertEquals((await topic.clean()).segmentsCount, 0);
  assertEquals(topic.logs.events.map(({ kind }) => kind), ["cleaning_failed"]);
  topic.append(1);
  assertEquals(allIds(topic.log()), [1, 2]);
});

Deno.test("cleanTopic() removes what is safe from a partition that takes no more messages", async () => {
  const topic = world(HOUR);
  topic.append(3);
  await topic.log().whenCommitted();
  topic.append(2);
  topic.logs.storage.fail({ operation: "sync", pathEnd: "02.log" });
  await topic.log().whenCommitted().catch(() => {});
  topic.logs.clock.advance(HOUR_MS + 1);
  assertEquals((await topic.clean()).segmentsCount, 1);
  assertEquals(allIds(topic.log()), [3, 4, 5]);
  assertThrows(() => topic.append(1));
  assertEquals(topic.logs.events.map(({ kind }) => kind), ["commit_failed"]);
});

Deno.test("cleanTopic() tells of a partition it cannot open once, and cleans the others", async () => {
  const first = world(HOUR, 2);
  for (const id of [0, 1]) first.append(5, id);
  await first.owner.close();
  const { storage } = first.logs;
  const folder = "streams/1/topics/1/partitions/0/1";
  storage.rename(`${folder}/00000000000000000002.log`, `${folder}/00000000000000000001.log`);
  first.logs.clock.advance(HOUR_MS + 1);
  const topic = first.restarted();
  assertEquals((await topic.clean()).segmentsCount, 3);
  assertEquals((await topic.clean()).segmentsCount, 0);
  assertEquals(topic.logs.events.map(({ kind, path }) => [kind, path]), [[
    "cleaning_failed",
    folder,
  ]]);
});

Deno.test("cleanTopic() leaves a whole log with all its offsets, wherever the power went", async () => {
  const crashes = { calls: 0, found: new Set<number>() };
  for (const committed of [true, false]) {
    for (let calls = 1;; calls++) {
      const topic = world(HOUR);
      topic.append(7);
      if (committed) await topic.log().whenCommitted();
      topic.logs.clock.advance(HOUR_MS + 1);
      const { storage } = topic.logs;
      storage.callsUntilPowerLoss = calls;
      await topic.clean();
      const end = topic.log().committedEnd;
      storage.callsUntilPowerLoss = Infinity;
      for (const files of ["synced", "written"] as const) {
        for (let written = 0; written <= storage.unsyncedNames; written++) {
          const found = topic.restarted(storage.afterCrash({ files, names: { written } }));
          const log = found.log();
          const where = `${calls} calls, ${files}, ${written} names`;
          assert(log.endOffset >= end && log.endOffset <= 7, `${where}: ends at ${log.endOffset}`);
          assertEquals(allIds(log), range(log.firstOffset + 1, log.endOffset), where);
          assertEquals(found.logs.events.filter(({ kind }) => kind !== "tail_cut"), [], where);
          crashes.found.add(log.firstOffset);
          const next = log.endOffset;
          await found.clean();
          assertEquals([log.firstOffset, log.endOffset], [next, next], where);
          found.append(1);
          assertEquals([log.firstOffset, log.endOffset], [next, next + 1], where);
        }
      }
      if (topic.log().firstOffset === 7) break;
      crashes.calls++;
    }
  }
  assertEquals([...crashes.found].sort(), [0, 2, 4, 6, 7]);
  assert(crashes.calls > 30, `${crashes.calls} places`);
});

Deno.test("read() gives whole batches of what was planned, or less, when a trim comes between", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          count: fc.integer({ min: 1, max: 4 }),
          payload: fc.integer({ min: 1, max: 500 }),
        }),
        {
          minLength: 3,
          maxLength: 30,
        },
      ),
      fc.constantFrom<ReadKind>("offset", "timestamp", "first", "last"),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 20_000 }),
      fc.nat(6),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (batches, kind, share, count, bytesMax, trimAt, trimShare) => {
        const logs = new PartitionLogs(new SimStorage());
        const log = logs.open({ segmentBytesMax: 2000 });
        for (const batch of batches) {
          logs.clock.advance(1);
          logs.append(log, batch.count, batch.payload);
        }
        await log.whenTrimmable(log.endOffset);
        const micros = logs.clock.micros - Math.round(batches.length * 1000 * (1 - share));
        const value = kind === "timestamp" ? micros : Math.floor(log.endOffset * share);
        const trim = () => {
          const offset = Math.floor(log.endOffset * trimShare);
          while (log.trimOldest(offset) !== undefined);
        };
        const plan = log.plan(kind, value, count, bytesMax);
        const got = readWhile(plan, trimAt, trim);
        assertEquals(got, range(plan.firstOffset + 1, plan.firstOffset + got.length));
        if (trimAt === 0 && plan.firstOffset < log.firstOffset) assertEquals(got, []);
        const again = log.plan(kind, value, count, bytesMax);
        assert(again.firstOffset >= log.firstOffset);
        const asked = readWhile(again, Infinity, trim);
        assertEquals(
          asked[0],
          log.endOffset > again.firstOffset ? again.firstOffset + 1 : undefined,
        );
        assertEquals(logs.events, []);
      },
    ),
    { numRuns: 300 },
  );
});

/** Ids, of the messages wanted, in what a plan gives when something happens before its piece `at` is read. */
function readWhile(plan: ReadPlan, at: number, happen: () => void): number[] {
  const pieces = Object.assign([...plan.pieces], {
    *[Symbol.iterator](this: ReadPlan["pieces"]) {
      for (let index = 0; index < this.length; index++) {
        if (index === at) happen();
        yield this.at(index)!;
      }
    },
  });
  const into = new Uint8Array(plan.bufferBytes);
  const { start, end } = read({ ...plan, pieces: pieces as ReadPlan["pieces"] }, into);
  const ids: number[] = [];
  let position = start;
  while (position < end) {
    const bytes = into.subarray(position);
    const length = batchHeader.length(new DataView(into.buffer), position);
    for (const message of MESSAGES.vsr_0_11.decode(new WireReader(bytes.subarray(0, length)))) {
      ids.push(Number(message.id));
    }
    position += length;
  }
  assertEquals(position, end, "whole batches");
  return ids.filter((id) => id > plan.firstOffset && id <= plan.endOffset);
}
