/**
 * What exists, with the figures of its logs, in the words of the protocol. All figures are asked for
 * in one step, so that none is asked of what was deleted meanwhile.
 *
 * @module
 */
import type { Partition } from "../../protocol/partitions.ts";
import type { Stream, StreamDetails } from "../../protocol/streams.ts";
import type { Topic, TopicDetails } from "../../protocol/topics.ts";
import type { TopicOptions } from "../../protocol/options.ts";
import type { PartitionView, StreamView, TopicView } from "../catalog/views.ts";
import type { PartitionOwner } from "../log/owner.ts";

/** A stream with its figures. */
export async function describeStream(owner: PartitionOwner, stream: StreamView): Promise<Stream> {
  const { topics: _, ...figures } = await describeStreamDetails(owner, stream);
  return figures;
}

/** A stream with its topics. */
export async function describeStreamDetails(
  owner: PartitionOwner,
  stream: StreamView,
): Promise<StreamDetails> {
  const topics = await Promise.all(
    Array.from(stream.topics.values(), (topic) => describeTopic(owner, topic)),
  );
  return {
    id: stream.id,
    createdAt: stream.createdAt,
    topicsCount: topics.length,
    sizeBytes: sum(topics, (topic) => topic.sizeBytes),
    messagesCount: sum(topics, (topic) => topic.messagesCount),
    name: stream.name,
    topics,
  };
}

/** A topic with its figures. */
export async function describeTopic(owner: PartitionOwner, topic: TopicView): Promise<Topic> {
  const { partitions: _, ...figures } = await describeTopicDetails(owner, topic);
  return figures;
}

/** A topic with its partitions. */
export async function describeTopicDetails(
  owner: PartitionOwner,
  topic: TopicView,
): Promise<TopicDetails> {
  const partitions = await Promise.all(
    topic.partitions.map((partition) => describePartition(owner, topic, partition)),
  );
  const { settings } = topic;
  return {
    id: topic.id,
    createdAt: topic.createdAt,
    partitionsCount: partitions.length,
    messageExpiry: settings.messageExpiry,
    compressionAlgorithm: settings.compressionAlgorithm,
    maxTopicSize: settings.maxTopicSize,
    replicationFactor: settings.replicationFactor,
    sizeBytes: sum(partitions, (partition) => partition.sizeBytes),
    messagesCount: sum(partitions, (partition) => partition.messagesCount),
    name: topic.name,
    explicitOptions: chosen(topic, true),
    derivedOptions: chosen(topic, false),
    partitions,
  };
}

async function describePartition(
  owner: PartitionOwner,
  topic: TopicView,
  partition: PartitionView,
): Promise<Partition> {
  const { id, createdAt } = partition;
  return { id, createdAt, ...await owner.figures(topic, partition) };
}

/** The settings the client chose itself, or those it left to the node (VSR.md section 7.3). */
function chosen(topic: TopicView, explicit: boolean): TopicOptions {
  const entries = Object.entries(topic.settings)
    .filter(([name]) => (topic.explicit as readonly string[]).includes(name) === explicit)
    // Iggy does not know these: clients meet them only where somebody uses them.
    .filter(([name]) => topic.settings.deduplicationWindow > 0 || !DEDUPLICATION.has(name));
  return Object.fromEntries(entries);
}

const DEDUPLICATION: ReadonlySet<string> = new Set<keyof TopicOptions>([
  "deduplicationWindow",
  "deduplicationMaxEntries",
]);

function sum<T>(things: readonly T[], figure: (thing: T) => number): number {
  return things.reduce((total, thing) => total + figure(thing), 0);
}
