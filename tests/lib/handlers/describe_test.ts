import { assertEquals } from "@std/assert";
import {
  describeStream,
  describeStreamDetails,
  describeTopic,
  describeTopicDetails,
} from "../../../lib/handlers/describe.ts";
import { NEVER_EXPIRES, UNLIMITED } from "../../../protocol/options.ts";
import { testBroker } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { send } from "../../support/sends_and_polls.ts";

Deno.test("describeTopicDetails() gives each partition its figures, and the topic their sums", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  const topic = broker.topic(3);
  await send(broker, client, "vsr_0_11", someMessages(2, 10));
  await send(broker, client, "classic", someMessages(3, 10));
  await send(broker, client, "vsr_0_11", someMessages(1, 10), {
    partitioning: { kind: "partition_id", partitionId: 2 },
  });
  const details = await describeTopicDetails(broker.partitions, topic);
  // Stored batches: 256 bytes of header, 48 for each message, whoever sent it (VSR.md section 8).
  const sizes = [2 * 256 + 5 * 58, 0, 256 + 58];
  assertEquals(details.partitions.map((each) => each.sizeBytes), sizes);
  assertEquals(details.partitions.map((each) => each.messagesCount), [5, 0, 1]);
  assertEquals(details.partitions.map((each) => each.currentOffset), [4, 0, 0]);
  assertEquals(details.partitions.map((each) => each.segmentsCount), [1, 1, 1]);
  assertEquals(details.partitionsCount, 3);
  assertEquals(details.sizeBytes, sizes[0] + sizes[2]);
  assertEquals(details.messagesCount, 6);
  assertEquals(details.createdAt, topic.createdAt);
});

Deno.test("describeTopicDetails() tells the settings in force, and which of them were chosen", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(1, {
    messageExpiry: 60_000_000n,
    maxTopicSize: 0n,
    durability: "persisted",
  });
  const details = await describeTopicDetails(broker.partitions, topic);
  assertEquals(details.messageExpiry, 60_000_000n);
  assertEquals(details.maxTopicSize, UNLIMITED);
  assertEquals(details.compressionAlgorithm, "none");
  assertEquals(details.replicationFactor, 1);
  assertEquals(details.explicitOptions, { messageExpiry: 60_000_000n, durability: "persisted" });
  assertEquals(details.derivedOptions.maxTopicSize, UNLIMITED);
  assertEquals(details.derivedOptions.segmentSize, 2 ** 30);
  assertEquals("durability" in details.derivedOptions, false);
});

Deno.test("describeTopicDetails() tells of deduplication where there is some only", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(1, { deduplicationMaxEntries: 7 });
  const shown = async () => {
    const { explicitOptions, derivedOptions } = await describeTopicDetails(
      broker.partitions,
      topic,
    );
    return [explicitOptions, "deduplicationWindow" in derivedOptions];
  };
  assertEquals(await shown(), [{}, false]);
  broker.catalog.topics.update("orders", "events", "events", { deduplicationWindow: 5 });
  assertEquals(await shown(), [{ deduplicationWindow: 5, deduplicationMaxEntries: 7 }, false]);
});

Deno.test("describeStreamDetails() lists the topics by their ids and adds them up", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(2);
  broker.catalog.topics.create("orders", { name: "a", partitionsCount: 0, options: {}, at: 1 });
  await send(broker, client, "vsr_0_11", someMessages(2, 10));
  const stream = broker.catalog.streams.require("orders");
  const details = await describeStreamDetails(broker.partitions, stream);
  assertEquals(details.topics.map(({ id, name }) => [id, name]), [[0, "events"], [1, "a"]]);
  assertEquals(details.topics.map((topic) => topic.messageExpiry), [NEVER_EXPIRES, NEVER_EXPIRES]);
  assertEquals(details.topicsCount, 2);
  assertEquals(details.messagesCount, 2);
  assertEquals(details.sizeBytes, 256 + 2 * 58);
});

Deno.test("describeStream() and describeTopic() say the same without what is inside", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(2);
  const stream = broker.catalog.streams.require("orders");
  const { topics: _topics, ...bareStream } = await describeStreamDetails(broker.partitions, stream);
  assertEquals(await describeStream(broker.partitions, stream), bareStream);
  const { partitions: _, ...bareTopic } = await describeTopicDetails(broker.partitions, topic);
  assertEquals(await describeTopic(broker.partitions, topic), bareTopic);
});
