/**
 * What bodies are made of: codecs of single fields, and the ways to join them. A `struct` lists its
 * fields in wire order, so that its definition is its layout.
 *
 * @module
 */
import type { Codec } from "./command.ts";
import { INVALID_COMMAND } from "./error_codes.ts";
import { WireError } from "./errors.ts";

export const U8: Codec<number> = {
  encode: (writer, value) => writer.u8(value),
  decode: (reader) => reader.u8(),
};

export const U16: Codec<number> = {
  encode: (writer, value) => writer.u16(value),
  decode: (reader) => reader.u16(),
};

export const U32: Codec<number> = {
  encode: (writer, value) => writer.u32(value),
  decode: (reader) => reader.u32(),
};

/** A u64 that may pass 2^53: "never", "unlimited". */
export const U64: Codec<bigint> = {
  encode: (writer, value) => writer.u64(value),
  decode: (reader) => reader.u64(),
};

/** A u64 that is an offset, a size, a count or a time; refused beyond 2^53 - 1. */
export const U64_SAFE: Codec<number> = {
  encode: (writer, value) => writer.u64(value),
  decode: (reader) => reader.u64Safe(),
};

/** A u64 of which only the safe range matters: 2^53 - 1 stands for all beyond it. */
export const U64_CLAMPED: Codec<number> = {
  encode: (writer, value) => writer.u64(value),
  decode: (reader) => reader.u64Clamped(),
};

export const F32: Codec<number> = {
  encode: (writer, value) => writer.f32(value),
  decode: (reader) => reader.f32(),
};

export const BOOL: Codec<boolean> = {
  encode: (writer, value) => writer.bool(value),
  decode: (reader) => reader.bool(),
};

/** `u8 length` and 1 to 255 bytes of UTF-8. */
export const NAME8: Codec<string> = {
  encode: (writer, value) => writer.name8(value),
  decode: (reader) => reader.name8(),
};

/** `u8 length` and 0 to 255 bytes of UTF-8. */
export const TEXT8: Codec<string> = {
  encode: (writer, value) => writer.text8(value),
  decode: (reader) => reader.text8(),
};

/** `u32 length` and as many bytes of UTF-8. */
export const STR32: Codec<string> = {
  encode: (writer, value) => writer.str32(value),
  decode: (reader) => reader.str32(),
};

/** All bytes up to the end of the body, copied. */
export const REST: Codec<Uint8Array> = {
  encode: (writer, value) => writer.bytes(value),
  decode: (reader) => reader.rest().slice(),
};

/** Fields one after another, in the order in which `fields` names them. */
export function struct<T extends object>(fields: Fields<T>): Codec<T> {
  const rows = Object.entries(fields) as [keyof T, Codec<unknown>][];
  return {
    encode(writer, value) {
      for (const [name, codec] of rows) codec.encode(writer, value[name]);
    },
    decode(reader) {
      const value: Partial<Record<keyof T, unknown>> = {};
      for (const [name, codec] of rows) value[name] = codec.decode(reader);
      return value as T;
    },
  };
}

/** One codec for each field of `T`. */
export type Fields<T> = { readonly [Name in keyof Required<T>]: Codec<T[Name]> };

/** A field this layout has no bytes for: written as nothing, read as `value`. */
export function absent<T>(value: T): Codec<T> {
  return { encode() {}, decode: () => value };
}

/** A value and, behind it, something that carries no value of its own. */
export function followedBy<T>(codec: Codec<T>, tail: Codec<void>): Codec<T> {
  return {
    encode(writer, value) {
      codec.encode(writer, value);
      tail.encode(writer);
    },
    decode(reader) {
      const value = codec.decode(reader);
      tail.decode(reader);
      return value;
    },
  };
}

/** `u8 flag` and, when it is not 0, the value. */
export function flagged<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    encode(writer, value) {
      writer.bool(value !== undefined);
      if (value !== undefined) codec.encode(writer, value);
    },
    decode: (reader) => reader.bool() ? codec.decode(reader) : undefined,
  };
}

/** `u32 count` and as many values. */
export function counted<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    encode(writer, values) {
      writer.u32(values.length);
      for (const value of values) codec.encode(writer, value);
    },
    decode(reader) {
      return times(reader.u32(), () => codec.decode(reader));
    },
  };
}

/** `count` values. Grows with what was read: a count is a claim, no reason to take memory. */
export function times<T>(count: number, decode: () => T): T[] {
  const values: T[] = [];
  for (let read = 0; read < count; read++) values.push(decode());
  return values;
}

/** A `u32` that has one value for "none", which stands for `undefined`. */
export function u32Except(none: number): Codec<number | undefined> {
  return {
    encode: (writer, value) => writer.u32(value ?? none),
    decode(reader) {
      const value = reader.u32();
      return value === none ? undefined : value;
    },
  };
}

/** Words in counting order, or each with its byte. */
export type Words<W extends string> = readonly W[] | Readonly<Record<W, number>>;

export interface OneOfOptions {
  /** The byte of the first word of a list; 1 unless given. */
  readonly first?: number;
  /** The Iggy code for a byte that stands for no word; `INVALID_COMMAND` (CLASSIC.md section 1.3) unless given. */
  readonly code?: number;
}

/** A `u8` that stands for one of a few words. */
export function oneOf<W extends string>(
  what: string,
  words: Words<W>,
  { first = 1, code = INVALID_COMMAND }: OneOfOptions = {},
): Codec<W> {
  const byteOf = new Map<W, number>(
    Array.isArray(words)
      ? words.map((word, at) => [word, first + at])
      : Object.entries(words) as [W, number][],
  );
  const wordOf = new Map([...byteOf].map(([word, byte]) => [byte, word]));
  return {
    encode(writer, word) {
      const byte = byteOf.get(word);
      if (byte === undefined) throw new WireError(code, `${what} "${word}" does not exist`);
      writer.u8(byte);
    },
    decode(reader) {
      const byte = reader.u8();
      const word = wordOf.get(byte);
      if (word === undefined) throw new WireError(code, `${what} ${byte} does not exist`);
      return word;
    },
  };
}
