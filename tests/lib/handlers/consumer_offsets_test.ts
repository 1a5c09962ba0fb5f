import { assertEquals } from "@std/assert";
import { joinConsumerGroup, leaveConsumerGroup } from "../../../lib/handlers/consumer_groups.ts";
import {
  deleteConsumerOffset,
  getConsumerOffset,
  storeConsumerOffset,
} from "../../../lib/handlers/consumer_offsets.ts";
import { xxh32 } from "../../../protocol/xxhash.ts";
import { assertRefusal, testBroker, type TestBrokerOptions } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { turns } from "../../support/partition_logs.ts";
import { poll, send } from "../../support/sends_and_polls.ts";

const CONSUMER = {
  streamId: "orders",
  topicId: "events",
  consumer: { kind: "consumer", id: 1 },
  partitionId: 0,
} as const;
const GROUP = { ...CONSUMER, consumer: { kind: "consumer_group", id: "workers" } } as const;
const MEMBERSHIP = { streamId: "orders", topicId: "events", groupId: "workers" } as const;

/** Partition 0 of two holds offsets 0 to 4; group "workers" exists. */
async function brokerWithMessages(options?: TestBrokerOptions, topic = {}) {
  const broker = await testBroker(options);
  broker.topic(2, topic);
  broker.catalog.groups.create("orders", "events", "workers");
  await send(broker, broker.connect(), "classic", someMessages(5));
  return broker;
}

function store(
  broker: Awaited<ReturnType<typeof testBroker>>,
  client: ReturnType<typeof broker.connect>,
  address: Parameters<typeof getConsumerOffset>[2],
  offset: number,
) {
  return storeConsumerOffset(broker, client, { ...address, offset, ack: "quorum" });
}

function remove(
  broker: Awaited<ReturnType<typeof testBroker>>,
  client: ReturnType<typeof broker.connect>,
  address: Parameters<typeof getConsumerOffset>[2],
) {
  return deleteConsumerOffset(broker, client, { ...address, ack: "quorum" });
}

Deno.test("storeConsumerOffset() keeps the last offset processed, forwards and backwards", async () => {
  await using broker = await brokerWithMessages();
  const client = broker.connect();
  assertEquals(await getConsumerOffset(broker, client, CONSUMER), undefined);
  for (const offset of [3, 4, 0, 0]) {
    await store(broker, client, CONSUMER, offset);
    assertEquals(await getConsumerOffset(broker, client, CONSUMER), {
      partitionId: 0,
      currentOffset: 4,
      storedOffset: offset,
    });
  }
});

Deno.test("storeConsumerOffset() refuses offsets beyond the last message with 4100", async () => {
  await using broker = await brokerWithMessages();
  const client = broker.connect();
  await assertRefusal(4100, () => store(broker, client, CONSUMER, 5));
  await assertRefusal(4100, () => store(broker, client, { ...CONSUMER, partitionId: 1 }, 0));
});

Deno.test("A consumer without a partition means partition 0 (CLASSIC.md section 10)", async () => {
  await using broker = await brokerWithMessages();
  const client = broker.connect();
  const { partitionId: _, ...anywhere } = CONSUMER;
  await store(broker, client, anywhere, 2);
  assertEquals((await getConsumerOffset(broker, client, CONSUMER))?.storedOffset, 2);
  await remove(broker, client, anywhere);
  assertEquals(await getConsumerOffset(broker, client, anywhere), undefined);
});

Deno.test("A consumer's name is its hash, so both are the same consumer", async () => {
  await using broker = await brokerWithMessages();
  const client = broker.connect();
  const number = xxh32(new TextEncoder().encode("reader"));
  await store(broker, client, { ...CONSUMER, consumer: { kind: "consumer", id: "reader" } }, 2);
  const same = { ...CONSUMER, consumer: { kind: "consumer", id: number } } as const;
  assertEquals((await getConsumerOffset(broker, client, same))?.storedOffset, 2);
});

Deno.test("Consumers and groups with the same number keep offsets of their own", async () => {
  await using broker = await brokerWithMessages();
  const client = broker.connect();
  joinConsumerGroup(broker, client, MEMBERSHIP);
  await store(broker, client, { ...CONSUMER, consumer: { kind: "consumer", id: 0 } }, 1);
  await store(broker, client, { ...GROUP, consumer: { kind: "consumer_group", id: 0 } }, 3);
  const stored = async (kind: "consumer" | "consumer_group") =>
    (await getConsumerOffset(broker, client, { ...CONSUMER, consumer: { kind, id: 0 } }))
      ?.storedOffset;
  assertEquals([await stored("consumer"), await stored("consumer_group")], [1, 3]);
});

Deno.test("Only a member that owns the partition writes a group's offset: else 5006, 3022", async () => {
  await using broker = await brokerWithMessages();
  const [owner, other, stranger] = [broker.connect(), broker.connect(), broker.connect()];
  joinConsumerGroup(broker, owner, MEMBERSHIP);
  joinConsumerGroup(broker, other, MEMBERSHIP);
  await store(broker, owner, GROUP, 2);
  await assertRefusal(3022, () => store(broker, other, GROUP, 2));
  await assertRefusal(3022, () => remove(broker, other, GROUP));
  await assertRefusal(5006, () => store(broker, stranger, GROUP, 2));
  await assertRefusal(5006, () => remove(broker, stranger, GROUP));
  assertEquals((await getConsumerOffset(broker, stranger, GROUP))?.storedOffset, 2);
});

Deno.test("A group's offset belongs to the group: the next member goes on behind it", async () => {
  await using broker = await brokerWithMessages();
  const [first, second] = [broker.connect(), broker.connect()];
  joinConsumerGroup(broker, first, MEMBERSHIP);
  await store(broker, first, GROUP, 2);
  leaveConsumerGroup(broker, first, MEMBERSHIP);
  joinConsumerGroup(broker, second, MEMBERSHIP);
  const { consumer } = GROUP;
  const polled = await poll(broker, second, "classic", { consumer, partitionId: 0, from: "next" });
  assertEquals(polled.messages.map(({ offset }) => offset), [3, 4]);
});

Deno.test("A member without a partition means the one it polled last, and get means partition 0", async () => {
  await using broker = await brokerWithMessages();
  const client = broker.connect();
  const { partitionId: _, ...anywhere } = GROUP;
  await send(broker, client, "classic", someMessages(2), {
    partitioning: { kind: "partition_id", partitionId: 1 },
  });
  joinConsumerGroup(broker, client, MEMBERSHIP);
  await poll(broker, client, "classic", { consumer: GROUP.consumer });
  await poll(broker, client, "classic", { consumer: GROUP.consumer });
  await store(broker, client, anywhere, 1);
  const inSecond = await getConsumerOffset(broker, client, { ...GROUP, partitionId: 1 });
  assertEquals(inSecond, { partitionId: 1, currentOffset: 1, storedOffset: 1 });
  assertEquals(await getConsumerOffset(broker, client, anywhere), undefined);
});

Deno.test("A member that has no partition is told 3022 when it names none", async () => {
  await using broker = await brokerWithMessages();
  const clients = [broker.connect(), broker.connect(), broker.connect()];
  for (const client of clients) joinConsumerGroup(broker, client, MEMBERSHIP);
  const { partitionId: _, ...anywhere } = GROUP;
  await assertRefusal(3022, () => store(broker, clients[2], anywhere, 0));
});

Deno.test("deleteConsumerOffset() forgets, and refuses what is not stored with 3021", async () => {
  await using broker = await brokerWithMessages();
  const client = broker.connect();
  await assertRefusal(3021, () => remove(broker, client, CONSUMER));
  await store(broker, client, CONSUMER, 2);
  await remove(broker, client, CONSUMER);
  assertEquals(await getConsumerOffset(broker, client, CONSUMER), undefined);
  await assertRefusal(3021, () => remove(broker, client, CONSUMER));
  assertEquals((await poll(broker, client, "classic", { from: "next" })).messages[0].offset, 0);
});

Deno.test("Every offset command refuses what it does not find: 1009, 2010, 3007, 5000", async () => {
  await using broker = await brokerWithMessages();
  const client = broker.connect();
  const commands = [
    (address: Parameters<typeof getConsumerOffset>[2]) => store(broker, client, address, 0),
    (address: Parameters<typeof getConsumerOffset>[2]) => remove(broker, client, address),
    (address: Parameters<typeof getConsumerOffset>[2]) =>
      getConsumerOffset(broker, client, address),
  ];
  for (const command of commands) {
    await assertRefusal(1009, () => command({ ...CONSUMER, streamId: 4 }));
    await assertRefusal(2010, () => command({ ...CONSUMER, topicId: "x" }));
    await assertRefusal(3007, () => command({ ...CONSUMER, partitionId: 2 }));
    const nobody = { kind: "consumer_group", id: "nobody" } as const;
    await assertRefusal(5000, () => command({ ...CONSUMER, consumer: nobody }));
  }
});

Deno.test("storeConsumerOffset() refuses one consumer too many with 3024; those known go on", async () => {
  await using broker = await brokerWithMessages({ partitionOffsetsMax: 2 });
  const client = broker.connect();
  const consumer = (id: number) => ({ ...CONSUMER, consumer: { kind: "consumer", id } } as const);
  await store(broker, client, consumer(1), 0);
  await store(broker, client, consumer(2), 0);
  await assertRefusal(3024, () => store(broker, client, consumer(3), 0));
  await store(broker, client, consumer(2), 4);
  await remove(broker, client, consumer(1));
  await store(broker, client, consumer(3), 0);
});

Deno.test("Offset writes wait for the disk exactly when the topic says persisted (VSR.md section 7.6)", async () => {
  for (const consumerOffsetDurability of ["replicated", "persisted"] as const) {
    await using broker = await brokerWithMessages({}, { consumerOffsetDurability });
    const client = broker.connect();
    const release = broker.storage.holdSyncs();
    let answered = false;
    const pending = store(broker, client, CONSUMER, 2).then(() => answered = true);
    await turns();
    assertEquals(answered, consumerOffsetDurability === "replicated");
    assertEquals((await getConsumerOffset(broker, client, CONSUMER))?.storedOffset, 2);
    release();
    await pending;
  }
});
