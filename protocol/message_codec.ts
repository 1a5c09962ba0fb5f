/**
 * Messages as objects, for clients and tests.
 *
 * @module
 */
import type { Xxh3 } from "./message.ts";
import type { WireWriter } from "./wire.ts";

/** A message of a poll, in either form. */
export interface Message {
  readonly id: bigint;
  readonly offset: number;
  /** When the server appended it, micros. */
  readonly timestamp: number;
  /** When its producer made it, micros. */
  readonly originTimestamp: number;
  /** As it came: over the frame (VSR) or over the classic form (classic). */
  readonly checksum: bigint;
  /** A view. */
  readonly payload: Uint8Array;
  /** A view; empty when there are none. Decode with `user_headers.ts`. */
  readonly userHeaders: Uint8Array;
}

/** A message to send. */
export interface OutgoingMessage {
  /** 0 lets a classic server make one; a VSR server keeps 0. */
  readonly id: bigint;
  /** Micros. */
  readonly originTimestamp: number;
  readonly payload: Uint8Array;
  readonly userHeaders?: Uint8Array;
}

/** Appends a producer's batch (VSR.md section 8) of the messages. */
export function encodeBatch(
  _writer: WireWriter,
  _messages: readonly OutgoingMessage[],
  _xxh3: Xxh3,
): void {
  throw new Error("not yet");
}

/** Appends index section and messages section of a classic send (CLASSIC.md section 6). */
export function encodeClassicMessages(
  _writer: WireWriter,
  _messages: readonly OutgoingMessage[],
): void {
  throw new Error("not yet");
}

/** The messages of batches back to back, as in a VSR poll reply from its byte 16 on. */
export function* decodeBatches(_bytes: Uint8Array): Generator<Message> {
  throw new Error("not yet");
}

/** The messages of a classic poll reply from its byte 16 on. */
export function* decodeClassicMessages(_bytes: Uint8Array): Generator<Message> {
  throw new Error("not yet");
}
