import { assertEquals } from "@std/assert";
import { getLag, topicLag } from "../../../lib/handlers/lag.ts";
import { purgeTopic } from "../../../lib/handlers/topics.ts";
import { assertRefusal, type TestBroker, testBroker } from "../../support/broker.ts";
import { IO_ERROR } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { someMessages } from "../../support/messages.ts";
import { send } from "../../support/sends_and_polls.ts";
import type { PartitionLog } from "../../../lib/log/partition.ts";

const TOPIC = { streamId: "orders", topicId: "events" } as const;

/** Partition, who, stored offset, end offset, lag of each row. */
async function rowsOf(broker: TestBroker) {
  const rows = await getLag(broker, broker.connect(), TOPIC);
  return rows.map(({ partitionId, kind, id, name, storedOffset, endOffset, lag }) => [
    partitionId,
    kind === "consumer" ? id : name,
    storedOffset,
    endOffset,
    lag,
  ]);
}

/** So many messages in each partition, one a batch. */
async function fill(broker: TestBroker, ...counts: number[]) {
  for (const [partitionId, count] of counts.entries()) {
    const partitioning = { kind: "partition_id", partitionId } as const;
    for (let at = 0; at < count; at++) {
      await send(broker, broker.connect(), "classic", someMessages(1), { partitioning });
    }
  }
}

function store(
  broker: TestBroker,
  kind: "consumer" | "consumer_group",
  id: number,
  partitionId: number,
  offset: number,
) {
  const partition = broker.catalog.partitions.require("orders", "events", partitionId);
  broker.catalog.offsets.store(partition, kind, id, offset);
}

Deno.test("getLag() lists consumers where they stored an offset, and groups everywhere", async () => {
  await using broker = await testBroker();
  broker.topic(2);
  assertEquals(await rowsOf(broker), []);
  broker.catalog.groups.create("orders", "events", "workers");
  broker.catalog.groups.create("orders", "events", "auditors");
  await fill(broker, 10, 4);
  store(broker, "consumer", 70_000, 0, 9);
  store(broker, "consumer", 8, 0, 2);
  store(broker, "consumer_group", 0, 0, 4);
  store(broker, "consumer_group", 1, 1, 3);
  assertEquals(await rowsOf(broker), [
    [0, 8, 2, 10, 7],
    [0, 70_000, 9, 10, 0],
    [0, "workers", 4, 10, 5],
    [0, "auditors", undefined, 10, 10],
    [1, "workers", undefined, 4, 4],
    [1, "auditors", 3, 4, 0],
  ]);
});

Deno.test("getLag() names stream, topic, kind and number", async () => {
  await using broker = await testBroker();
  const { streamId, id: topicId } = broker.topic(1);
  broker.catalog.groups.create("orders", "events", "workers");
  assertEquals(await getLag(broker, broker.connect(), TOPIC), [{
    streamId,
    topicId,
    partitionId: 0,
    kind: "consumer_group",
    id: 0,
    name: "workers",
    storedOffset: undefined,
    endOffset: 0,
    lag: 0,
  }]);
});

Deno.test("getLag() counts no message that is deleted", async () => {
  await using broker = await testBroker({ topicDefaults: { segmentSize: 512 } });
  const topic = broker.topic(1);
  broker.catalog.groups.create("orders", "events", "behind");
  broker.catalog.groups.create("orders", "events", "new");
  broker.catalog.groups.create("orders", "events", "ahead");
  await fill(broker, 10);
  store(broker, "consumer_group", 0, 0, 0);
  store(broker, "consumer_group", 2, 0, 8);
  const log = broker.partitions.log(topic, topic.partitions[0]) as PartitionLog;
  await log.whenCommitted();
  log.deleteSegments(3, undefined);
  const left = 10 - log.firstOffset;
  assertEquals(left < 10, true);
  assertEquals(await rowsOf(broker), [
    [0, "behind", 0, 10, left],
    [0, "new", undefined, 10, left],
    [0, "ahead", 8, 10, 1],
  ]);
});

Deno.test("getLag() begins anew after a purge", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  broker.catalog.groups.create("orders", "events", "workers");
  await fill(broker, 5);
  store(broker, "consumer", 1, 0, 4);
  store(broker, "consumer_group", 0, 0, 1);
  await purgeTopic(broker, broker.connect(), TOPIC);
  assertEquals(await rowsOf(broker), [[0, "workers", undefined, 0, 0]]);
  await fill(broker, 2);
  assertEquals(await rowsOf(broker), [[0, "workers", undefined, 2, 2]]);
});

Deno.test("getLag() says the same after a restart", async () => {
  let storage;
  let before;
  {
    await using broker = await testBroker();
    broker.topic(2);
    broker.catalog.groups.create("orders", "events", "workers");
    await fill(broker, 5, 3);
    store(broker, "consumer", 9, 1, 0);
    store(broker, "consumer_group", 0, 0, 1);
    before = await rowsOf(broker);
    storage = broker.storage;
  }
  assertEquals(before, [
    [0, "workers", 1, 5, 3],
    [1, 9, 0, 3, 2],
    [1, "workers", undefined, 3, 3],
  ]);
  await using again = await testBroker({ storage });
  assertEquals(await rowsOf(again), before);
});

Deno.test("getLag() of a persisted topic counts what readers get", async () => {
  await using broker = await testBroker();
  broker.topic(1, { durability: "persisted" });
  broker.catalog.groups.create("orders", "events", "workers");
  await fill(broker, 1);
  const release = broker.storage.holdSyncs();
  const sent = fill(broker, 1);
  assertEquals(await rowsOf(broker), [[0, "workers", undefined, 1, 1]]);
  release();
  await sent;
  assertEquals(await rowsOf(broker), [[0, "workers", undefined, 2, 2]]);
});

Deno.test("topicLag() counts a partition that cannot be read as empty", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(2);
  broker.catalog.groups.create("orders", "events", "workers");
  await fill(broker, 1, 1);
  const { partitions } = broker;
  const log = partitions.log.bind(partitions);
  partitions.log = (of, partition) => {
    if (partition.id === 0) return Promise.reject(new IggyError(IO_ERROR));
    return log(of, partition);
  };
  const rows = await topicLag(partitions, topic);
  assertEquals(rows.map(({ endOffset, lag }) => [endOffset, lag]), [[0, 0], [1, 1]]);
});

Deno.test("getLag() refuses what does not exist", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  await assertRefusal(1009, () => getLag(broker, client, TOPIC));
  broker.topic(1);
  await assertRefusal(2010, () => getLag(broker, client, { ...TOPIC, topicId: 9 }));
});
