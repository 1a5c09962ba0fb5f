/**
 * Messages: the heads of the bodies that carry them (CLASSIC.md sections 6 and 9, VSR.md sections 8
 * and 9). The messages themselves are never parsed here: they lie behind the head, where the reader
 * stands after decoding, and travel as bytes (`message.ts`).
 *
 * @module
 */
import { bodies, type Codec, EMPTY } from "./command.ts";
import { INVALID_COMMAND, INVALID_IDENTIFIER } from "./error_codes.ts";
import { WireError } from "./errors.ts";
import { absent, BOOL, counted, struct, U32, U64_SAFE } from "./fields.ts";
import {
  CONSUMER,
  type Consumer,
  IDENTIFIER,
  type Identifier,
  OPTIONAL_PARTITION_ID,
  PARTITIONING,
  type Partitioning,
  POLLING_STRATEGY,
  type PollingStrategy,
} from "./primitives.ts";
import type { TopicAddress } from "./topics.ts";
import { WireReader } from "./wire.ts";

/**
 * Where a batch goes. Classic messages follow as `messagesCount` index entries of 16 bytes and the
 * message frames; VSR messages as one batch. Either fills the rest of the body.
 */
export interface SendMessagesHead extends TopicAddress {
  readonly partitioning: Partitioning;
  readonly messagesCount: number;
}

/** Where a batch went; VSR tells, classic does not. */
export interface SendMessagesConfirmation {
  readonly streamId: number;
  readonly topicId: number;
  readonly partitionId: number;
  /** Of the first message. */
  readonly baseOffset: number;
}

export interface PollMessagesRequest extends TopicAddress {
  readonly consumer: Consumer;
  /** When missing: partition 0 for a consumer; CLASSIC.md section 9 for a group. */
  readonly partitionId?: number;
  readonly strategy: PollingStrategy;
  /** At most so many messages. */
  readonly count: number;
  /** Whether the last offset returned is stored as processed. */
  readonly autoCommit: boolean;
  /** How long to wait when there is nothing to return, in milliseconds; not at all when missing. */
  readonly waitMs?: number;
  /** At most so many bytes, though one message always comes; only callers in this process say it. */
  readonly bytesMax?: number;
}

/** The first 16 bytes of a poll reply, always there. `count` messages follow. */
export interface PollMessagesHead {
  /** The partition read; `RESYNC_PARTITION_ID` tells a VSR group member to ask for its assignment again. */
  readonly partitionId: number;
  /** Of the partition's last message, 0 when it has none. */
  readonly currentOffset: number;
  readonly count: number;
}

export interface FlushUnsavedBufferRequest extends TopicAddress {
  readonly partitionId: number;
  /** Whether to wait for stable storage too. */
  readonly fsync: boolean;
}

/** `partitionId` of a fenced group poll (VSR.md section 9). */
export const RESYNC_PARTITION_ID = 0xffffffff;

export const SEND_MESSAGES_HEAD: Codec<SendMessagesHead> = {
  encode(writer, head) {
    const lengthAt = writer.length;
    writer.u32(0);
    IDENTIFIER.encode(writer, head.streamId);
    IDENTIFIER.encode(writer, head.topicId);
    PARTITIONING.encode(writer, head.partitioning);
    writer.u32(head.messagesCount);
    writer.patchU32(lengthAt, writer.length - lengthAt - 4);
  },
  decode(reader) {
    const announced = reader.u32();
    const start = reader.position;
    const head = {
      streamId: addressee(reader),
      topicId: addressee(reader),
      partitioning: PARTITIONING.decode(reader),
      messagesCount: reader.u32(),
    };
    const length = reader.position - start;
    if (length !== announced) {
      throw new WireError(
        INVALID_COMMAND,
        `Metadata of ${length} bytes is announced as ${announced}`,
      );
    }
    return head;
  },
};

export const POLL_MESSAGES_HEAD: Codec<PollMessagesHead> = {
  encode(writer, head) {
    writer.u32(head.partitionId);
    writer.u64(head.currentOffset);
    writer.u32(head.count);
  },
  decode(reader) {
    return { partitionId: reader.u32(), currentOffset: reader.u64Safe(), count: reader.u32() };
  },
};

const IGGY_POLL_MESSAGES = struct<Omit<PollMessagesRequest, "waitMs" | "bytesMax">>({
  consumer: CONSUMER,
  streamId: IDENTIFIER,
  topicId: IDENTIFIER,
  partitionId: OPTIONAL_PARTITION_ID,
  strategy: POLLING_STRATEGY,
  count: U32,
  autoCommit: BOOL,
});

/**
 * Iggy's body and, behind it, `u32 waitMs` where there is a wait: an extension of whippet's
 * (docs/extensions.md). No SDK of Iggy's sends it. Servers of Iggy's take no notice of it, the classic
 * ones because they ignore trailing bytes (CLASSIC.md section 1.3), those of VSR because their decoder
 * stops behind `auto_commit` (`WireDecode::decode_from` drops the count of bytes consumed).
 */
const POLL_MESSAGES_REQUEST: Codec<PollMessagesRequest> = {
  encode(writer, request) {
    IGGY_POLL_MESSAGES.encode(writer, request);
    if (request.waitMs) writer.u32(request.waitMs);
  },
  decode(reader) {
    const request = IGGY_POLL_MESSAGES.decode(reader);
    return reader.remaining < WAIT_BYTES ? request : { ...request, waitMs: reader.u32() };
  },
};

export const POLL_MESSAGES = bodies(POLL_MESSAGES_REQUEST, POLL_MESSAGES_HEAD);

/** Whether the body of a poll asks to wait; one that does not decode asks for nothing. */
export function asksToWait(body: Uint8Array): boolean {
  try {
    return (POLL_MESSAGES_REQUEST.decode(new WireReader(body)).waitMs ?? 0) > 0;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return false;
  }
}

const WAIT_BYTES = 4;

const CONFIRMATIONS = counted(struct<SendMessagesConfirmation>({
  streamId: U32,
  topicId: U32,
  partitionId: U32,
  baseOffset: U64_SAFE,
}));

/** An empty answer: committed, offsets not told (VSR.md section 8.3). */
const CONFIRMATIONS_OR_NOTHING: Codec<readonly SendMessagesConfirmation[]> = {
  encode: (writer, value) => CONFIRMATIONS.encode(writer, value),
  decode: (reader) => reader.remaining === 0 ? [] : CONFIRMATIONS.decode(reader),
};

export const SEND_MESSAGES = bodies(SEND_MESSAGES_HEAD, {
  classic: absent<readonly SendMessagesConfirmation[]>([]),
  vsr_0_11: CONFIRMATIONS_OR_NOTHING,
});

export const FLUSH_UNSAVED_BUFFER = bodies(
  struct<FlushUnsavedBufferRequest>({
    streamId: IDENTIFIER,
    topicId: IDENTIFIER,
    partitionId: U32,
    fsync: BOOL,
  }),
  EMPTY,
);

/** CLASSIC.md section 13.1: a malformed identifier of a send is answered with a code of its own. */
function addressee(reader: WireReader): Identifier {
  try {
    return IDENTIFIER.decode(reader);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new WireError(INVALID_IDENTIFIER, error.message, { cause: error });
  }
}
