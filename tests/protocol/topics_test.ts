import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { NEVER_EXPIRES, UNLIMITED } from "../../protocol/options.ts";
import { decoded, encoded, hex, specifyCommand } from "../support/codec_laws.ts";
import { CLASSIC_TOPIC, PARTITION, VSR_TOPIC } from "../support/topics.ts";

const CLASSIC_OPTIONS = {
  compressionAlgorithm: "gzip",
  messageExpiry: 3_600_000_000n,
  maxTopicSize: UNLIMITED,
  replicationFactor: 1,
} as const;

const VSR_OPTIONS = { messageExpiry: NEVER_EXPIRES, durability: "persisted" } as const;

const PARTITIONS = [PARTITION, { ...PARTITION, id: 1 }];

specifyCommand("getTopic", {
  request: { streamId: 0, topicId: "events" },
  response: undefined,
  classic: { response: { ...CLASSIC_TOPIC, partitionsCount: 2, partitions: PARTITIONS } },
  vsr_0_11: { response: { ...VSR_TOPIC, partitionsCount: 2, partitions: PARTITIONS } },
});
specifyCommand("getTopics", {
  request: { streamId: "orders" },
  response: [],
  classic: { response: [CLASSIC_TOPIC, CLASSIC_TOPIC] },
  vsr_0_11: { response: [VSR_TOPIC, VSR_TOPIC] },
});
specifyCommand("createTopic", {
  request: { streamId: 1, partitionsCount: 2, name: "events", options: CLASSIC_OPTIONS },
  response: { ...CLASSIC_TOPIC, partitionsCount: 2, partitions: PARTITIONS },
  vsr_0_11: {
    request: { streamId: 1, partitionsCount: 2, name: "events", options: VSR_OPTIONS },
    response: { ...VSR_TOPIC, partitionsCount: 2, partitions: PARTITIONS },
  },
});
specifyCommand("updateTopic", {
  request: { streamId: "orders", topicId: 7, name: "logs", options: CLASSIC_OPTIONS },
  response: undefined,
  vsr_0_11: {
    request: {
      streamId: "orders",
      topicId: 7,
      name: "logs",
      options: { maxTopicSize: 0n, compressionAlgorithm: "none" },
    },
  },
});
specifyCommand("deleteTopic", { request: { streamId: 1, topicId: 2 }, response: undefined });
specifyCommand("purgeTopic", { request: { streamId: "a", topicId: "b" }, response: undefined });

Deno.test("GET_TOPICS.response of no topics is empty in classic and a count of 0 in VSR", () => {
  const { classic, vsr_0_11 } = COMMANDS.getTopics.response;
  assertEquals(encoded(classic!, []), new Uint8Array());
  assertEquals(encoded(vsr_0_11!, []), hex("00000000"));
});

Deno.test("CREATE_TOPIC.request leaves options that were not chosen to the server", () => {
  const { classic, vsr_0_11 } = COMMANDS.createTopic.request;
  const request = { streamId: 0, partitionsCount: 1, name: "e", options: {} };
  assertEquals(decoded(classic!, encoded(classic!, request)).options, {
    compressionAlgorithm: "none",
    messageExpiry: 0n,
    maxTopicSize: 0n,
    replicationFactor: 0,
  });
  assertEquals(encoded(vsr_0_11!, request), hex("010400000000 01000000 0165"));
});

Deno.test("GET_TOPIC.response has no replication factor in VSR, which reads as 1", () => {
  const vsr = COMMANDS.getTopic.response.vsr_0_11!;
  const topic = { ...VSR_TOPIC, replicationFactor: 3, partitionsCount: 0, partitions: [] };
  assertEquals(decoded(vsr, encoded(vsr, topic))?.replicationFactor, 1);
});
