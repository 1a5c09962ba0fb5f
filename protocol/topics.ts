/**
 * Topics: bodies of their commands (CLASSIC.md sections 5 and 7.2, VSR.md section 7).
 *
 * @module
 */
import { bodies, type Codec, EMPTY, optional, untilEnd } from "./command.ts";
import { absent, counted, NAME8, struct, times, U32, U64, U64_SAFE, U8 } from "./fields.ts";
import {
  CLASSIC_TOPIC_OPTIONS,
  COMPRESSION_ALGORITHM,
  type CompressionAlgorithm,
  SHOWN_TOPIC_OPTIONS,
  type ShownTopicOptions,
  TOPIC_OPTIONS,
  type TopicOptions,
} from "./options.ts";
import { PARTITION, type Partition } from "./partitions.ts";
import { IDENTIFIER, type Identifier } from "./primitives.ts";
import type { StreamAddress } from "./streams.ts";

/** Names a topic. */
export interface TopicAddress extends StreamAddress {
  readonly topicId: Identifier;
}

export interface CreateTopicRequest extends StreamAddress {
  readonly partitionsCount: number;
  /** 1 to 255 bytes. */
  readonly name: string;
  readonly options: TopicOptions;
}

export interface UpdateTopicRequest extends TopicAddress {
  /** The new name, 1 to 255 bytes. */
  readonly name: string;
  /** Those to change. Classic always sends its four (CLASSIC.md section 12), VSR what is to change. */
  readonly options: TopicOptions;
}

export interface Topic {
  readonly id: number;
  /** Micros since the Unix epoch. */
  readonly createdAt: number;
  readonly partitionsCount: number;
  /** Micros, or `NEVER_EXPIRES`: the value in force. */
  readonly messageExpiry: bigint;
  readonly compressionAlgorithm: CompressionAlgorithm;
  /** Bytes, or `UNLIMITED`: the value in force. */
  readonly maxTopicSize: bigint;
  /** Only classic says it; read from VSR it is 1. */
  readonly replicationFactor: number;
  readonly sizeBytes: number;
  readonly messagesCount: number;
  readonly name: string;
  /** What was asked for at its creation or by updates. Only VSR says it. */
  readonly explicitOptions: ShownTopicOptions;
  /** What the server chose for the other keys. Only VSR says it. */
  readonly derivedOptions: ShownTopicOptions;
}

/** A topic with its partitions, sorted by id. */
export interface TopicDetails extends Topic {
  readonly partitions: readonly Partition[];
}

/** `ID stream, ID topic`, at the head of most bodies. */
const TOPIC_ADDRESS = { streamId: IDENTIFIER, topicId: IDENTIFIER };

export const CLASSIC_TOPIC = struct<Topic>({
  id: U32,
  createdAt: U64_SAFE,
  partitionsCount: U32,
  messageExpiry: U64,
  compressionAlgorithm: COMPRESSION_ALGORITHM,
  maxTopicSize: U64,
  replicationFactor: U8,
  sizeBytes: U64_SAFE,
  messagesCount: U64_SAFE,
  name: NAME8,
  explicitOptions: absent({}),
  derivedOptions: absent({}),
});

export const VSR_TOPIC = struct<Topic>({
  id: U32,
  createdAt: U64_SAFE,
  partitionsCount: U32,
  messageExpiry: U64,
  compressionAlgorithm: COMPRESSION_ALGORITHM,
  maxTopicSize: U64,
  replicationFactor: absent(1),
  sizeBytes: U64_SAFE,
  messagesCount: U64_SAFE,
  name: NAME8,
  explicitOptions: SHOWN_TOPIC_OPTIONS,
  derivedOptions: SHOWN_TOPIC_OPTIONS,
});

const ONE_TOPIC = struct<TopicAddress>(TOPIC_ADDRESS);
const CLASSIC_TOPIC_DETAILS = topicDetails(CLASSIC_TOPIC);
const VSR_TOPIC_DETAILS = topicDetails(VSR_TOPIC);

export const GET_TOPIC = bodies(ONE_TOPIC, {
  classic: optional(CLASSIC_TOPIC_DETAILS),
  vsr_0_11: optional(VSR_TOPIC_DETAILS),
});

export const GET_TOPICS = bodies(struct<StreamAddress>({ streamId: IDENTIFIER }), {
  classic: untilEnd(CLASSIC_TOPIC),
  vsr_0_11: counted(VSR_TOPIC),
});

export const CREATE_TOPIC = bodies({
  classic: struct<CreateTopicRequest>({
    streamId: IDENTIFIER,
    partitionsCount: U32,
    options: CLASSIC_TOPIC_OPTIONS,
    name: NAME8,
  }),
  vsr_0_11: struct<CreateTopicRequest>({
    streamId: IDENTIFIER,
    partitionsCount: U32,
    name: NAME8,
    options: TOPIC_OPTIONS,
  }),
}, { classic: CLASSIC_TOPIC_DETAILS, vsr_0_11: VSR_TOPIC_DETAILS });

export const UPDATE_TOPIC = bodies({
  classic: struct<UpdateTopicRequest>({
    ...TOPIC_ADDRESS,
    options: CLASSIC_TOPIC_OPTIONS,
    name: NAME8,
  }),
  vsr_0_11: struct<UpdateTopicRequest>({
    ...TOPIC_ADDRESS,
    name: NAME8,
    options: TOPIC_OPTIONS,
  }),
}, EMPTY);

export const DELETE_TOPIC = bodies(ONE_TOPIC, EMPTY);

export const PURGE_TOPIC = bodies(ONE_TOPIC, EMPTY);

/** A topic, then as many partitions as its `partitionsCount` says. */
function topicDetails(topic: Codec<Topic>): Codec<TopicDetails> {
  return {
    encode(writer, details) {
      topic.encode(writer, details);
      for (const partition of details.partitions) PARTITION.encode(writer, partition);
    },
    decode(reader) {
      const head = topic.decode(reader);
      return { ...head, partitions: times(head.partitionsCount, () => PARTITION.decode(reader)) };
    },
  };
}
