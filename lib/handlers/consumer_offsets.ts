/**
 * Stored offsets: what their commands mean (CLASSIC.md section 10).
 *
 * @module
 */
import type {
  ConsumerOffsetInfo,
  DeleteConsumerOffsetRequest,
  GetConsumerOffsetRequest,
  StoreConsumerOffsetRequest,
} from "../../protocol/consumer_offsets.ts";
import { INVALID_OFFSET, NOT_RESOLVED_CONSUMER } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { ConsumerKind } from "../../protocol/primitives.ts";
import type { GroupView, PartitionView, TopicView } from "../catalog/views.ts";
import type { Broker, Client } from "./broker.ts";
import { consumerNumber } from "./consumers.ts";

export async function getConsumerOffset(
  broker: Broker,
  _client: Client,
  request: GetConsumerOffsetRequest,
): Promise<ConsumerOffsetInfo | undefined> {
  const { streamId, topicId, consumer, partitionId = 0 } = request;
  const topic = broker.catalog.topics.require(streamId, topicId);
  const partition = broker.catalog.partitions.require(streamId, topicId, partitionId);
  const id = consumer.kind === "consumer"
    ? consumerNumber(consumer)
    : broker.catalog.groups.require(streamId, topicId, consumer.id).id;
  const { currentOffset } = await broker.partitions.figures(topic, partition);
  const storedOffset = partition.storedOffset(consumer.kind, id);
  if (storedOffset === undefined) return undefined;
  return { partitionId, currentOffset, storedOffset };
}

export async function storeConsumerOffset(
  broker: Broker,
  client: Client,
  request: StoreConsumerOffsetRequest,
): Promise<void> {
  const target = resolve(broker, client, request);
  const { topic, partition } = target;
  const { messagesCount, currentOffset } = await broker.partitions.figures(topic, partition);
  if (messagesCount === 0 || request.offset > currentOffset) {
    throw new IggyError(
      INVALID_OFFSET,
      `Offset ${request.offset} is beyond partition ${partition.id}`,
    );
  }
  broker.catalog.offsets.store(partition, target.kind, target.id, request.offset);
  if (target.group !== undefined) broker.groups.stored(target.group, partition.id);
  await settle(broker, topic);
}

export async function deleteConsumerOffset(
  broker: Broker,
  client: Client,
  request: DeleteConsumerOffsetRequest,
): Promise<void> {
  const { topic, partition, kind, id } = resolve(broker, client, request);
  broker.catalog.offsets.delete(partition, kind, id);
  await settle(broker, topic);
}

/** Whose offset a write is about, and where. */
interface Target {
  readonly topic: TopicView;
  readonly partition: PartitionView;
  readonly kind: ConsumerKind;
  readonly id: number;
  readonly group?: GroupView;
}

function resolve(broker: Broker, client: Client, request: GetConsumerOffsetRequest): Target {
  const { streamId, topicId, consumer } = request;
  const topic = broker.catalog.topics.require(streamId, topicId);
  if (consumer.kind === "consumer") {
    const { partitionId = 0 } = request;
    const partition = broker.catalog.partitions.require(streamId, topicId, partitionId);
    return { topic, partition, kind: consumer.kind, id: consumerNumber(consumer) };
  }
  const group = broker.catalog.groups.require(streamId, topicId, consumer.id);
  const partitionId = request.partitionId ?? broker.groups.currentPartition(group, client.id);
  if (partitionId === undefined) {
    throw new IggyError(NOT_RESOLVED_CONSUMER, `Member of ${group.name} owns no partition`);
  }
  const partition = broker.catalog.partitions.require(streamId, topicId, partitionId);
  if (!broker.groups.owns(group, client.id, partitionId)) {
    throw new IggyError(
      NOT_RESOLVED_CONSUMER,
      `Partition ${partitionId} belongs to another member of ${group.name}`,
    );
  }
  return { topic, partition, kind: consumer.kind, id: group.id, group };
}

/** VSR.md section 7.6: with "persisted" the answer waits for stable storage. */
async function settle(broker: Broker, topic: TopicView): Promise<void> {
  if (topic.settings.consumerOffsetDurability === "persisted") await broker.catalog.durable();
}
