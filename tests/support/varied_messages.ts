/**
 * Messages of every size and with every kind of user header, and what must come back of them.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { xxh3 } from "../../lib/log/checksum.ts";
import type { Message, OutgoingMessage } from "../../protocol/message_codec.ts";
import {
  encodeUserHeaders,
  type HeaderField,
  type HeaderKind,
  type HeaderTypes,
  type UserHeader,
} from "../../protocol/user_headers.ts";
import type { Random } from "./random.ts";

/** Makes messages: sizes from 1 byte to 1 MiB, as many between 1 and 2 as between 512 Ki and 1 Mi. */
export class VariedMessages {
  readonly #random: Random;
  /** All payloads are pieces of it. */
  readonly #noise = new Uint8Array(2 * PAYLOAD_BYTES_MAX);
  #made = 0;

  constructor(random: Random) {
    this.#random = random;
    random.fill(this.#noise);
  }

  /**
   * A batch of `count`. With `ages` their origin timestamps lie up to a year apart, more than one
   * batch of VSR can say; otherwise up to an hour.
   */
  batch(count: number, { ages = false } = {}): OutgoingMessage[] {
    const spanMicros = (ages ? 365 * 24 : 1) * 3_600_000_000;
    return Array.from({ length: count }, () => ({
      // A u128 with both halves in use.
      id: BigInt(++this.#made) << 64n | BigInt(this.#random.below(2 ** 32)),
      originTimestamp: EPOCH_MICROS +
        this.#random.below(2 ** 20) * Math.floor(spanMicros / 2 ** 20),
      payload: this.#payload(),
      userHeaders: this.#random.below(2) === 0 ? undefined : this.#headers(),
    }));
  }

  #payload(): Uint8Array {
    const length = Math.floor(PAYLOAD_BYTES_MAX ** (this.#random.below(2 ** 20) / (2 ** 20 - 1)));
    const start = this.#random.below(PAYLOAD_BYTES_MAX);
    return this.#noise.subarray(start, start + length);
  }

  #headers(): Uint8Array {
    const headers = Array.from({ length: this.#random.between(1, 8) }, (): UserHeader => ({
      key: this.#field(),
      value: this.#field(),
    }));
    return encodeUserHeaders(headers);
  }

  #field(): HeaderField {
    const kind = this.#random.pick(Object.keys(VALUES) as HeaderKind[]);
    const bytes = new Uint8Array(this.#random.between(16, 255));
    this.#random.fill(bytes);
    return { kind, value: VALUES[kind](bytes) } as HeaderField;
  }
}

/** What is remembered of a message that was sent, its bytes as hashes. */
export class SentMessage {
  readonly #id: bigint;
  readonly #originTimestamp: number;
  readonly #payloadBytes: number;
  readonly #payloadHash: bigint;
  readonly #userHeaders: Uint8Array;
  /** Given by the node; known once it was polled. */
  timestamp: number | undefined;

  constructor({ id, originTimestamp, payload, userHeaders }: OutgoingMessage) {
    this.#id = id;
    this.#originTimestamp = originTimestamp;
    this.#payloadBytes = payload.length;
    this.#payloadHash = xxh3(payload);
    this.#userHeaders = userHeaders ?? new Uint8Array();
  }

  /** Fails unless `message` is this one, with the timestamp it had whenever it was polled before. */
  expect(message: Message): void {
    this.timestamp ??= message.timestamp;
    assertEquals(message.id, this.#id);
    assertEquals(message.timestamp, this.timestamp);
    assertEquals(message.originTimestamp, this.#originTimestamp);
    assertEquals(message.userHeaders, this.#userHeaders);
    assertEquals(message.payload.length, this.#payloadBytes);
    assertEquals(xxh3(message.payload), this.#payloadHash);
  }
}

/** A value of each kind out of at least 16 random bytes. */
const VALUES: { readonly [Kind in HeaderKind]: (bytes: Uint8Array) => HeaderTypes[Kind] } = {
  raw: (bytes) => bytes,
  string: (bytes) => Array.from(bytes.subarray(0, 60), (byte) => TEXT[byte % TEXT.length]).join(""),
  bool: ([byte]) => byte > 127,
  int8: (bytes) => viewOf(bytes).getInt8(0),
  int16: (bytes) => viewOf(bytes).getInt16(0),
  int32: (bytes) => viewOf(bytes).getInt32(0),
  int64: (bytes) => viewOf(bytes).getBigInt64(0),
  int128: (bytes) => BigInt.asIntN(128, u128(bytes)),
  uint8: ([byte]) => byte,
  uint16: (bytes) => viewOf(bytes).getUint16(0),
  uint32: (bytes) => viewOf(bytes).getUint32(0),
  uint64: (bytes) => viewOf(bytes).getBigUint64(0),
  uint128: u128,
  float32: (bytes) => Math.fround(viewOf(bytes).getInt32(0)),
  float64: (bytes) => viewOf(bytes).getInt32(0) / 3,
};

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function u128(bytes: Uint8Array): bigint {
  return viewOf(bytes).getBigUint64(0) << 64n | viewOf(bytes).getBigUint64(8);
}

/** Characters of one to four bytes of UTF-8. */
const TEXT = [..."aZ0 _ßñ€☃漢字🦜"];
const PAYLOAD_BYTES_MAX = 1024 * 1024;
const EPOCH_MICROS = 1_700_000_000_000_000;
