/**
 * Topics over HTTP (HTTP.md sections 2 and 4).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { INVALID_TOPIC_NAME } from "../../../protocol/error_codes.ts";
import type { CompressionAlgorithm, TopicOptions } from "../../../protocol/options.ts";
import type { Partition } from "../../../protocol/partitions.ts";
import type { Topic, TopicDetails } from "../../../protocol/topics.ts";
import { formatByteSize } from "../byte_size.ts";
import {
  BYTE_SIZE,
  IDENTIFIER_TEXT,
  OFFSET,
  TIMESTAMP,
  TOPIC_PARAMS,
  U32,
  U64,
} from "../fields.ts";
import { jsonResponse } from "../json.ts";
import { checkName } from "../names.ts";
import { type Route, route } from "../route.ts";
import { chosenOptions, OPTION_TEXTS, SHOWN_OPTIONS, shownOptions } from "../topic_options.ts";
import { absentIsNotFound, noContent } from "./answers.ts";

const STREAM_PARAMS = z.object({ stream_id: IDENTIFIER_TEXT });

const MESSAGE_EXPIRY = U64.describe("Microseconds; 0 the node's default, 2^64 - 1 never");
const MAX_TOPIC_SIZE = U64.describe("Bytes; 0 the node's default, 2^64 - 1 no limit");
const COMPRESSION = z.string().transform((word) => word.toLowerCase())
  .pipe(z.enum(["none", "gzip"])).openapi({ type: "string", enum: ["none", "gzip"] });
const REPLICATION_FACTOR = z.int().min(0).max(255).nullish();

/** A topic without its partitions: the fields of 0.8 and of 0.9 together. */
export const TOPIC = z.object({
  id: U32,
  created_at: TIMESTAMP,
  name: z.string(),
  size: BYTE_SIZE,
  message_expiry: MESSAGE_EXPIRY,
  compression_algorithm: z.enum(["none", "gzip"]),
  max_topic_size: MAX_TOPIC_SIZE,
  replication_factor: z.int().min(1).max(255),
  messages_count: OFFSET,
  partitions_count: U32,
  options: SHOWN_OPTIONS,
}).openapi("Topic");

const PARTITION = z.object({
  id: U32,
  created_at: TIMESTAMP,
  segments_count: U32,
  current_offset: OFFSET.describe("Of the last message; 0 as well when there is none"),
  size: BYTE_SIZE,
  messages_count: OFFSET,
}).openapi("Partition");

const TOPIC_DETAILS = TOPIC.extend({ partitions: z.array(PARTITION) }).openapi("TopicDetails");

const CREATE = z.object({
  name: z.string().describe("1 to 255 bytes"),
  partitions_count: U32.describe("0 to 1000"),
  compression_algorithm: COMPRESSION,
  message_expiry: MESSAGE_EXPIRY,
  max_topic_size: MAX_TOPIC_SIZE,
  replication_factor: REPLICATION_FACTOR,
  options: OPTION_TEXTS,
});

const UPDATE = z.object({
  name: z.string().describe("1 to 255 bytes"),
  compression_algorithm: COMPRESSION.nullish(),
  message_expiry: MESSAGE_EXPIRY.nullish(),
  max_topic_size: MAX_TOPIC_SIZE.nullish(),
  replication_factor: REPLICATION_FACTOR,
  options: OPTION_TEXTS,
});

export const TOPIC_ROUTES: readonly Route[] = [
  route({
    method: "get",
    path: "/streams/{stream_id}/topics",
    tag: "Topics",
    summary: "All topics of a stream",
    access: "token",
    params: STREAM_PARAMS,
    answers: { 200: { description: "The topics, by id", schema: z.array(TOPIC) } },
    handle: (call) =>
      absentIsNotFound(async () => {
        const topics = await call.perform("getTopics", { streamId: call.params.stream_id });
        return jsonResponse(200, topics.map(topicBody));
      }),
  }),
  route({
    method: "post",
    path: "/streams/{stream_id}/topics",
    tag: "Topics",
    summary: "Create a topic",
    access: "token",
    params: STREAM_PARAMS,
    body: CREATE,
    answers: { 200: { description: "The topic", schema: TOPIC_DETAILS } },
    async handle(call) {
      const { name, partitions_count: partitionsCount, ...settings } = call.body;
      checkName(name, INVALID_TOPIC_NAME);
      const { compressionAlgorithm } = call.broker.topicDefaults;
      const topic = await call.perform("createTopic", {
        streamId: call.params.stream_id,
        name,
        partitionsCount,
        options: optionsOf(settings, compressionAlgorithm),
      });
      return jsonResponse(200, topicDetailsBody(topic));
    },
  }),
  route({
    method: "get",
    path: "/streams/{stream_id}/topics/{topic_id}",
    tag: "Topics",
    summary: "One topic with its partitions",
    access: "token",
    params: TOPIC_PARAMS,
    answers: { 200: { description: "The topic", schema: TOPIC_DETAILS } },
    handle: (call) =>
      absentIsNotFound(async () => {
        const topic = await call.perform("getTopic", topicAddress(call.params));
        return jsonResponse(200, topicDetailsBody(topic!));
      }),
  }),
  route({
    method: "put",
    path: "/streams/{stream_id}/topics/{topic_id}",
    tag: "Topics",
    summary: "Change a topic",
    description: "What is absent or null stays as it is.",
    access: "token",
    params: TOPIC_PARAMS,
    body: UPDATE,
    answers: { 204: { description: "Done" } },
    async handle(call) {
      const { name, ...settings } = call.body;
      checkName(name, INVALID_TOPIC_NAME);
      const options = optionsOf(settings);
      await call.perform("updateTopic", { ...topicAddress(call.params), name, options });
      return noContent();
    },
  }),
  route({
    method: "delete",
    path: "/streams/{stream_id}/topics/{topic_id}",
    tag: "Topics",
    summary: "Delete a topic with all in it",
    access: "token",
    params: TOPIC_PARAMS,
    answers: { 204: { description: "Done" } },
    async handle(call) {
      await call.perform("deleteTopic", topicAddress(call.params));
      return noContent();
    },
  }),
  route({
    method: "delete",
    path: "/streams/{stream_id}/topics/{topic_id}/purge",
    tag: "Topics",
    summary: "Remove all messages of a topic, and the stored offsets with them",
    access: "token",
    params: TOPIC_PARAMS,
    answers: { 204: { description: "Done" } },
    async handle(call) {
      await call.perform("purgeTopic", topicAddress(call.params));
      return noContent();
    },
  }),
];

/** A topic as lists show it. */
export function topicBody(topic: Topic) {
  return {
    id: topic.id,
    created_at: topic.createdAt,
    name: topic.name,
    size: formatByteSize(topic.sizeBytes),
    message_expiry: topic.messageExpiry,
    compression_algorithm: topic.compressionAlgorithm,
    max_topic_size: topic.maxTopicSize,
    replication_factor: topic.replicationFactor,
    messages_count: topic.messagesCount,
    partitions_count: topic.partitionsCount,
    options: shownOptions(topic.explicitOptions, topic.derivedOptions),
  };
}

/** How commands name the topic of a path. */
export function topicAddress(params: z.output<typeof TOPIC_PARAMS>) {
  return { streamId: params.stream_id, topicId: params.topic_id };
}

function topicDetailsBody(topic: TopicDetails) {
  return { ...topicBody(topic), partitions: topic.partitions.map(partitionBody) };
}

function partitionBody(partition: Partition): z.input<typeof PARTITION> {
  return {
    id: partition.id,
    created_at: partition.createdAt,
    segments_count: partition.segmentsCount,
    current_offset: partition.currentOffset,
    size: formatByteSize(partition.sizeBytes),
    messages_count: partition.messagesCount,
  };
}

/** A compression that is the node's default counts as left to the node, for old clients always send one. */
function optionsOf(
  settings: Omit<z.output<typeof UPDATE>, "name">,
  defaultCompression?: CompressionAlgorithm,
): TopicOptions {
  const compression = settings.compression_algorithm ?? undefined;
  return {
    compressionAlgorithm: compression === defaultCompression ? undefined : compression,
    messageExpiry: settings.message_expiry ?? undefined,
    maxTopicSize: settings.max_topic_size ?? undefined,
    replicationFactor: settings.replication_factor ?? undefined,
    ...chosenOptions(settings.options),
  };
}
