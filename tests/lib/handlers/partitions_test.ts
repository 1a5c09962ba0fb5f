import { assertEquals } from "@std/assert";
import {
  createPartitions,
  deletePartitions,
  deleteSegments,
} from "../../../lib/handlers/partitions.ts";
import { getTopic } from "../../../lib/handlers/topics.ts";
import { assertRefusal, testBroker } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { offsetsOf, poll, send } from "../../support/sends_and_polls.ts";

const EVENTS = { streamId: "orders", topicId: "events" } as const;

Deno.test("createPartitions() appends partitions behind the last", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  broker.clock.micros += 5;
  await createPartitions(broker, client, { ...EVENTS, partitionsCount: 2 });
  const { partitions } = await getTopic(broker, client, EVENTS);
  assertEquals(partitions.map(({ id }) => id), [0, 1, 2]);
  assertEquals(partitions[2].createdAt, broker.clock.micros);
});

Deno.test("createPartitions() refuses counts that are not 1 to 1000 with 2015", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  for (const partitionsCount of [0, 1001]) {
    await assertRefusal(
      2015,
      () => createPartitions(broker, client, { ...EVENTS, partitionsCount }),
    );
  }
  await assertRefusal(
    2010,
    () => createPartitions(broker, client, { ...EVENTS, topicId: 9, partitionsCount: 1 }),
  );
});

Deno.test("deletePartitions() removes the last ones with their messages, and they start anew", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(3);
  const last = { partitioning: { kind: "partition_id", partitionId: 2 } } as const;
  await send(broker, client, "classic", someMessages(3), last);
  await deletePartitions(broker, client, { ...EVENTS, partitionsCount: 2 });
  await assertRefusal(3007, () => poll(broker, client, "classic", { partitionId: 2 }));
  await assertRefusal(3007, () => send(broker, client, "classic", someMessages(1), last));
  await createPartitions(broker, client, { ...EVENTS, partitionsCount: 2 });
  assertEquals((await poll(broker, client, "classic", { partitionId: 2 })).count, 0);
  assertEquals((await send(broker, client, "vsr_0_11", someMessages(1), last)).baseOffset, 0);
});

Deno.test("deletePartitions() refuses more than there are with 2019 and none with 2015", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(2);
  await assertRefusal(
    2019,
    () => deletePartitions(broker, client, { ...EVENTS, partitionsCount: 3 }),
  );
  await assertRefusal(
    2015,
    () => deletePartitions(broker, client, { ...EVENTS, partitionsCount: 0 }),
  );
  await deletePartitions(broker, client, { ...EVENTS, partitionsCount: 2 });
  assertEquals((await getTopic(broker, client, EVENTS)).partitions, []);
});

Deno.test("createPartitions() and deletePartitions() deal the partitions of groups anew", async () => {
  await using broker = await testBroker();
  const [first, second] = [broker.connect(), broker.connect()];
  broker.topic(1);
  const group = broker.catalog.groups.create("orders", "events", "workers");
  broker.groups.join(group, first.id, 1, 0);
  broker.groups.join(group, second.id, 1, 0);
  const dealt = () => broker.groups.members(group).map(({ partitions }) => partitions);
  assertEquals(dealt(), [[0], []]);
  await createPartitions(broker, first, { ...EVENTS, partitionsCount: 3 });
  assertEquals(dealt().flat().sort(), [0, 1, 2, 3]);
  assertEquals(dealt().map(({ length }) => length), [2, 2]);
  await deletePartitions(broker, first, { ...EVENTS, partitionsCount: 2 });
  assertEquals(dealt().flat().sort(), [0, 1]);
});

Deno.test("deleteSegments() deletes the oldest sealed segments, never the active one", async () => {
  await using broker = await segmented();
  const client = broker.connect();
  await deleteSegments(broker, client, { ...EVENTS, partitionId: 0, segmentsCount: 1 });
  assertEquals(offsetsOf(await poll(broker, client, "classic")), [2, 3, 4, 5]);
  await deleteSegments(broker, client, { ...EVENTS, partitionId: 0, segmentsCount: 100 });
  assertEquals(offsetsOf(await poll(broker, client, "vsr_0_11")), [4, 5]);
  assertEquals((await send(broker, client, "classic", someMessages(1))).baseOffset, 6);
});

Deno.test("deleteSegments() keeps what a consumer or a group has not processed yet", async () => {
  await using broker = await segmented();
  const client = broker.connect();
  const partition = broker.catalog.partitions.require("orders", "events", 0);
  broker.catalog.offsets.store(partition, "consumer", 1, 5);
  broker.catalog.offsets.store(partition, "consumer_group", 0, 2);
  await deleteSegments(broker, client, { ...EVENTS, partitionId: 0, segmentsCount: 100 });
  assertEquals(offsetsOf(await poll(broker, client, "classic")), [2, 3, 4, 5]);
});

Deno.test("deleteSegments() is fine with nothing to delete, and refuses an unknown partition with 3007", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  await deleteSegments(broker, client, { ...EVENTS, partitionId: 0, segmentsCount: 5 });
  await deleteSegments(broker, client, { ...EVENTS, partitionId: 0, segmentsCount: 0 });
  await assertRefusal(
    3007,
    () => deleteSegments(broker, client, { ...EVENTS, partitionId: 1, segmentsCount: 1 }),
  );
});

/** Partition 0 holds offsets 0 to 5, two in a segment, all on stable storage. */
async function segmented() {
  const broker = await testBroker({ topicDefaults: { segmentSize: 1024 } });
  const client = broker.connect();
  broker.topic(1);
  for (let sent = 0; sent < 3; sent++) {
    await send(broker, client, "vsr_0_11", someMessages(2, 400));
  }
  await broker.partitions.close();
  return broker;
}
