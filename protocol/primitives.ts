/**
 * The small values that many commands share: who, where, from which offset (CLASSIC.md section 3).
 * They look the same in both protocols.
 *
 * @module
 */
import type { Codec } from "./command.ts";
import { INVALID_COMMAND, INVALID_FORMAT, INVALID_IDENTIFIER } from "./error_codes.ts";
import { WireError } from "./errors.ts";
import { oneOf } from "./fields.ts";
import type { WireReader, WireWriter } from "./wire.ts";

/** A thing by its number (u32) or by its exact name (1 to 255 bytes); digits in a string are a name. */
export type Identifier = number | string;

/** Who reads: a consumer of its own, or a consumer group of the topic. */
export interface Consumer {
  readonly kind: ConsumerKind;
  readonly id: Identifier;
}

export type ConsumerKind = (typeof CONSUMER_KIND_NAMES)[number];

/** Where a poll starts. */
export interface PollingStrategy {
  readonly kind: PollingKind;
  /** `offset`: that offset; `timestamp`: micros since the Unix epoch; otherwise 0. */
  readonly value: number;
}

export type PollingKind = (typeof POLLING_KIND_NAMES)[number];

/** Which partition a send goes to. */
export type Partitioning =
  | { readonly kind: "balanced" }
  | { readonly kind: "partition_id"; readonly partitionId: number }
  /** `key`: 1 to 255 bytes. */
  | { readonly kind: "messages_key"; readonly key: Uint8Array };

/** CLASSIC.md section 3.1: `u8 kind, u8 length, value`. */
export const IDENTIFIER: Codec<Identifier> = {
  encode(writer, value) {
    if (typeof value === "number") {
      expectU32(value);
      writer.u8(NUMERIC);
      writer.u8(4);
      writer.u32(value);
    } else {
      writer.u8(NAMED);
      writer.name8(value);
    }
  },
  decode(reader) {
    const kind = reader.u8();
    switch (kind) {
      case NUMERIC:
        expectLength(reader, 4, INVALID_FORMAT);
        return reader.u32();
      case NAMED:
        return reader.name8();
      default:
        throw new WireError(INVALID_COMMAND, `Identifier kind ${kind} does not exist`);
    }
  },
};

/** CLASSIC.md section 3.2: `u8 kind`, identifier. */
export const CONSUMER: Codec<Consumer> = {
  encode(writer, value) {
    CONSUMER_KIND.encode(writer, value.kind);
    IDENTIFIER.encode(writer, value.id);
  },
  decode(reader) {
    return { kind: CONSUMER_KIND.decode(reader), id: IDENTIFIER.decode(reader) };
  },
};

/** CLASSIC.md section 3.3: `u8 flag` (only 1 is present), `u32 value` in either case. */
export const OPTIONAL_PARTITION_ID: Codec<number | undefined> = {
  encode(writer, value) {
    writer.u8(value === undefined ? 0 : 1);
    writer.u32(value ?? 0);
  },
  decode(reader) {
    const present = reader.u8() === 1;
    const value = reader.u32();
    return present ? value : undefined;
  },
};

/** CLASSIC.md section 3.4: `u8 kind, u64 value`; a value past 2^53 is past every offset and time. */
export const POLLING_STRATEGY: Codec<PollingStrategy> = {
  encode(writer, value) {
    POLLING_KIND.encode(writer, value.kind);
    writer.u64(value.value);
  },
  decode(reader) {
    return { kind: POLLING_KIND.decode(reader), value: reader.u64Clamped() };
  },
};

/** CLASSIC.md section 3.5: `u8 kind, u8 length, value`. */
export const PARTITIONING: Codec<Partitioning> = {
  encode: encodePartitioning,
  decode: decodePartitioning,
};

function encodePartitioning(writer: WireWriter, value: Partitioning): void {
  switch (value.kind) {
    case "balanced":
      writer.u8(BALANCED);
      writer.u8(0);
      return;
    case "partition_id":
      writer.u8(PARTITION_ID);
      writer.u8(4);
      writer.u32(value.partitionId);
      return;
    case "messages_key":
      if (value.key.length < 1 || value.key.length > 255) {
        throw new WireError(INVALID_COMMAND, `Key of ${value.key.length} bytes is not 1 to 255`);
      }
      writer.u8(MESSAGES_KEY);
      writer.u8(value.key.length);
      writer.bytes(value.key);
      return;
  }
}

function decodePartitioning(reader: WireReader): Partitioning {
  const kind = reader.u8();
  switch (kind) {
    case BALANCED:
      expectLength(reader, 0, INVALID_COMMAND);
      return { kind: "balanced" };
    case PARTITION_ID:
      expectLength(reader, 4, INVALID_COMMAND);
      return { kind: "partition_id", partitionId: reader.u32() };
    case MESSAGES_KEY: {
      const length = reader.u8();
      if (length === 0) throw new WireError(INVALID_COMMAND, "Key is empty");
      return { kind: "messages_key", key: reader.view(length) };
    }
    default:
      throw new WireError(INVALID_COMMAND, `Partitioning kind ${kind} does not exist`);
  }
}

function expectU32(id: number): void {
  if (Number.isInteger(id) && id >= 0 && id <= 0xffffffff) return;
  throw new WireError(INVALID_IDENTIFIER, `Identifier ${id} is not an integer from 0 to 2^32 - 1`);
}

function expectLength(reader: WireReader, expected: number, code: number): void {
  const length = reader.u8();
  if (length !== expected) {
    throw new WireError(code, `Value of ${length} bytes is not ${expected} bytes long`);
  }
}

const NUMERIC = 1;
const NAMED = 2;

const BALANCED = 1;
const PARTITION_ID = 2;
const MESSAGES_KEY = 3;

const CONSUMER_KIND_NAMES = ["consumer", "consumer_group"] as const;
const CONSUMER_KIND = oneOf("Consumer kind", CONSUMER_KIND_NAMES);

const POLLING_KIND_NAMES = ["offset", "timestamp", "first", "last", "next"] as const;
const POLLING_KIND = oneOf("Polling kind", POLLING_KIND_NAMES);
