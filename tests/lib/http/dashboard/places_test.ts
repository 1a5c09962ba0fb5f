import { assertEquals, assertRejects } from "@std/assert";
import {
  groupPath,
  requiredStream,
  requiredTopic,
  topicPath,
  topicResource,
  visibleTopics,
} from "../../../../lib/http/dashboard/places.ts";
import { IggyError } from "../../../../protocol/errors.ts";
import { testBroker } from "../../../support/broker.ts";
import { NO_RIGHTS, visitOf } from "../../../support/dashboard.ts";

Deno.test("topicPath(), topicResource() and groupPath() go by numbers, which need no escaping", () => {
  const topic = { streamId: 3, id: 4 };
  assertEquals(topicPath(topic), "/ui/streams/3/topics/4");
  assertEquals(topicResource(topic), "/streams/3/topics/4");
  const group = { topic, group: { id: 5 } } as Parameters<typeof groupPath>[0];
  assertEquals(groupPath(group), "/ui/groups/3/4/5");
});

Deno.test("visibleTopics() leaves out what the user may not see", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  assertEquals((await visibleTopics(visitOf(broker))).length, 1);
  assertEquals((await visibleTopics(visitOf(broker, { permissions: NO_RIGHTS }))).length, 0);
});

Deno.test("requiredStream() and requiredTopic() take numbers and names", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(1);
  for (const params of [{ stream: "0", topic: "0" }, { stream: "orders", topic: "events" }]) {
    assertEquals((await requiredStream(visitOf(broker, { params }))).name, "orders");
    assertEquals((await requiredTopic(visitOf(broker, { params }))).topic, topic);
  }
});

Deno.test("requiredTopic() finds a topic that is younger than the census", async () => {
  await using broker = await testBroker();
  const visit = visitOf(broker, { params: { stream: "0", topic: "0" } });
  await visit.services.census.topics();
  const topic = broker.topic(1);
  assertEquals((await requiredTopic(visit)).topic, topic);
});

Deno.test("requiredTopic() refuses what is not there, or not for the user", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const codeOf = async (topic: string, permissions = {}) => {
    const visit = visitOf(broker, { params: { stream: "0", topic }, ...permissions });
    return (await assertRejects(() => requiredTopic(visit), IggyError)).code;
  };
  assertEquals(await codeOf("%E0%A4%A"), 2010);
  assertEquals(await codeOf("0", { permissions: NO_RIGHTS }), 41);
});
