/**
 * User headers: typed keys and values that travel behind a payload. Opaque to a node, which never
 * looks inside; this is for clients. Format of CLASSIC.md section 6.3:
 *
 *     u8 key kind, u32 key length, key, u8 value kind, u32 value length, value, and so on to the end
 *
 * @module
 */
import type { Codec } from "./command.ts";
import {
  INVALID_HEADER_KEY,
  INVALID_HEADER_KIND,
  INVALID_HEADER_VALUE,
  TOO_BIG_USER_HEADERS,
} from "./error_codes.ts";
import { IggyError, WireError } from "./errors.ts";
import { USER_HEADERS_BYTES_MAX } from "./message_layout.ts";
import { WireReader, WireWriter } from "./wire.ts";

/** A typed key or value: `{ kind: "int32", value: -7 }`. */
export type HeaderField = {
  [Kind in HeaderKind]: { readonly kind: Kind; readonly value: HeaderTypes[Kind] };
}[HeaderKind];

/** One header. */
export interface UserHeader {
  readonly key: HeaderField;
  readonly value: HeaderField;
}

/** What each kind holds in TypeScript: integers beyond 32 bits are bigints. */
export interface HeaderTypes {
  /** 1 to 255 bytes. */
  raw: Uint8Array;
  /** 1 to 255 bytes of UTF-8. */
  string: string;
  bool: boolean;
  int8: number;
  int16: number;
  int32: number;
  int64: bigint;
  int128: bigint;
  uint8: number;
  uint16: number;
  uint32: number;
  uint64: bigint;
  uint128: bigint;
  float32: number;
  float64: number;
}

export type HeaderKind = keyof HeaderTypes;

/** A key or value of some kind as its bytes: 1 to 255, numbers little-endian. */
export interface RawHeaderField {
  readonly kind: HeaderKind;
  readonly bytes: Uint8Array;
}

/** One header as bytes. */
export interface RawUserHeader {
  readonly key: RawHeaderField;
  readonly value: RawHeaderField;
}

/**
 * The bytes of the headers, in the order given (the Rust client sorts by key, nobody relies on it).
 * Throws `IggyError`: 4018 for a key and 4019 for a value that does not fit its kind, 4017 for more
 * than 100,000 bytes.
 */
export function encodeUserHeaders(headers: readonly UserHeader[]): Uint8Array {
  const writer = new WireWriter();
  for (const { key, value } of headers) {
    writeField(writer, key, INVALID_HEADER_KEY);
    writeField(writer, value, INVALID_HEADER_VALUE);
  }
  return bounded(writer);
}

/** The same of headers that are bytes already. Throws as {@link encodeUserHeaders}. */
export function encodeRawHeaders(headers: readonly RawUserHeader[]): Uint8Array {
  const writer = new WireWriter();
  for (const { key, value } of headers) {
    writeRawField(writer, key, INVALID_HEADER_KEY);
    writeRawField(writer, value, INVALID_HEADER_VALUE);
  }
  return bounded(writer);
}

function bounded(writer: WireWriter): Uint8Array {
  if (writer.length > USER_HEADERS_BYTES_MAX) {
    throw new IggyError(
      TOO_BIG_USER_HEADERS,
      `User headers of ${writer.length} bytes are longer than ${USER_HEADERS_BYTES_MAX}`,
    );
  }
  return writer.written;
}

/**
 * The headers in `bytes`; what is not UTF-8 in a string becomes U+FFFD. Throws `WireError`: 4040 for
 * an unknown kind, 4018 or 4019 for a length that does not fit the kind, 3 when the bytes end early.
 */
export function decodeUserHeaders(bytes: Uint8Array): UserHeader[] {
  return decodeRawHeaders(bytes).map(({ key, value }) => ({
    key: field(key),
    value: field(value),
  }));
}

/** The headers in `bytes` as views of them. Throws as {@link decodeUserHeaders}. */
export function decodeRawHeaders(bytes: Uint8Array): RawUserHeader[] {
  const reader = new WireReader(bytes);
  const headers: RawUserHeader[] = [];
  while (reader.remaining > 0) {
    const key = readRawField(reader, INVALID_HEADER_KEY);
    const value = readRawField(reader, INVALID_HEADER_VALUE);
    headers.push({ key, value });
  }
  return headers;
}

/** One value by itself: `u8 kind, u32 length, value`. */
export const HEADER_FIELD: Codec<HeaderField> = {
  encode: (writer, field) => writeField(writer, field, INVALID_HEADER_VALUE),
  decode: (reader) => field(readRawField(reader, INVALID_HEADER_VALUE)),
};

function writeField<Kind extends HeaderKind>(
  writer: WireWriter,
  field: { readonly kind: Kind; readonly value: HeaderTypes[Kind] },
  fault: number,
): void {
  const codec: HeaderCodec<HeaderTypes[Kind]> = KINDS[field.kind];
  const bytes = codec.encode(field.value);
  if (bytes === undefined || bytes.length === 0 || bytes.length > FIELD_BYTES_MAX) {
    throw new IggyError(fault, `Value ${field.value} is not a header ${field.kind}`);
  }
  writer.u8(codec.code);
  writer.u32(bytes.length);
  writer.bytes(bytes);
}

function writeRawField(writer: WireWriter, { kind, bytes }: RawHeaderField, fault: number): void {
  checkLength(kind, bytes.length, (message) => new IggyError(fault, message));
  writer.u8(KINDS[kind].code);
  writer.u32(bytes.length);
  writer.bytes(bytes);
}

function readRawField(reader: WireReader, fault: number): RawHeaderField {
  const code = reader.u8();
  const kind = KIND_BY_CODE.get(code);
  if (kind === undefined) {
    throw new WireError(INVALID_HEADER_KIND, `Header kind ${code} is unknown`);
  }
  const length = reader.u32();
  checkLength(kind, length, (message) => new WireError(fault, message));
  return { kind, bytes: reader.view(length) };
}

function field({ kind, bytes }: RawHeaderField): HeaderField {
  return { kind, value: KINDS[kind].decode(bytes) } as HeaderField;
}

function checkLength(kind: HeaderKind, length: number, fault: (message: string) => Error): void {
  const expected = KINDS[kind].length;
  if (length === 0 || length > FIELD_BYTES_MAX || (expected !== 0 && length !== expected)) {
    throw fault(`Header ${kind} has ${length} bytes`);
  }
}

/** How one kind travels. */
interface HeaderCodec<T> {
  readonly code: number;
  /** Bytes of every value; 0: each has a length of its own, 1 to 255. */
  readonly length: number;
  /** The bytes; `undefined` when the value is out of range. */
  encode(value: T): Uint8Array | undefined;
  decode(bytes: Uint8Array): T;
}

function smallInteger(code: number, length: number, signed: boolean): HeaderCodec<number> {
  const wide = bigInteger(code, length, signed);
  return {
    code,
    length,
    encode: (value) => Number.isInteger(value) ? wide.encode(BigInt(value)) : undefined,
    decode: (bytes) => Number(wide.decode(bytes)),
  };
}

function bigInteger(code: number, length: number, signed: boolean): HeaderCodec<bigint> {
  const bits = 8 * length;
  const wrap = (value: bigint) => signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  return {
    code,
    length,
    encode(value) {
      if (wrap(value) !== value) return undefined;
      return Uint8Array.from({ length }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
    },
    decode: (bytes) => wrap(bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)),
  };
}

function float(code: number, length: 4 | 8): HeaderCodec<number> {
  return {
    code,
    length,
    encode(value) {
      const view = new DataView(new ArrayBuffer(length));
      if (length === 4) view.setFloat32(0, value, true);
      else view.setFloat64(0, value, true);
      return new Uint8Array(view.buffer);
    },
    decode(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, length);
      return length === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
    },
  };
}

const UTF8 = new TextEncoder();
const UTF8_LOSSY = new TextDecoder("utf-8", { ignoreBOM: true });

/** Longest key or value. */
const FIELD_BYTES_MAX = 255;

const KINDS: { readonly [Kind in HeaderKind]: HeaderCodec<HeaderTypes[Kind]> } = {
  raw: { code: 1, length: 0, encode: (value) => value, decode: (bytes) => bytes.slice() },
  string: {
    code: 2,
    length: 0,
    encode: (value) => UTF8.encode(value),
    decode: (bytes) => UTF8_LOSSY.decode(bytes),
  },
  bool: {
    code: 3,
    length: 1,
    encode: (value) => Uint8Array.of(value ? 1 : 0),
    decode: (bytes) => bytes[0] !== 0,
  },
  int8: smallInteger(4, 1, true),
  int16: smallInteger(5, 2, true),
  int32: smallInteger(6, 4, true),
  int64: bigInteger(7, 8, true),
  int128: bigInteger(8, 16, true),
  uint8: smallInteger(9, 1, false),
  uint16: smallInteger(10, 2, false),
  uint32: smallInteger(11, 4, false),
  uint64: bigInteger(12, 8, false),
  uint128: bigInteger(13, 16, false),
  float32: float(14, 4),
  float64: float(15, 8),
};

/** All kinds. */
export const HEADER_KINDS = Object.keys(KINDS) as [HeaderKind, ...HeaderKind[]];

const KIND_BY_CODE = new Map(HEADER_KINDS.map((kind) => [KINDS[kind].code, kind]));
