/**
 * How the model of a broker describes what there is, in the words of the protocol's answers.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import { NEVER_EXPIRES, UNLIMITED } from "../../protocol/options.ts";
import type { ClientModel, Partition, Stream, Topic, User } from "./broker_state.ts";
import type { GroupModel } from "./group_model.ts";

export function describeClient(client: ClientModel, withGroups: boolean): unknown {
  const { clientId, userId, address, groups } = client;
  const described = { clientId, userId, transport: "tcp", address };
  if (!withGroups) return { ...described, consumerGroupsCount: groups.length };
  const consumerGroups = groups.map(({ topic, id }) => ({
    streamId: topic.streamId,
    topicId: topic.id,
    groupId: id,
  }));
  return { ...described, consumerGroupsCount: groups.length, consumerGroups };
}

export function describeUser(user: User, withPermissions: boolean): unknown {
  const { id, createdAt, status, name: username, permissions } = user;
  const described = { id, createdAt, status, username };
  return withPermissions ? { ...described, permissions } : described;
}

export function describeStream({ id, createdAt, name, topics }: Stream) {
  const figures = [...topics].map(figuresOf);
  return {
    id,
    createdAt,
    name,
    topicsCount: topics.size,
    sizeBytes: sum(figures, ({ sizeBytes }) => sizeBytes),
    messagesCount: sum(figures, ({ messagesCount }) => messagesCount),
  };
}

/** C7.2 says replication and no options, V7.3 the other way round. */
export function describeTopic(dialect: Dialect, topic: Topic) {
  const { id, createdAt, name, options, partitions } = topic;
  const { replicationFactor = 1, ...explicitOptions } = options;
  const all = { ...TOPIC_DEFAULTS, ...explicitOptions };
  const derived = Object.entries(TOPIC_DEFAULTS).filter(([key]) => !(key in explicitOptions));
  const isClassic = dialect === "classic";
  return {
    id,
    createdAt,
    name,
    partitionsCount: partitions.length,
    messageExpiry: all.messageExpiry,
    compressionAlgorithm: all.compressionAlgorithm,
    maxTopicSize: all.maxTopicSize,
    replicationFactor: isClassic ? replicationFactor : 1,
    ...figuresOf(topic),
    explicitOptions: isClassic ? {} : explicitOptions,
    derivedOptions: isClassic ? {} : Object.fromEntries(derived),
  };
}

export function describeTopicDetails(dialect: Dialect, topic: Topic) {
  const partitions = topic.partitions.map((partition, id) => ({
    id,
    createdAt: partition.createdAt,
    segmentsCount: 1,
    currentOffset: currentOffsetOf(partition),
    sizeBytes: sum(partition.batches, ({ bytes }) => bytes),
    messagesCount: partition.messages.length,
  }));
  return { ...describeTopic(dialect, topic), partitions };
}

export function describeGroup(topic: Topic, group: GroupModel) {
  const { id, name, membersCount } = group;
  return { id, name, membersCount, partitionsCount: topic.partitions.length };
}

export function figuresOf({ partitions }: Topic): { sizeBytes: number; messagesCount: number } {
  return {
    sizeBytes: sum(partitions, ({ batches }) => sum(batches, ({ bytes }) => bytes)),
    messagesCount: sum(partitions, ({ messages }) => messages.length),
  };
}

/** C7.3: 0 as well when there is no message. */
export function currentOffsetOf({ messages }: Partition): number {
  return Math.max(0, messages.length - 1);
}

export function sum<T>(things: readonly T[], figure: (thing: T) => number): number {
  return things.reduce((total, thing) => total + figure(thing), 0);
}

/** V7.1 */
const TOPIC_DEFAULTS = {
  compressionAlgorithm: "none",
  messageExpiry: NEVER_EXPIRES,
  maxTopicSize: UNLIMITED,
  segmentSize: 1 << 30,
  durability: "replicated",
  consumerOffsetDurability: "replicated",
  messagesRequiredToSave: 1024,
  sizeOfMessagesRequiredToSave: 1 << 20,
  preallocateSegments: false,
};
