import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UNSUPPORTED_OPTION_KEY } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { NEVER_EXPIRES, UNLIMITED } from "../../../protocol/options.ts";
import { connectScripted, forEachFraming, specifyCall } from "../../support/scripted_client.ts";

const EVENTS = {
  id: 7,
  createdAt: 1_700_000_000_000_000,
  partitionsCount: 0,
  messageExpiry: NEVER_EXPIRES,
  compressionAlgorithm: "none",
  maxTopicSize: UNLIMITED,
  replicationFactor: 1,
  sizeBytes: 0,
  messagesCount: 0,
  name: "events",
  explicitOptions: {},
  derivedOptions: {},
} as const;

specifyCall("Topics.find() gives the topic with its partitions", {
  call: (client) => client.topics.find("orders", 7),
  asks: "getTopic",
  with: { streamId: "orders", topicId: 7 },
  answered: { ...EVENTS, partitions: [] },
});

specifyCall("Topics.find() gives nothing when there is no such topic", {
  call: (client) => client.topics.find("orders", "events"),
  asks: "getTopic",
  with: { streamId: "orders", topicId: "events" },
  answered: undefined,
});

specifyCall("Topics.list() gives all topics of a stream", {
  call: (client) => client.topics.list("orders"),
  asks: "getTopics",
  with: { streamId: "orders" },
  answered: [EVENTS],
});

specifyCall("Topics.purge() names the topic", {
  call: (client) => client.topics.purge("orders", "events"),
  asks: "purgeTopic",
  with: { streamId: "orders", topicId: "events" },
  answered: undefined,
});

specifyCall("Topics.delete() names the topic", {
  call: (client) => client.topics.delete("orders", "events"),
  asks: "deleteTopic",
  with: { streamId: "orders", topicId: "events" },
  answered: undefined,
});

Deno.test("Topics.create() makes one partition and asks for nothing else when nothing is said", async () => {
  await using scripted = await connectScripted("vsr");
  scripted.node.on("createTopic", () => ({ ...EVENTS, partitions: [] }));
  await scripted.client.topics.create("orders", "events");
  const [, { request }] = scripted.node.asked;
  assertEquals(request, { streamId: "orders", partitionsCount: 1, name: "events", options: {} });
});

Deno.test("Topics.create() passes options on", async () => {
  await using scripted = await connectScripted("vsr");
  scripted.node.on("createTopic", () => ({ ...EVENTS, partitions: [] }));
  const given = await scripted.client.topics.create("orders", "events", {
    partitionsCount: 3,
    durability: "persisted",
    segmentSize: 2 ** 20,
  });
  assertEquals(given, { ...EVENTS, partitions: [] });
  const [, { request }] = scripted.node.asked;
  assertEquals(request, {
    streamId: "orders",
    partitionsCount: 3,
    name: "events",
    options: { durability: "persisted", segmentSize: 2 ** 20 },
  });
});

Deno.test("Topics.create() refuses an option that the framing cannot carry", async () => {
  await using scripted = await connectScripted("classic");
  const error = await assertRejects(
    () => scripted.client.topics.create("orders", "events", { durability: "persisted" }),
    IggyError,
  );
  assertEquals(error.code, UNSUPPORTED_OPTION_KEY);
});

Deno.test("Topics.update() sends the name and only the options to change", async () => {
  await using scripted = await connectScripted("vsr");
  scripted.node.on("updateTopic", () => undefined);
  await scripted.client.topics.update("orders", 7, { name: "bills", messageExpiry: 5n });
  const [, { request }] = scripted.node.asked;
  assertEquals(request, {
    streamId: "orders",
    topicId: 7,
    name: "bills",
    options: { messageExpiry: 5n },
  });
});

const LAG = {
  streamId: 0,
  topicId: 0,
  partitionId: 2,
  kind: "consumer_group",
  id: 1,
  name: "workers",
  storedOffset: 5,
  endOffset: 10,
  lag: 4,
} as const;

specifyCall("Topics.lag() gives how far everybody is behind", {
  call: (client) => client.topics.lag("orders", "events"),
  asks: "getLag",
  with: { streamId: "orders", topicId: "events" },
  answered: [LAG],
});

forEachFraming("Topics.lag() says so when the node does not know the command", async (framing) => {
  await using scripted = await connectScripted(framing);
  const { client: { topics }, node } = scripted;
  const refuseWith = (code: number) => {
    node.on("getLag", () => {
      throw new IggyError(code);
    });
    return assertRejects(() => topics.lag("orders", "events"), IggyError);
  };
  const unknown = await refuseWith(3);
  assertEquals(unknown.code, 5);
  assertStringIncludes(unknown.message, "get_lag is whippet's own");
  assertEquals((await refuseWith(2010)).code, 2010);
});
