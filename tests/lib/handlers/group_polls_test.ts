/**
 * Specification of polls by members of consumer groups (CLASSIC.md sections 9 and 11, VSR.md sections
 * 9 and 10). Classic members are given a partition; VSR members name one of their assignment.
 */
import { assertEquals } from "@std/assert";
import {
  joinConsumerGroup,
  leaveConsumerGroup,
  syncConsumerGroup,
} from "../../../lib/handlers/consumer_groups.ts";
import { storeConsumerOffset } from "../../../lib/handlers/consumer_offsets.ts";
import { assertRefusal, testBroker } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { DIALECTS, offsetsOf, poll, send } from "../../support/sends_and_polls.ts";

const WORKERS = { streamId: "orders", topicId: "events", groupId: "workers" } as const;
const GROUP = { kind: "consumer_group", id: "workers" } as const;
const RESYNC = { partitionId: 0xffffffff, currentOffset: 0, count: 0, messages: [], bytes: 0 };
const NOTHING = { ...RESYNC, partitionId: 0 };

/** Three partitions of two messages each. */
async function brokerWithGroup() {
  const broker = await testBroker();
  broker.topic(3);
  broker.catalog.groups.create("orders", "events", "workers");
  for (let partitionId = 0; partitionId < 3; partitionId++) {
    await send(broker, broker.connect(), "classic", someMessages(2), {
      partitioning: { kind: "partition_id", partitionId },
    });
  }
  return broker;
}

Deno.test("A classic member polls its partitions in turns", async () => {
  await using broker = await brokerWithGroup();
  const member = broker.connect();
  joinConsumerGroup(broker, member, WORKERS);
  const polled: [number, number[]][] = [];
  for (let turn = 0; turn < 6; turn++) {
    const what = { consumer: GROUP, from: "next", count: 1, autoCommit: true } as const;
    const answer = await poll(broker, member, "classic", what);
    polled.push([answer.partitionId, offsetsOf(answer)]);
  }
  assertEquals(polled, [[0, [0]], [1, [0]], [2, [0]], [0, [1]], [1, [1]], [2, [1]]]);
});

Deno.test("A classic member that names a partition reads it if it owns it, and else nothing", async () => {
  await using broker = await brokerWithGroup();
  const [first, second] = [broker.connect(), broker.connect()];
  joinConsumerGroup(broker, first, WORKERS);
  joinConsumerGroup(broker, second, WORKERS);
  const read = (member: typeof first, partitionId: number) =>
    poll(broker, member, "classic", { consumer: GROUP, partitionId });
  assertEquals((await read(first, 1)).count, 2);
  assertEquals(await read(second, 1), NOTHING);
  assertEquals((await read(second, 2)).count, 2);
  assertEquals(await read(first, 7), NOTHING);
});

Deno.test("A classic member without a partition reads nothing", async () => {
  await using broker = await brokerWithGroup();
  const members = Array.from({ length: 4 }, () => broker.connect());
  for (const member of members) joinConsumerGroup(broker, member, WORKERS);
  assertEquals(await poll(broker, members[3], "classic", { consumer: GROUP }), NOTHING);
});

Deno.test("A classic client that is no member is refused with 5006", async () => {
  await using broker = await brokerWithGroup();
  const stranger = broker.connect();
  await assertRefusal(5006, () => poll(broker, stranger, "classic", { consumer: GROUP }));
  const named = { consumer: GROUP, partitionId: 0 };
  await assertRefusal(5006, () => poll(broker, stranger, "classic", named));
});

Deno.test("A VSR member polls the partitions it was assigned", async () => {
  await using broker = await brokerWithGroup();
  const [first, second] = [broker.connect(), broker.connect()];
  joinConsumerGroup(broker, first, WORKERS);
  joinConsumerGroup(broker, second, WORKERS);
  for (const [member, partitions] of [[first, [0, 1]], [second, [2]]] as const) {
    assertEquals(syncConsumerGroup(broker, member, WORKERS)?.partitions, partitions);
    for (const partitionId of partitions) {
      const polled = await poll(broker, member, "vsr_0_11", { consumer: GROUP, partitionId });
      assertEquals([polled.partitionId, polled.count], [partitionId, 2]);
    }
  }
});

Deno.test("A VSR client is told to sync when the partition is not its own, and nothing is stored", async () => {
  await using broker = await brokerWithGroup();
  const [first, second, stranger] = [broker.connect(), broker.connect(), broker.connect()];
  joinConsumerGroup(broker, first, WORKERS);
  joinConsumerGroup(broker, second, WORKERS);
  const read = (client: typeof first, partitionId?: number) =>
    poll(broker, client, "vsr_0_11", { consumer: GROUP, partitionId, autoCommit: true });
  assertEquals(await read(second, 0), RESYNC);
  assertEquals(await read(stranger, 0), RESYNC);
  assertEquals(await read(first, 7), RESYNC);
  const partition = broker.catalog.partitions.require("orders", "events", 0);
  assertEquals(partition.storedOffset("consumer_group", 0), undefined);
});

Deno.test("A VSR group poll without a partition reads nothing (VSR.md section 9)", async () => {
  await using broker = await brokerWithGroup();
  const member = broker.connect();
  joinConsumerGroup(broker, member, WORKERS);
  const polled = await poll(broker, member, "vsr_0_11", {
    consumer: GROUP,
    partitionId: undefined,
  });
  assertEquals(polled, NOTHING);
});

Deno.test("A partition at work is handed over once its messages are stored as processed", async () => {
  for (const dialect of DIALECTS) {
    await using broker = await brokerWithGroup();
    const [owner, heir] = [broker.connect(), broker.connect()];
    joinConsumerGroup(broker, owner, WORKERS);
    const read = (client: typeof owner) =>
      poll(broker, client, dialect, { consumer: GROUP, partitionId: 2, from: "next" });
    assertEquals(offsetsOf(await read(owner)), [0, 1]);
    joinConsumerGroup(broker, heir, WORKERS);
    assertEquals(await read(heir), dialect === "classic" ? NOTHING : RESYNC);
    // VSR fences the owner, too, until it has stored; classic lets it poll what it names.
    assertEquals((await read(owner)).count, dialect === "classic" ? 2 : 0);
    assertEquals(syncConsumerGroup(broker, owner, WORKERS)?.partitions, [0, 1]);
    await storeConsumerOffset(broker, owner, {
      streamId: "orders",
      topicId: "events",
      consumer: GROUP,
      partitionId: 2,
      offset: 1,
      ack: "quorum",
    });
    const after = await read(heir);
    assertEquals([after.partitionId, after.currentOffset, after.count], [2, 1, 0]);
    assertEquals(await read(owner), dialect === "classic" ? NOTHING : RESYNC);
  }
});

Deno.test("A hand-over ends with the auto-commit of a poll, or after its time", async () => {
  await using broker = await brokerWithGroup();
  const [owner, heir] = [broker.connect(), broker.connect()];
  joinConsumerGroup(broker, owner, WORKERS);
  const read = (client: typeof owner, autoCommit: boolean) =>
    poll(broker, client, "classic", { consumer: GROUP, partitionId: 2, autoCommit });
  await read(owner, false);
  joinConsumerGroup(broker, heir, WORKERS);
  await read(owner, true);
  assertEquals((await read(heir, false)).count, 2);
  const late = broker.connect();
  joinConsumerGroup(broker, late, WORKERS);
  broker.groups.expire(broker.clock.monotonicMs() + 30_001);
  const owners = [owner, heir, late].map((each) =>
    syncConsumerGroup(broker, each, WORKERS)?.partitions.length
  );
  assertEquals(owners, [1, 1, 1]);
});

Deno.test("Both protocols share a group: each partition has one reader", async () => {
  await using broker = await brokerWithGroup();
  const [classic, vsr] = [broker.connect(), broker.connect()];
  joinConsumerGroup(broker, classic, WORKERS);
  joinConsumerGroup(broker, vsr, WORKERS);
  const assigned = syncConsumerGroup(broker, vsr, WORKERS)!.partitions;
  const given = new Set<number>();
  for (let turn = 0; turn < 4; turn++) {
    given.add((await poll(broker, classic, "classic", { consumer: GROUP })).partitionId);
  }
  assertEquals([...given, ...assigned].sort(), [0, 1, 2]);
  await poll(broker, classic, "classic", {
    consumer: GROUP,
    partitionId: 0,
    count: 1,
    autoCommit: true,
  });
  leaveConsumerGroup(broker, classic, WORKERS);
  const what = { consumer: GROUP, partitionId: 0, from: "next" } as const;
  assertEquals(offsetsOf(await poll(broker, vsr, "vsr_0_11", what)), [1]);
});

Deno.test("A group that does not exist is refused with 5000 in both protocols", async () => {
  await using broker = await brokerWithGroup();
  const client = broker.connect();
  for (const dialect of DIALECTS) {
    for (const id of ["nobody", 9]) {
      const consumer = { kind: "consumer_group", id } as const;
      const what = { consumer, partitionId: 0 };
      await assertRefusal(5000, () => poll(broker, client, dialect, what));
    }
  }
});
