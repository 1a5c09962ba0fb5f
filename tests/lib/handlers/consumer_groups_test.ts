import { assertEquals } from "@std/assert";
import {
  createConsumerGroup,
  deleteConsumerGroup,
  getConsumerGroup,
  getConsumerGroups,
  joinConsumerGroup,
  leaveConsumerGroup,
  syncConsumerGroup,
} from "../../../lib/handlers/consumer_groups.ts";
import { assertRefusal, testBroker } from "../../support/broker.ts";

const EVENTS = { streamId: "orders", topicId: "events" } as const;
const WORKERS = { ...EVENTS, groupId: "workers" } as const;

async function brokerWithGroup(partitionsCount = 3) {
  const broker = await testBroker();
  broker.topic(partitionsCount);
  broker.catalog.groups.create("orders", "events", "workers");
  return broker;
}

Deno.test("createConsumerGroup() gives the group with the next id of its topic, nobody in it", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(3);
  const first = await createConsumerGroup(broker, client, { ...EVENTS, name: "workers" });
  assertEquals(first, { id: 0, partitionsCount: 3, membersCount: 0, name: "workers" });
  const second = await createConsumerGroup(broker, client, { ...EVENTS, name: "auditors" });
  assertEquals(second.id, 1);
});

Deno.test("createConsumerGroup() refuses with the code of what is wrong", async () => {
  await using broker = await brokerWithGroup();
  const client = broker.connect();
  const attempt = (change: object) => () =>
    createConsumerGroup(broker, client, { ...EVENTS, name: "other", ...change });
  await assertRefusal(1009, attempt({ streamId: "x" }));
  await assertRefusal(2010, attempt({ topicId: "x" }));
  await assertRefusal(5004, attempt({ name: "workers" }));
  await assertRefusal(4, attempt({ name: "" }));
});

Deno.test("getConsumerGroup() shows every member with the partitions it reads", async () => {
  await using broker = await brokerWithGroup();
  const [first, second] = [broker.connect(), broker.connect()];
  joinConsumerGroup(broker, first, WORKERS);
  assertEquals(getConsumerGroup(broker, first, WORKERS), {
    id: 0,
    partitionsCount: 3,
    membersCount: 1,
    name: "workers",
    members: [{ id: 0, partitions: [0, 1, 2] }],
  });
  joinConsumerGroup(broker, second, { ...EVENTS, groupId: 0 });
  const { members, membersCount } = getConsumerGroup(broker, first, { ...EVENTS, groupId: 0 });
  assertEquals(membersCount, 2);
  assertEquals(members, [{ id: 0, partitions: [0, 1] }, { id: 1, partitions: [2] }]);
});

Deno.test("getConsumerGroups() lists the groups of one topic by ascending id, without members", async () => {
  await using broker = await brokerWithGroup();
  const client = broker.connect();
  await createConsumerGroup(broker, client, { ...EVENTS, name: "auditors" });
  joinConsumerGroup(broker, client, WORKERS);
  assertEquals(getConsumerGroups(broker, client, EVENTS), [
    { id: 0, partitionsCount: 3, membersCount: 1, name: "workers" },
    { id: 1, partitionsCount: 3, membersCount: 0, name: "auditors" },
  ]);
});

Deno.test("Every command of a group refuses what it does not find: 1009, 2010, 5000", async () => {
  await using broker = await brokerWithGroup();
  const client = broker.connect();
  const commands = [
    getConsumerGroup,
    deleteConsumerGroup,
    joinConsumerGroup,
    leaveConsumerGroup,
    syncConsumerGroup,
  ];
  for (const command of commands) {
    await assertRefusal(1009, () => command(broker, client, { ...WORKERS, streamId: "x" }));
    await assertRefusal(2010, () => command(broker, client, { ...WORKERS, topicId: 8 }));
    await assertRefusal(5000, () => command(broker, client, { ...WORKERS, groupId: "x" }));
    await assertRefusal(5000, () => command(broker, client, { ...WORKERS, groupId: 8 }));
  }
  await assertRefusal(2010, () => getConsumerGroups(broker, client, { ...EVENTS, topicId: 8 }));
});

Deno.test("joinConsumerGroup() is fine a second time, and changes nothing then", async () => {
  await using broker = await brokerWithGroup();
  const client = broker.connect();
  joinConsumerGroup(broker, client, WORKERS);
  const before = syncConsumerGroup(broker, client, WORKERS);
  joinConsumerGroup(broker, client, WORKERS);
  assertEquals(syncConsumerGroup(broker, client, WORKERS), before);
});

Deno.test("leaveConsumerGroup() gives the partitions to those who stay, and refuses strangers with 5006", async () => {
  await using broker = await brokerWithGroup();
  const [first, second] = [broker.connect(), broker.connect()];
  joinConsumerGroup(broker, first, WORKERS);
  joinConsumerGroup(broker, second, WORKERS);
  leaveConsumerGroup(broker, first, WORKERS);
  assertEquals(getConsumerGroup(broker, second, WORKERS).members, [
    { id: 1, partitions: [0, 1, 2] },
  ]);
  await assertRefusal(5006, () => leaveConsumerGroup(broker, first, WORKERS));
});

Deno.test("syncConsumerGroup() tells members what to poll and strangers nothing (VSR.md section 10)", async () => {
  await using broker = await brokerWithGroup(1);
  const [first, second] = [broker.connect(), broker.connect()];
  assertEquals(syncConsumerGroup(broker, first, WORKERS), undefined);
  joinConsumerGroup(broker, first, WORKERS);
  const alone = syncConsumerGroup(broker, first, WORKERS)!;
  assertEquals(alone.partitions, [0]);
  joinConsumerGroup(broker, second, WORKERS);
  assertEquals(syncConsumerGroup(broker, second, WORKERS)?.partitions, []);
  leaveConsumerGroup(broker, first, WORKERS);
  const inherited = syncConsumerGroup(broker, second, WORKERS)!;
  assertEquals(inherited.partitions, [0]);
  assertEquals(inherited.generation === alone.generation, false);
});

Deno.test("deleteConsumerGroup() ends memberships and stored offsets, and its id is never reused", async () => {
  await using broker = await brokerWithGroup();
  const client = broker.connect();
  joinConsumerGroup(broker, client, WORKERS);
  const partition = broker.catalog.partitions.require("orders", "events", 0);
  broker.catalog.offsets.store(partition, "consumer_group", 0, 0);
  broker.catalog.offsets.store(partition, "consumer", 0, 0);
  await deleteConsumerGroup(broker, client, WORKERS);
  await assertRefusal(5000, () => getConsumerGroup(broker, client, WORKERS));
  assertEquals(broker.groups.groupsOf(client.id), []);
  assertEquals(partition.storedOffset("consumer_group", 0), undefined);
  assertEquals(partition.storedOffset("consumer", 0), 0);
  const next = await createConsumerGroup(broker, client, { ...EVENTS, name: "workers" });
  assertEquals([next.id, next.membersCount], [1, 0]);
});
