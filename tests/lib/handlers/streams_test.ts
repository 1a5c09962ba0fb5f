import { assertEquals } from "@std/assert";
import {
  createStream,
  deleteStream,
  getStream,
  getStreams,
  purgeStream,
  updateStream,
} from "../../../lib/handlers/streams.ts";
import { assertRefusal, testBroker } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { turns } from "../../support/partition_logs.ts";
import { poll, send } from "../../support/sends_and_polls.ts";

Deno.test("createStream() gives the stream with the next id, empty", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  const first = await createStream(broker, client, { name: "orders" });
  assertEquals(first, {
    id: 0,
    createdAt: broker.clock.micros,
    topicsCount: 0,
    sizeBytes: 0,
    messagesCount: 0,
    name: "orders",
  });
  assertEquals((await createStream(broker, client, { name: "sales" })).id, 1);
});

Deno.test("createStream() is on stable storage before it answers", async () => {
  await using broker = await testBroker();
  const release = broker.storage.holdSyncs();
  let answered = false;
  const pending = createStream(broker, broker.connect(), { name: "orders" })
    .then(() => answered = true);
  await turns();
  assertEquals(answered, false);
  release();
  await pending;
  const survivors = broker.storage.afterCrash({ files: "synced", names: "synced" });
  await using restarted = await testBroker({ storage: survivors });
  assertEquals(restarted.catalog.streams.find("orders")?.id, 0);
});

Deno.test("createStream() refuses a taken name with 1012 and an empty one with 4", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  await createStream(broker, client, { name: "orders" });
  await assertRefusal(1012, () => createStream(broker, client, { name: "orders" }));
  await assertRefusal(4, () => createStream(broker, client, { name: "" }));
});

Deno.test("getStream() finds by number and by exact name, and else refuses with 1009", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  const topic = broker.topic(2);
  const byName = await getStream(broker, client, { streamId: "orders" });
  assertEquals(await getStream(broker, client, { streamId: 0 }), byName);
  assertEquals(byName.topics.map(({ name }) => name), [topic.name]);
  for (const streamId of [1, "0", "Orders"]) {
    await assertRefusal(1009, () => getStream(broker, client, { streamId }));
  }
});

Deno.test("getStreams() lists all by ascending id, with their figures", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  await createStream(broker, client, { name: "a" });
  await send(broker, client, "classic", someMessages(3));
  const streams = await getStreams(broker);
  assertEquals(streams.map(({ id, name }) => [id, name]), [[0, "orders"], [1, "a"]]);
  assertEquals(streams.map((stream) => stream.messagesCount), [3, 0]);
});

Deno.test("updateStream() renames, also to its own name, and refuses another's with 1012", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  await createStream(broker, client, { name: "orders" });
  await createStream(broker, client, { name: "sales" });
  await updateStream(broker, client, { streamId: "orders", name: "orders" });
  await assertRefusal(
    1012,
    () => updateStream(broker, client, { streamId: "orders", name: "sales" }),
  );
  await updateStream(broker, client, { streamId: 0, name: "invoices" });
  await assertRefusal(1009, () => updateStream(broker, client, { streamId: "orders", name: "x" }));
  assertEquals((await getStream(broker, client, { streamId: "invoices" })).id, 0);
});

Deno.test("deleteStream() takes topics, messages, groups and memberships with it", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  const group = broker.catalog.groups.create("orders", "events", "workers");
  broker.groups.join(group, client.id, 1, 0);
  await send(broker, client, "classic", someMessages(3));
  await deleteStream(broker, client, { streamId: "orders" });
  await assertRefusal(1009, () => deleteStream(broker, client, { streamId: "orders" }));
  await assertRefusal(1009, () => poll(broker, client, "classic"));
  assertEquals(broker.groups.groupsOf(client.id), []);
  await broker.partitions.close();
  assertEquals(broker.storage.paths().filter((path) => path.startsWith("streams/")), []);
});

Deno.test("deleteStream() never gives its id to another", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  await createStream(broker, client, { name: "orders" });
  await deleteStream(broker, client, { streamId: 0 });
  assertEquals((await createStream(broker, client, { name: "orders" })).id, 1);
});

Deno.test("purgeStream() empties all topics, starts offsets at 0 and keeps the structure", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(2);
  broker.catalog.groups.create("orders", "events", "workers");
  await send(broker, client, "classic", someMessages(3));
  broker.catalog.offsets.store(
    broker.catalog.partitions.require("orders", "events", 0),
    "consumer",
    1,
    2,
  );
  await purgeStream(broker, client, { streamId: "orders" });
  const { messagesCount, sizeBytes, topics } = await getStream(broker, client, { streamId: 0 });
  assertEquals([messagesCount, sizeBytes, topics[0].partitionsCount], [0, 0, 2]);
  const partition = broker.catalog.partitions.require("orders", "events", 0);
  assertEquals(partition.storedOffset("consumer", 1), undefined);
  assertEquals(broker.catalog.groups.require("orders", "events", "workers").id, 0);
  assertEquals((await send(broker, client, "vsr_0_11", someMessages(1))).baseOffset, 0);
  assertEquals((await poll(broker, client, "classic")).count, 1);
  await assertRefusal(1009, () => purgeStream(broker, client, { streamId: 7 }));
});
