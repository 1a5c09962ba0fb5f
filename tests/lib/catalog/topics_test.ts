import { assertEquals } from "@std/assert";
import { TOPIC_DEFAULTS } from "../../../lib/catalog/topic_settings.ts";
import { assertRefuses, AT, openOrders } from "./fixtures.ts";

const NEW_TOPIC = { name: "new", partitionsCount: 1, options: {}, at: AT };

Deno.test("Topics.create() numbers the topics of each stream from 0", async () => {
  const { streams, topics } = await openOrders();
  streams.create("other", AT);
  assertEquals(topics.create("other", NEW_TOPIC).id, 0);
  assertEquals(topics.create("orders", NEW_TOPIC).id, 1);
});

Deno.test("Topics.create() makes partitions 0 to n-1, none of them too", async () => {
  const { topics } = await openOrders();
  const { partitions } = topics.create("orders", { ...NEW_TOPIC, partitionsCount: 1000 });
  assertEquals(partitions.map(({ id }) => id), Array.from({ length: 1000 }, (_, id) => id));
  const empty = topics.create("orders", { ...NEW_TOPIC, name: "empty", partitionsCount: 0 });
  assertEquals(empty.partitions.length, 0);
});

Deno.test("Topics.create() fills in the node's defaults and remembers what was chosen", async () => {
  const topicDefaults = { ...TOPIC_DEFAULTS, segmentSize: 2 ** 22 };
  const { topics } = await openOrders({ topicDefaults });
  const options = { compressionAlgorithm: "gzip", segmentSize: 0 } as const;
  const { settings, explicit } = topics.create("orders", { ...NEW_TOPIC, options });
  assertEquals(settings, { ...topicDefaults, compressionAlgorithm: "gzip" });
  assertEquals(explicit, ["compressionAlgorithm"]);
});

Deno.test("Topics.create() refuses: unknown stream 1009, taken name 2013, 1001 partitions 2015, small size 1019", async () => {
  const { topics } = await openOrders();
  assertRefuses(1009, () => topics.create("x", NEW_TOPIC));
  assertRefuses(2013, () => topics.create("orders", { ...NEW_TOPIC, name: "events" }));
  assertRefuses(2015, () => topics.create("orders", { ...NEW_TOPIC, partitionsCount: 1001 }));
  const small = { ...NEW_TOPIC, options: { maxTopicSize: 1n } };
  assertRefuses(1019, () => topics.create("orders", small));
});

Deno.test("Topics.create() refuses a 4097th topic of a stream with 2021", async () => {
  const { topics } = await openOrders();
  for (let count = 1; count < 4096; count++) {
    topics.create("orders", { ...NEW_TOPIC, name: `t${count}`, partitionsCount: 0 });
  }
  assertRefuses(2021, () => topics.create("orders", NEW_TOPIC));
  topics.delete("orders", "t1");
  assertEquals(topics.create("orders", NEW_TOPIC).id, 4096);
});

Deno.test("Topics.require() refuses unknown streams with 1009 and unknown topics with 2010", async () => {
  const { topics } = await openOrders();
  assertRefuses(1009, () => topics.require(1, 0));
  assertRefuses(2010, () => topics.require(0, 1));
  assertRefuses(2010, () => topics.update("orders", "x", "y", {}));
  assertRefuses(2010, () => topics.purge("orders", "x"));
  assertRefuses(2010, () => topics.delete("orders", "x"));
});

Deno.test("Topics.update() renames and changes what is given", async () => {
  const { topics } = await openOrders();
  const topic = topics.update("orders", "events", "facts", { messageExpiry: 9n });
  assertEquals([topic.id, topic.name, topic.settings.messageExpiry], [0, "facts", 9n]);
  assertEquals(topic.explicit, ["messageExpiry"]);
  assertEquals(topics.require("orders", "facts").settings, topic.settings);
});

Deno.test("Topics.update() refuses another's name with 2013 and takes its own", async () => {
  const { topics } = await openOrders();
  topics.create("orders", NEW_TOPIC);
  assertRefuses(2013, () => topics.update("orders", "events", "new", {}));
  topics.update("orders", "events", "events", {});
});

Deno.test("Topics.purge() touches its own topic only", async () => {
  const { topics } = await openOrders();
  const other = topics.create("orders", NEW_TOPIC).partitions[0];
  const before = topics.require(0, 0).partitions[0].incarnation;
  assertEquals(topics.purge("orders", "events").partitions[0].incarnation > before, true);
  assertEquals(topics.require("orders", "new").partitions[0], other);
});
