/**
 * Partitions and their segments: what their commands mean.
 *
 * @module
 */
import type {
  CreatePartitionsRequest,
  DeletePartitionsRequest,
} from "../../protocol/partitions.ts";
import type { DeleteSegmentsRequest } from "../../protocol/segments.ts";
import type { TopicView } from "../catalog/views.ts";
import type { Broker, Client } from "./broker.ts";

export async function createPartitions(
  broker: Broker,
  _client: Client,
  { streamId, topicId, partitionsCount }: CreatePartitionsRequest,
): Promise<void> {
  const at = broker.clock.nowMicros();
  const topic = broker.catalog.partitions.create(streamId, topicId, partitionsCount, at);
  followPartitions(broker, topic);
  await broker.catalog.durable();
}

export async function deletePartitions(
  broker: Broker,
  _client: Client,
  { streamId, topicId, partitionsCount }: DeletePartitionsRequest,
): Promise<void> {
  const deleted = broker.catalog.partitions.delete(streamId, topicId, partitionsCount);
  followPartitions(broker, broker.catalog.topics.require(streamId, topicId));
  await broker.catalog.durable();
  broker.partitions.removePartitions(deleted);
}

/** Only sealed segments that every stored offset has passed go (CLASSIC.md section 12). */
export async function deleteSegments(
  broker: Broker,
  _client: Client,
  { streamId, topicId, partitionId, segmentsCount }: DeleteSegmentsRequest,
): Promise<void> {
  const topic = broker.catalog.topics.require(streamId, topicId);
  const partition = broker.catalog.partitions.require(streamId, topicId, partitionId);
  const log = await broker.partitions.log(topic, partition);
  log.deleteSegments(segmentsCount, partition.minStoredOffset());
}

/** Deals the partitions of all groups of the topic anew (CLASSIC.md section 11). */
function followPartitions(broker: Broker, topic: TopicView): void {
  const { streamId, id: topicId, partitions } = topic;
  broker.groups.resized({ streamId, topicId }, partitions.length, broker.clock.monotonicMs());
}
