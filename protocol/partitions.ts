/**
 * Partitions: bodies of their commands (CLASSIC.md sections 5 and 7.3); the same in both protocols.
 *
 * @module
 */
import { bodies, EMPTY } from "./command.ts";
import { struct, U32, U64_SAFE } from "./fields.ts";
import { IDENTIFIER } from "./primitives.ts";
import type { TopicAddress } from "./topics.ts";

export interface Partition {
  /** 0-based, without gaps. */
  readonly id: number;
  /** Micros since the Unix epoch. */
  readonly createdAt: number;
  readonly segmentsCount: number;
  /** Of the last message; 0 as well when there is none. */
  readonly currentOffset: number;
  readonly sizeBytes: number;
  readonly messagesCount: number;
}

export interface CreatePartitionsRequest extends TopicAddress {
  /** How many to add behind the last. */
  readonly partitionsCount: number;
}

export interface DeletePartitionsRequest extends TopicAddress {
  /** How many to remove from the end. */
  readonly partitionsCount: number;
}

export const PARTITION = struct<Partition>({
  id: U32,
  createdAt: U64_SAFE,
  segmentsCount: U32,
  currentOffset: U64_SAFE,
  sizeBytes: U64_SAFE,
  messagesCount: U64_SAFE,
});

const PARTITIONS_OF_TOPIC = { streamId: IDENTIFIER, topicId: IDENTIFIER, partitionsCount: U32 };

export const CREATE_PARTITIONS = bodies(
  struct<CreatePartitionsRequest>(PARTITIONS_OF_TOPIC),
  EMPTY,
);

export const DELETE_PARTITIONS = bodies(
  struct<DeletePartitionsRequest>(PARTITIONS_OF_TOPIC),
  EMPTY,
);
