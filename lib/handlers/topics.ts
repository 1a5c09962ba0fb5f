/**
 * Topics: what their commands mean.
 *
 * @module
 */
import type { StreamAddress } from "../../protocol/streams.ts";
import type {
  CreateTopicRequest,
  Topic,
  TopicAddress,
  TopicDetails,
  UpdateTopicRequest,
} from "../../protocol/topics.ts";
import type { Broker, Client } from "./broker.ts";
import { describeTopic, describeTopicDetails } from "./describe.ts";

export function getTopic(
  broker: Broker,
  _client: Client,
  { streamId, topicId }: TopicAddress,
): Promise<TopicDetails> {
  return describeTopicDetails(
    broker.partitions,
    broker.catalog.topics.require(streamId, topicId),
  );
}

export async function getTopics(
  { catalog, partitions }: Broker,
  _client: Client,
  { streamId }: StreamAddress,
): Promise<Topic[]> {
  const { topics } = catalog.streams.require(streamId);
  return await Promise.all(
    Array.from(topics.values(), (topic) => describeTopic(partitions, topic)),
  );
}

export async function createTopic(
  broker: Broker,
  _client: Client,
  { streamId, name, partitionsCount, options }: CreateTopicRequest,
): Promise<TopicDetails> {
  const at = broker.clock.nowMicros();
  const topic = broker.catalog.topics.create(streamId, { name, partitionsCount, options, at });
  await broker.catalog.durable();
  const { partitions, ...figures } = await describeTopicDetails(broker.partitions, topic);
  // CLASSIC.md section 7.3: here, and only here, a partition has no segment yet.
  return { ...figures, partitions: partitions.map((each) => ({ ...each, segmentsCount: 0 })) };
}

export async function updateTopic(
  broker: Broker,
  _client: Client,
  { streamId, topicId, name, options }: UpdateTopicRequest,
): Promise<void> {
  const topic = broker.catalog.topics.update(streamId, topicId, name, options);
  broker.deduplication.forget(topic);
  await broker.catalog.durable();
}

export async function deleteTopic(
  broker: Broker,
  _client: Client,
  { streamId, topicId }: TopicAddress,
): Promise<void> {
  const topic = broker.catalog.topics.delete(streamId, topicId);
  broker.groups.deleted({ streamId: topic.streamId, topicId: topic.id });
  broker.deduplication.forget(topic);
  await broker.catalog.durable();
  broker.partitions.removeTopic(topic);
}

export async function purgeTopic(
  broker: Broker,
  _client: Client,
  { streamId, topicId }: TopicAddress,
): Promise<void> {
  const topic = broker.catalog.topics.require(streamId, topicId);
  const ended = [...topic.partitions];
  broker.catalog.topics.purge(streamId, topicId);
  broker.groups.purged({ streamId: topic.streamId, topicId: topic.id });
  broker.deduplication.forget(topic);
  await broker.catalog.durable();
  broker.partitions.removePartitions(ended);
}
