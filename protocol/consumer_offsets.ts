/**
 * Stored offsets: bodies of their commands (CLASSIC.md sections 5 and 10, VSR.md section 7.2).
 *
 * @module
 */
import { bodies, EMPTY, optional } from "./command.ts";
import { absent, oneOf, struct, U32, U64_CLAMPED, U64_SAFE } from "./fields.ts";
import { RESOURCE_NOT_FOUND } from "./error_codes.ts";
import { CONSUMER, type Consumer, IDENTIFIER, OPTIONAL_PARTITION_ID } from "./primitives.ts";
import type { TopicAddress } from "./topics.ts";

/** Whose offset, and where. */
export interface GetConsumerOffsetRequest extends TopicAddress {
  readonly consumer: Consumer;
  /** When missing: partition 0, or what CLASSIC.md section 10 says for groups. */
  readonly partitionId?: number;
}

export interface StoreConsumerOffsetRequest extends GetConsumerOffsetRequest {
  /** The last one processed. */
  readonly offset: number;
  readonly ack: OffsetAck;
}

export interface DeleteConsumerOffsetRequest extends GetConsumerOffsetRequest {
  readonly ack: OffsetAck;
}

/** What the reply to an offset write waits for (VSR.md section 7.6). Only VSR says it; classic means "quorum". */
export type OffsetAck = "none" | "quorum";

export interface ConsumerOffsetInfo {
  readonly partitionId: number;
  /** Of the partition's last message. */
  readonly currentOffset: number;
  /** The last one this consumer processed. */
  readonly storedOffset: number;
}

const POSITION = {
  consumer: CONSUMER,
  streamId: IDENTIFIER,
  topicId: IDENTIFIER,
  partitionId: OPTIONAL_PARTITION_ID,
};

const CLASSIC_ACK = absent<OffsetAck>("quorum");

// VSR.md section 7.2: the reference refuses other values with ResourceNotFound.
const VSR_ACK = oneOf<OffsetAck>("Ack", ["none", "quorum"], { first: 0, code: RESOURCE_NOT_FOUND });

export const GET_CONSUMER_OFFSET = bodies(
  struct<GetConsumerOffsetRequest>(POSITION),
  optional(struct<ConsumerOffsetInfo>({
    partitionId: U32,
    currentOffset: U64_SAFE,
    storedOffset: U64_SAFE,
  })),
);

export const STORE_CONSUMER_OFFSET = bodies({
  classic: struct<StoreConsumerOffsetRequest>({
    ...POSITION,
    offset: U64_CLAMPED,
    ack: CLASSIC_ACK,
  }),
  vsr_0_11: struct<StoreConsumerOffsetRequest>({ ...POSITION, offset: U64_CLAMPED, ack: VSR_ACK }),
}, EMPTY);

export const DELETE_CONSUMER_OFFSET = bodies({
  classic: struct<DeleteConsumerOffsetRequest>({ ...POSITION, ack: CLASSIC_ACK }),
  vsr_0_11: struct<DeleteConsumerOffsetRequest>({ ...POSITION, ack: VSR_ACK }),
}, EMPTY);
