import { assertEquals } from "@std/assert";
import {
  createTopic,
  deleteTopic,
  getTopic,
  getTopics,
  purgeTopic,
  updateTopic,
} from "../../../lib/handlers/topics.ts";
import { UNLIMITED } from "../../../protocol/options.ts";
import { assertRefusal, testBroker } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { idsOf, poll, send } from "../../support/sends_and_polls.ts";

const EVENTS = { streamId: "orders", topicId: "events" } as const;
const NEW_TOPIC = { streamId: "orders", name: "events", partitionsCount: 2, options: {} } as const;

async function brokerWithStream() {
  const broker = await testBroker();
  broker.catalog.streams.create("orders", broker.clock.micros);
  return broker;
}

Deno.test("createTopic() gives the topic with its partitions, all zero (CLASSIC.md section 7.3)", async () => {
  await using broker = await brokerWithStream();
  const client = broker.connect();
  const topic = await createTopic(broker, client, NEW_TOPIC);
  const { id, partitionsCount, sizeBytes, messagesCount, name } = topic;
  assertEquals([id, partitionsCount, sizeBytes, messagesCount, name], [0, 2, 0, 0, "events"]);
  for (const [id, partition] of topic.partitions.entries()) {
    const { segmentsCount, currentOffset, sizeBytes, messagesCount } = partition;
    assertEquals(partition.id, id);
    assertEquals(partition.createdAt, broker.clock.micros);
    assertEquals([segmentsCount, currentOffset, sizeBytes, messagesCount], [0, 0, 0, 0]);
  }
  const later = await getTopic(broker, client, EVENTS);
  assertEquals(later.partitions.map(({ segmentsCount }) => segmentsCount), [1, 1]);
});

Deno.test("createTopic() takes 0 to 1000 partitions, and refuses more with 2015", async () => {
  await using broker = await brokerWithStream();
  const client = broker.connect();
  const empty = await createTopic(broker, client, { ...NEW_TOPIC, partitionsCount: 0 });
  assertEquals(empty.partitions, []);
  const full = { ...NEW_TOPIC, name: "full", partitionsCount: 1000 };
  assertEquals((await createTopic(broker, client, full)).partitions.length, 1000);
  const beyond = { ...NEW_TOPIC, name: "beyond", partitionsCount: 1001 };
  await assertRefusal(2015, () => createTopic(broker, client, beyond));
});

Deno.test("createTopic() refuses with the code of what is wrong", async () => {
  await using broker = await brokerWithStream();
  const client = broker.connect();
  await createTopic(broker, client, NEW_TOPIC);
  const attempt = (change: Partial<Parameters<typeof createTopic>[2]>) => () =>
    createTopic(broker, client, { ...NEW_TOPIC, name: "other", ...change });
  await assertRefusal(1009, attempt({ streamId: "nobody" }));
  await assertRefusal(2013, attempt({ name: "events" }));
  await assertRefusal(1019, attempt({ options: { maxTopicSize: 1n << 20n } }));
  await assertRefusal(4042, attempt({ options: { segmentSize: 1000 } }));
});

Deno.test("getTopic() refuses an unknown stream with 1009 and an unknown topic with 2010", async () => {
  await using broker = await brokerWithStream();
  const client = broker.connect();
  await assertRefusal(1009, () => getTopic(broker, client, { streamId: "x", topicId: "events" }));
  await assertRefusal(2010, () => getTopic(broker, client, EVENTS));
  await assertRefusal(1009, () => getTopics(broker, client, { streamId: "x" }));
});

Deno.test("getTopics() lists the topics of one stream by ascending id", async () => {
  await using broker = await brokerWithStream();
  const client = broker.connect();
  await createTopic(broker, client, { ...NEW_TOPIC, name: "b" });
  await createTopic(broker, client, { ...NEW_TOPIC, name: "a" });
  broker.catalog.streams.create("empty", 1);
  const topics = await getTopics(broker, client, { streamId: "orders" });
  assertEquals(topics.map(({ id, name }) => [id, name]), [[0, "b"], [1, "a"]]);
  assertEquals(await getTopics(broker, client, { streamId: "empty" }), []);
});

Deno.test("updateTopic() changes name and settings and keeps the messages", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1, { messageExpiry: 60_000_000n });
  await send(broker, client, "classic", someMessages(2));
  const options = { messageExpiry: 120_000_000n, maxTopicSize: 0n };
  await updateTopic(broker, client, { ...EVENTS, name: "facts", options });
  const topic = await getTopic(broker, client, { streamId: "orders", topicId: "facts" });
  assertEquals([topic.messageExpiry, topic.maxTopicSize], [120_000_000n, UNLIMITED]);
  assertEquals(topic.messagesCount, 2);
  await assertRefusal(2010, () => getTopic(broker, client, EVENTS));
});

Deno.test("updateTopic() refuses another's name with 2013 and a fixed option with 4041", async () => {
  await using broker = await brokerWithStream();
  const client = broker.connect();
  await createTopic(broker, client, NEW_TOPIC);
  await createTopic(broker, client, { ...NEW_TOPIC, name: "other" });
  const attempt = (name: string, options = {}) => () =>
    updateTopic(broker, client, { ...EVENTS, name, options });
  await assertRefusal(2013, attempt("other"));
  await assertRefusal(4041, attempt("events", { segmentSize: 2 ** 20 }));
  await updateTopic(broker, client, { ...EVENTS, name: "events", options: {} });
});

Deno.test("deleteTopic() takes messages and memberships with it, and its id is never reused", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  broker.groups.join(broker.catalog.groups.create("orders", "events", "g"), client.id, 1, 0);
  await send(broker, client, "classic", someMessages(2));
  await deleteTopic(broker, client, EVENTS);
  await assertRefusal(2010, () => poll(broker, client, "vsr_0_11"));
  await assertRefusal(2010, () => deleteTopic(broker, client, EVENTS));
  assertEquals(broker.groups.groupsOf(client.id), []);
  assertEquals((await createTopic(broker, client, NEW_TOPIC)).id, 1);
  assertEquals((await poll(broker, client, "classic")).count, 0);
  await broker.partitions.close();
  assertEquals(broker.storage.list("streams/0/topics"), []);
});

Deno.test("purgeTopic() starts every partition anew: no message, no stored offset, offset 0", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  await send(broker, client, "classic", someMessages(3));
  await poll(broker, client, "classic", { autoCommit: true });
  await purgeTopic(broker, client, EVENTS);
  const [partition] = (await getTopic(broker, client, EVENTS)).partitions;
  assertEquals([partition.messagesCount, partition.currentOffset], [0, 0]);
  const again = await send(broker, client, "classic", someMessages(2));
  assertEquals(again.baseOffset, 0);
  assertEquals(idsOf(await poll(broker, client, "classic", { from: "next" })), [1, 2]);
  await assertRefusal(2010, () => purgeTopic(broker, client, { ...EVENTS, topicId: 4 }));
});
