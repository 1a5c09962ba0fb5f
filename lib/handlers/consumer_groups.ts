/**
 * Consumer groups: what their commands mean.
 *
 * @module
 */
import type {
  ConsumerGroup,
  ConsumerGroupAddress,
  ConsumerGroupAssignment,
  ConsumerGroupDetails,
  CreateConsumerGroupRequest,
} from "../../protocol/consumer_groups.ts";
import type { TopicAddress } from "../../protocol/topics.ts";
import type { GroupView, TopicView } from "../catalog/views.ts";
import type { Broker, Client } from "./broker.ts";

export function getConsumerGroup(
  broker: Broker,
  _client: Client,
  address: ConsumerGroupAddress,
): ConsumerGroupDetails {
  const { topic, group } = find(broker, address);
  return { ...describe(broker, topic, group), members: broker.groups.members(group) };
}

export function getConsumerGroups(
  broker: Broker,
  _client: Client,
  { streamId, topicId }: TopicAddress,
): ConsumerGroup[] {
  const topic = broker.catalog.topics.require(streamId, topicId);
  return Array.from(topic.groups.values(), (group) => describe(broker, topic, group));
}

export async function createConsumerGroup(
  broker: Broker,
  _client: Client,
  { streamId, topicId, name }: CreateConsumerGroupRequest,
): Promise<ConsumerGroup> {
  const group = broker.catalog.groups.create(streamId, topicId, name);
  await broker.catalog.durable();
  return describe(broker, broker.catalog.topics.require(streamId, topicId), group);
}

export async function deleteConsumerGroup(
  broker: Broker,
  _client: Client,
  { streamId, topicId, groupId }: ConsumerGroupAddress,
): Promise<void> {
  const group = broker.catalog.groups.delete(streamId, topicId, groupId);
  broker.groups.deleted(group, group.id);
  await broker.catalog.durable();
}

export function joinConsumerGroup(
  broker: Broker,
  client: Client,
  address: ConsumerGroupAddress,
): void {
  const { topic, group } = find(broker, address);
  broker.groups.join(group, client.id, topic.partitions.length, broker.clock.monotonicMs());
}

export function leaveConsumerGroup(
  broker: Broker,
  client: Client,
  address: ConsumerGroupAddress,
): void {
  const { group } = find(broker, address);
  broker.groups.leave(group, client.id, broker.clock.monotonicMs());
}

/** VSR.md section 10; `undefined`: the caller is no member. */
export function syncConsumerGroup(
  broker: Broker,
  client: Client,
  address: ConsumerGroupAddress,
): ConsumerGroupAssignment | undefined {
  return broker.groups.sync(find(broker, address).group, client.id);
}

function find(
  { catalog }: Broker,
  { streamId, topicId, groupId }: ConsumerGroupAddress,
): { topic: TopicView; group: GroupView } {
  return {
    topic: catalog.topics.require(streamId, topicId),
    group: catalog.groups.require(streamId, topicId, groupId),
  };
}

function describe(broker: Broker, topic: TopicView, group: GroupView): ConsumerGroup {
  return {
    id: group.id,
    partitionsCount: topic.partitions.length,
    membersCount: broker.groups.membersCount(group),
    name: group.name,
  };
}
