import { assertEquals } from "@std/assert";
import { authorize, authorizeTopic, userOf } from "../../../lib/handlers/rights.ts";
import type { Permissions } from "../../../protocol/permissions.ts";
import { assertRefusal, onlyGlobal, testBroker } from "../../support/broker.ts";

const STREAM_FLAGS = [
  "manageStream",
  "readStream",
  "manageTopics",
  "readTopics",
  "pollMessages",
  "sendMessages",
];
const TOPIC_FLAGS = ["manageTopic", "readTopic", "pollMessages", "sendMessages"];

Deno.test("authorize() refuses strangers with 40, unless nothing is asked of them", async () => {
  await using broker = await testBroker();
  const stranger = broker.connect(undefined);
  authorize(broker, stranger, "none", {});
  await assertRefusal(40, () => authorize(broker, stranger, "authenticated", {}));
  await assertRefusal(40, () => authorize(broker, stranger, "read_stream", { streamId: "x" }));
});

Deno.test("authorize() lets what does not exist pass, for the handler to say so", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const client = broker.connectUser("bob");
  authorize(broker, client, "read_stream", { streamId: "nobody" });
  authorize(broker, client, "read_topic", { streamId: "nobody", topicId: "events" });
  authorize(broker, client, "read_topic", { streamId: "orders", topicId: "nothing" });
  await assertRefusal(41, () => authorize(broker, client, "read_stream", { streamId: 0 }));
  const events = { streamId: 0, topicId: 0 };
  await assertRefusal(41, () => authorize(broker, client, "read_topic", events));
});

Deno.test("authorize() lets everybody read the own account, and nobody's", async () => {
  await using broker = await testBroker();
  const client = broker.connectUser("bob");
  authorize(broker, client, "read_user", { userId: "bob" });
  authorize(broker, client, "read_user", { userId: "nobody" });
  await assertRefusal(41, () => authorize(broker, client, "read_user", { userId: 0 }));
  await assertRefusal(41, () => authorize(broker, client, "read_users", undefined));
});

Deno.test("authorize() looks at the stream and the topic that are named, and no other", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  broker.catalog.streams.create("sales", 1);
  broker.catalog.topics.create("orders", { name: "b", partitionsCount: 1, options: {}, at: 1 });
  const client = broker.connectUser("bob", onlyTopic("readTopic"));
  const named = (streamId: string, topicId: string) => () =>
    authorize(broker, client, "read_topic", { streamId, topicId });
  named("orders", "events")();
  await assertRefusal(41, named("orders", "b"));
  await assertRefusal(41, () => authorize(broker, client, "read_stream", { streamId: "sales" }));
});

Deno.test("authorizeTopic() says the same of a topic that was found", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(1);
  authorizeTopic(broker, broker.connect(), "send_messages", topic);
  const client = broker.connectUser("bob", onlyTopic("pollMessages"));
  authorizeTopic(broker, client, "poll_messages", topic);
  await assertRefusal(41, () => authorizeTopic(broker, client, "send_messages", topic));
  const stranger = broker.connect(undefined);
  await assertRefusal(40, () => authorizeTopic(broker, stranger, "poll_messages", topic));
});

Deno.test("userOf() gives who logged in, and 40 once that user is deleted", async () => {
  await using broker = await testBroker();
  const bob = broker.connectUser("bob");
  assertEquals(userOf(broker, bob).name, "bob");
  broker.catalog.users.delete("bob");
  await assertRefusal(40, () => userOf(broker, bob));
  await assertRefusal(40, () => userOf(broker, broker.connect(undefined)));
});

function onlyTopic(name: string): Permissions {
  const flags = Object.fromEntries(TOPIC_FLAGS.map((each) => [each, each === name]));
  const none = Object.fromEntries(STREAM_FLAGS.map((each) => [each, false]));
  const topics = new Map([[0, flags]]);
  return { ...onlyGlobal(), streams: new Map([[0, { ...none, topics } as never]]) };
}
