/**
 * Messages as objects, for clients and tests: what a producer sends and what a poll brings, in both
 * forms. A node never uses this; it works on whole batches (`message.ts`).
 *
 * @module
 */
import type { Dialect } from "./command.ts";
import {
  INVALID_COMMAND,
  INVALID_MESSAGE_PAYLOAD_LENGTH,
  INVALID_MESSAGE_TIMESTAMP_DELTA,
  INVALID_MESSAGES_COUNT,
  INVALID_RESERVED_FIELD,
  TOO_BIG_MESSAGE_PAYLOAD,
  TOO_BIG_USER_HEADERS,
} from "./error_codes.ts";
import { IggyError, WireError } from "./errors.ts";
import {
  BATCH_HEADER_BYTES,
  batchChecksum,
  batchHeader,
  CLASSIC_HEADER_BYTES,
  frameLength,
  MESSAGE_PAYLOAD_BYTES_MAX,
  USER_HEADERS_BYTES_MAX,
  type Xxh3,
} from "./message.ts";
import { BATCH_RESERVED, FRAME_CHECKSUM, FRAME_ID } from "./message_layout.ts";
import type { WireReader, WireWriter } from "./wire.ts";

/** A message to send. */
export interface OutgoingMessage {
  /** u128. 0: a classic server makes one up, a VSR server keeps the 0. */
  readonly id: bigint;
  /** When it was made, micros. */
  readonly originTimestamp: number;
  /** 1 to 64,000,000 bytes. */
  readonly payload: Uint8Array;
  /** At most 100,000 bytes, as `encodeUserHeaders` makes them. */
  readonly userHeaders?: Uint8Array;
}

/** A message of a poll. */
export interface Message {
  /** u128. */
  readonly id: bigint;
  readonly offset: number;
  /** When the server appended it, micros. */
  readonly timestamp: number;
  /** When its producer made it, micros; rounded where a producer claims a time beyond 2^53. */
  readonly originTimestamp: number;
  /** As it came, unverified: over the frame (VSR) or over the whole classic form. */
  readonly checksum: bigint;
  /** A view of the reader's memory. */
  readonly payload: Uint8Array;
  /** A view of the reader's memory, empty when there are none; for `decodeUserHeaders`. */
  readonly userHeaders: Uint8Array;
}

/** Messages on the wire of one dialect: the tail of a send, and of a poll reply. */
export interface MessagesCodec {
  /**
   * Appends what follows the head of a send. Throws `IggyError`: 4009 no messages, 4025 empty
   * payload, 4022 payload or 4017 user headers too long, 4038 origin timestamps more than 2^32 - 1
   * micros apart (VSR).
   */
  encode(writer: WireWriter, messages: readonly OutgoingMessage[], xxh3: Xxh3): void;
  /** Reads what follows the head of a poll reply, to its end. Throws `WireError` 3 or 4101. */
  decode(reader: WireReader): Generator<Message, void, undefined>;
}

export const MESSAGES: Record<Dialect, MessagesCodec> = {
  classic: { encode: encodeClassic, decode: decodeClassic },
  vsr_0_11: { encode: encodeBatch, decode: decodeBatches },
};

/** Index section and messages section (CLASSIC.md section 6). */
function encodeClassic(writer: WireWriter, messages: readonly OutgoingMessage[]): void {
  checkMessages(messages);
  let end = 0;
  for (const { payload, userHeaders = NO_BYTES } of messages) {
    end += CLASSIC_HEADER_BYTES + payload.length + userHeaders.length;
    writer.u32(0);
    writer.u32(end);
    writer.u64(0);
  }
  for (const { id, originTimestamp, payload, userHeaders = NO_BYTES } of messages) {
    writer.u64(0);
    writer.u128(id);
    writer.u64(0);
    writer.u64(0);
    writer.u64(originTimestamp);
    writer.u32(userHeaders.length);
    writer.u32(payload.length);
    writer.u64(0);
    writer.bytes(payload);
    writer.bytes(userHeaders);
  }
}

/** CLASSIC.md sections 6.1 and 9. */
function* decodeClassic(reader: WireReader): Generator<Message, void, undefined> {
  while (reader.remaining > 0) {
    const checksum = reader.u64();
    const id = reader.u128();
    const offset = reader.u64Safe();
    const timestamp = reader.u64Safe();
    const originTimestamp = Number(reader.u64());
    const userHeadersLength = reader.u32();
    const payloadLength = reader.u32();
    expectReserved(reader, 8);
    const payload = reader.view(payloadLength);
    const userHeaders = reader.view(userHeadersLength);
    yield { id, offset, timestamp, originTimestamp, checksum, payload, userHeaders };
  }
}

/** A producer's batch: header, frames, then the checksums over them (VSR.md section 8). */
function encodeBatch(writer: WireWriter, messages: readonly OutgoingMessage[], xxh3: Xxh3): void {
  checkMessages(messages);
  const batch = writer.length;
  const earliest = earliestOrigin(messages);
  writer.zeros(BATCH_HEADER_BYTES);
  for (const [index, message] of messages.entries()) {
    const { id, originTimestamp, payload, userHeaders = NO_BYTES } = message;
    writer.u64(0);
    writer.u128(id);
    writer.u32(index);
    writer.u32(originTimestamp - earliest);
    writer.u32(userHeaders.length);
    writer.u32(payload.length);
    writer.u64(0);
    writer.bytes(payload);
    writer.bytes(userHeaders);
  }
  sealBatch(writer.written, batch, messages.length, earliest, xxh3);
}

/** Fills in the header of the batch at `batch`, which goes to the end of `bytes`, and its checksums. */
function sealBatch(
  bytes: Uint8Array,
  batch: number,
  messageCount: number,
  originTimestamp: number,
  xxh3: Xxh3,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let frame = batch + BATCH_HEADER_BYTES; frame < bytes.length;) {
    const end = frame + frameLength(view, frame);
    const checksum = xxh3(bytes.subarray(frame + FRAME_ID, end));
    view.setBigUint64(frame + FRAME_CHECKSUM, checksum, true);
    frame = end;
  }
  batchHeader.setOriginTimestamp(view, batch, originTimestamp);
  batchHeader.setLength(view, batch, bytes.length - batch);
  batchHeader.setMessageCount(view, batch, messageCount);
  batchHeader.setChecksum(view, batch, batchChecksum(bytes, batch, xxh3));
}

/** Batches or slices of batches, back to back (VSR.md section 9). */
function* decodeBatches(reader: WireReader): Generator<Message, void, undefined> {
  while (reader.remaining > 0) {
    const start = reader.position;
    reader.skip(8);
    const baseOffset = reader.u64Safe();
    const timestamp = reader.u64Safe();
    const origin = reader.u64();
    const length = reader.u64Safe();
    reader.skip(8);
    const messageCount = reader.u32();
    expectReserved(reader, BATCH_HEADER_BYTES - BATCH_RESERVED);
    for (let index = 0; index < messageCount; index++) {
      const checksum = reader.u64();
      const id = reader.u128();
      const offset = baseOffset + reader.u32();
      const originTimestamp = Number(origin + BigInt(reader.u32()));
      const userHeadersLength = reader.u32();
      const payloadLength = reader.u32();
      expectReserved(reader, 8);
      const payload = reader.view(payloadLength);
      const userHeaders = reader.view(userHeadersLength);
      yield { id, offset, timestamp, originTimestamp, checksum, payload, userHeaders };
    }
    if (reader.position - start !== length) {
      throw new WireError(
        INVALID_COMMAND,
        `Batch of ${reader.position - start} bytes says it has ${length}`,
      );
    }
  }
}

/** What every client refuses to send (CLASSIC.md section 6, VSR.md section 8.2). */
function checkMessages(messages: readonly OutgoingMessage[]): void {
  if (messages.length === 0) {
    throw new IggyError(INVALID_MESSAGES_COUNT, "There are no messages to send");
  }
  for (const { payload, userHeaders = NO_BYTES } of messages) {
    if (payload.length === 0) {
      throw new IggyError(INVALID_MESSAGE_PAYLOAD_LENGTH, "Payload is empty");
    }
    if (payload.length > MESSAGE_PAYLOAD_BYTES_MAX) {
      throw new IggyError(
        TOO_BIG_MESSAGE_PAYLOAD,
        `Payload of ${payload.length} bytes is longer than ${MESSAGE_PAYLOAD_BYTES_MAX}`,
      );
    }
    if (userHeaders.length > USER_HEADERS_BYTES_MAX) {
      throw new IggyError(
        TOO_BIG_USER_HEADERS,
        `User headers of ${userHeaders.length} bytes are longer than ${USER_HEADERS_BYTES_MAX}`,
      );
    }
  }
}

/** The earliest origin timestamp, from which the others are told as a u32 of micros. */
function earliestOrigin(messages: readonly OutgoingMessage[]): number {
  let earliest = messages[0].originTimestamp;
  let latest = earliest;
  for (const { originTimestamp } of messages) {
    earliest = Math.min(earliest, originTimestamp);
    latest = Math.max(latest, originTimestamp);
  }
  if (latest - earliest > U32_MAX) {
    throw new IggyError(
      INVALID_MESSAGE_TIMESTAMP_DELTA,
      `Messages made ${latest - earliest} micros apart do not fit one batch`,
    );
  }
  return earliest;
}

function expectReserved(reader: WireReader, length: number): void {
  const at = reader.position;
  if (reader.view(length).some((byte) => byte !== 0)) {
    throw new WireError(INVALID_RESERVED_FIELD, `Reserved field at byte ${at} is not zero`);
  }
}

const U32_MAX = 0xffffffff;
const NO_BYTES = new Uint8Array(0);
