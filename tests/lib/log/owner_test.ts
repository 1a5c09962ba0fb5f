import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { PartitionLog } from "../../../lib/log/partition.ts";
import { type PartitionKey, PartitionOwner } from "../../../lib/log/owner.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { allIds, PartitionLogs, turns } from "../../support/partition_logs.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const TOPIC = { settings: { segmentSize: 1 << 20, durability: "replicated" } } as const;

function key(changes: Partial<PartitionKey> = {}): PartitionKey {
  return { streamId: 1, topicId: 2, id: 3, incarnation: 4, ...changes };
}

function directory({ streamId, topicId, id, incarnation }: PartitionKey): string {
  return `streams/${streamId}/topics/${topicId}/partitions/${id}/${incarnation}`;
}

/** An owner on a disk, and the logs it gives with messages in them. */
function owned(storage = new SimStorage()) {
  const logs = new PartitionLogs(storage);
  const owner = new PartitionOwner(logs.context);
  const log = (partition: PartitionKey) => owner.log(TOPIC, partition) as PartitionLog;
  const fill = (...partitions: PartitionKey[]) => {
    for (const partition of partitions) logs.append(log(partition));
  };
  return { storage, logs, owner, log, fill };
}

/** Folders of partitions that hold files. */
function folders(storage: SimStorage): string[] {
  return [...new Set(storage.paths().map((path) => path.slice(0, path.lastIndexOf("/"))))];
}

Deno.test("PartitionOwner.log() opens a partition once and gives it to everybody", () => {
  const { log } = owned();
  assertStrictEquals(log(key()), log(key()));
});

Deno.test("PartitionOwner.log() tells once where a log it opens ends", async () => {
  const { owner, logs, fill } = owned();
  fill(key(), key());
  await owner.close();
  const ends: [number, number][] = [];
  const again = new PartitionOwner(
    logs.context,
    ({ id }, endOffset) => void ends.push([id, endOffset]),
  );
  for (const id of [3, 5, 3]) again.log(TOPIC, key({ id }));
  assertEquals(ends, [[3, 2], [5, 0]]);
});

Deno.test("PartitionOwner.log() hands out no log before what its opening led to has settled", async () => {
  const { logs } = owned();
  for (const settle of ["resolve", "reject"] as const) {
    const outcome = Promise.withResolvers<void>();
    const owner = new PartitionOwner(logs.context, () => outcome.promise);
    let handedOut: PartitionLog | undefined;
    const opening = Promise.resolve(owner.log(TOPIC, key())).then((log) => handedOut = log);
    await turns();
    assertEquals(handedOut, undefined);
    outcome[settle]();
    await opening;
    assertEquals(owner.log(TOPIC, key()), handedOut);
  }
});

Deno.test("PartitionOwner.log() gives each life of a partition a log and a folder of its own", () => {
  const { storage, log, fill } = owned();
  const lives = [key(), key({ incarnation: 5 }), key({ id: 5 }), key({ topicId: 5 })];
  fill(...lives);
  assertEquals(new Set(lives.map(log)).size, lives.length);
  assertEquals(folders(storage), lives.map(directory).sort());
});

Deno.test("PartitionOwner.log() gives a log the segment size and the durability of its topic", () => {
  const { owner, logs } = owned();
  const settings = { segmentSize: 700, durability: "persisted" } as const;
  const log = owner.log({ settings }, key()) as PartitionLog;
  for (let count = 0; count < 3; count++) logs.append(log);
  assertEquals(log.statistics().segmentsCount, 2);
  assertEquals(log.endOffset, 0);
  assertEquals(log.stableEnd, 3);
});

Deno.test("PartitionOwner.figures() tells a partition in numbers", async () => {
  const { owner, fill } = owned();
  assertEquals((await owner.figures(TOPIC, key())).messagesCount, 0);
  fill(key(), key());
  const { messagesCount, currentOffset } = await owner.figures(TOPIC, key());
  assertEquals([messagesCount, currentOffset], [2, 1]);
});

Deno.test("PartitionOwner.readers() are those who wait for a partition's messages", () => {
  const { owner, log } = owned();
  assertStrictEquals(owner.readers(TOPIC, key()), log(key()).waiters);
});

Deno.test("PartitionOwner.removePartitions() removes messages, whether the log is open or not", async () => {
  const { storage, fill, log } = owned();
  fill(key({ id: 0 }), key({ id: 1 }), key({ id: 2 }));
  const again = owned(storage);
  const open = again.log(key({ id: 0 }));
  again.owner.removePartitions([key({ id: 0 }), key({ id: 1 })]);
  await again.owner.close();
  assertEquals(folders(storage), [directory(key({ id: 2 }))]);
  await assertRejects(async () => await again.logs.append(open), IggyError);
  assertEquals(allIds(log(key({ id: 2 }))), [3]);
});

Deno.test("PartitionOwner.log() opens the next life of a partition while the last one is removed", async () => {
  const { storage, owner, logs, log, fill } = owned();
  fill(key());
  const release = storage.holdSyncs();
  log(key()).commitInBackground();
  owner.removePartitions([key()]);
  fill(key({ incarnation: 5 }));
  release();
  await owner.close();
  assertEquals(folders(storage), [directory(key({ incarnation: 5 }))]);
  assertEquals(logs.events, []);
});

Deno.test("PartitionOwner.removeTopic() removes the topic's folder after the logs in it", async () => {
  const { storage, owner, fill } = owned();
  fill(key({ id: 0 }), key({ id: 1 }), key({ topicId: 20 }));
  owner.removeTopic({ streamId: 1, id: 2 });
  await owner.close();
  assertEquals(storage.exists("streams/1/topics/2"), false);
  assertEquals(folders(storage), [directory(key({ topicId: 20 }))]);
});

Deno.test("PartitionOwner.removeStream() removes the stream's folder after the logs in it", async () => {
  const { storage, owner, log, fill } = owned();
  fill(key(), key({ topicId: 5 }), key({ streamId: 10 }));
  const release = storage.holdSyncs();
  log(key()).commitInBackground();
  owner.removeStream({ id: 1 });
  release();
  await owner.close();
  assertEquals(storage.exists("streams/1"), false);
  assertEquals(folders(storage), [directory(key({ streamId: 10 }))]);
});

Deno.test("PartitionOwner reports what it cannot remove, and leaves it to the next start", async () => {
  for (const open of [true, false]) {
    const first = owned();
    first.fill(key());
    const { storage, owner, logs, log } = open ? first : owned(first.storage);
    if (open) log(key());
    storage.fail({ operation: "remove" });
    owner.removePartitions([key()]);
    await turns();
    assertEquals(logs.events, [{
      kind: "removal_failed",
      path: directory(key()),
      message: logs.events[0].message,
    }]);
    await owner.close();
    owned(storage).owner.sweep([]);
    assertEquals(storage.paths(), []);
  }
});

Deno.test("PartitionOwner removes a stream as far as it goes when a log in it cannot be removed", async () => {
  const { storage, owner, logs, fill } = owned();
  fill(key());
  storage.fail({ operation: "remove" });
  owner.removeStream({ id: 1 });
  await owner.close();
  assertEquals(logs.events.map(({ kind, path }) => [kind, path]), [
    ["removal_failed", directory(key())],
  ]);
  assertEquals(storage.exists("streams/1"), false);
});

Deno.test("PartitionOwner.sweep() removes the folders of what is not living, at any depth", () => {
  const { storage, fill } = owned();
  const dead = [
    key({ incarnation: 5 }),
    key({ id: 5 }),
    key({ topicId: 5 }),
    key({ streamId: 5 }),
    key({ streamId: 10 }),
  ];
  fill(key(), ...dead);
  owned(storage).owner.sweep([key()]);
  assertEquals(folders(storage), [directory(key())]);
  assertEquals(storage.exists("streams/5"), false);
  assertEquals(storage.exists("streams/1/topics/5"), false);
});

Deno.test("PartitionOwner.sweep() touches nothing outside the streams, and no disk without them", () => {
  const { storage, owner } = owned();
  owner.sweep([]);
  storage.writeFile("catalog/journal-0", new Uint8Array(1));
  owner.sweep([key()]);
  assertEquals(storage.paths(), ["catalog/journal-0"]);
});

Deno.test("PartitionOwner.commitAll() starts a sync of every partition with unsynced messages", async () => {
  const { owner, log, fill } = owned();
  fill(key({ id: 0 }), key({ id: 1 }));
  assertEquals(log(key({ id: 1 })).committedEnd, 0);
  owner.commitAll();
  await turns();
  assertEquals([0, 1].map((id) => log(key({ id })).committedEnd), [1, 1]);
});

Deno.test("PartitionOwner.close() makes all safe and leaves no file open", async () => {
  const { storage, owner, fill } = owned();
  fill(key({ id: 0 }), key({ id: 1 }));
  await owner.close();
  assertEquals(storage.handles.open, 0);
  const found = owned(storage.afterCrash({ files: "synced", names: "synced" }));
  assertEquals(allIds(found.log(key({ id: 0 }))), [1]);
  assertEquals(allIds(found.log(key({ id: 1 }))), [2]);
});

Deno.test("PartitionOwner.close() closes all logs when one cannot be synced, and then rejects", async () => {
  const { storage, owner, fill } = owned();
  fill(key({ id: 0 }), key({ id: 1 }));
  storage.fail({ operation: "sync" });
  await assertRejects(() => owner.close(), IggyError);
  assertEquals(storage.handles.open, 0);
  const found = owned(storage.afterCrash({ files: "synced", names: "synced" }));
  const ids = [0, 1].flatMap((id) => allIds(found.log(key({ id }))));
  assertEquals(ids.length, 1);
});

Deno.test("PartitionOwner.figures() counts a partition whose files contradict each other as empty", async () => {
  const { storage, logs, owner, fill } = owned();
  fill(key(), key(), key({ id: 5 }));
  await owner.close();
  const folder = directory(key());
  // A second segment that starts inside the first.
  storage.open(`${folder}/${"1".padStart(20, "0")}.log`, { create: true }).close();
  const again = new PartitionOwner(logs.context);
  assertThrows(() => again.log(TOPIC, key()), IggyError, "");
  assertEquals((await again.figures(TOPIC, key())).messagesCount, 0);
  assertEquals((await again.figures(TOPIC, key({ id: 5 }))).messagesCount, 1);
});
