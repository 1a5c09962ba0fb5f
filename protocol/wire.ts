/**
 * Little-endian cursors over the caller's memory. A reader never copies: what it hands out are
 * views, valid as long as the memory below them.
 *
 * @module
 */
import { WireError } from "./errors.ts";
import { INVALID_COMMAND, INVALID_FORMAT } from "./error_codes.ts";

/** Takes a byte order mark for a character, or two names would read as one. */
const UTF8_STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const UTF8 = new TextEncoder();

/** Reads fields one after another; throws {@link WireError} when the bytes end early. */
export class WireReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #position: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = start;
    this.#end = end;
  }

  /** Where the next field starts, counted from the start of `bytes`. */
  get position(): number {
    return this.#position;
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.#end - this.#position;
  }

  u8(): number {
    return this.bytes[this.#take(1)];
  }

  /** Nonzero is true (CLASSIC.md, conventions). */
  bool(): boolean {
    return this.u8() !== 0;
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  f32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  /** A u64 that may pass 2^53: ids, checksums, "never". */
  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  /** A u64 that is an offset, a size or a time: refused with `INVALID_FORMAT` beyond 2^53 - 1. */
  u64Safe(): number {
    const at = this.#take(8);
    const high = this.#view.getUint32(at + 4, true);
    if (high > 0x1fffff) {
      throw new WireError(INVALID_FORMAT, `Number at byte ${at} is beyond 2^53`);
    }
    return high * 0x100000000 + this.#view.getUint32(at, true);
  }

  /** A u64 of which only the safe range matters: 2^53 - 1 stands for all beyond it. */
  u64Clamped(): number {
    const at = this.#take(8);
    const high = this.#view.getUint32(at + 4, true);
    if (high > 0x1fffff) return Number.MAX_SAFE_INTEGER;
    return high * 0x100000000 + this.#view.getUint32(at, true);
  }

  u128(): bigint {
    const at = this.#take(16);
    return (this.#view.getBigUint64(at + 8, true) << 64n) | this.#view.getBigUint64(at, true);
  }

  /** A view of the next `length` bytes. */
  view(length: number): Uint8Array {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** A view of all that is left. */
  rest(): Uint8Array {
    return this.view(this.remaining);
  }

  skip(length: number): void {
    this.#take(length);
  }

  /** `u8 length` and as many UTF-8 bytes, at least one ("name8"). */
  name8(): string {
    const length = this.u8();
    if (length === 0) throw new WireError(INVALID_FORMAT, "Name is empty");
    return this.#text(length);
  }

  /** `u8 length` and as many UTF-8 bytes, possibly none. */
  text8(): string {
    return this.#text(this.u8());
  }

  /** `u32 length` and as many UTF-8 bytes, possibly none ("str32"). */
  str32(): string {
    return this.#text(this.u32());
  }

  #text(length: number): string {
    const at = this.#take(length);
    if (length <= SHORT_TEXT_BYTES) {
      const text = asciiAt(this.bytes, at, at + length);
      if (text !== undefined) return text;
    }
    try {
      return UTF8_STRICT.decode(this.bytes.subarray(at, at + length));
    } catch {
      throw new WireError(INVALID_COMMAND, `Text of ${length} bytes is not UTF-8`);
    }
  }

  #take(length: number): number {
    const at = this.#position;
    if (length > this.#end - at) {
      throw new WireError(
        INVALID_COMMAND,
        `Field of ${length} bytes at byte ${at} passes the end at ${this.#end}`,
      );
    }
    this.#position = at + length;
    return at;
  }
}

/** Writes fields one after another into memory of its own that grows as needed. */
export class WireWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  /** What was written, as a view of the writer's memory: valid until the next write. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was written and keeps the memory. */
  clear(): void {
    this.#length = 0;
  }

  /** Forgets all but the first `length` bytes: a body that could not be written to its end. */
  rewind(length: number): void {
    this.#length = length;
  }

  u8(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  bool(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  u16(value: number): void {
    const at = this.#reserve(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, true);
  }

  f32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setFloat32(at, value, true);
  }

  u64(value: bigint | number): void {
    const at = this.#reserve(8);
    if (typeof value === "bigint") {
      this.#view.setBigUint64(at, value, true);
    } else {
      this.#view.setUint32(at, value, true);
      this.#view.setUint32(at + 4, Math.floor(value / 0x100000000), true);
    }
  }

  u128(value: bigint): void {
    const at = this.#reserve(16);
    this.#view.setBigUint64(at, value, true);
    this.#view.setBigUint64(at + 8, value >> 64n, true);
  }

  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
  }

  zeros(length: number): void {
    const at = this.#reserve(length);
    this.#bytes.fill(0, at, at + length);
  }

  /** `u8 length` and UTF-8 bytes; 1 to 255 of them ("name8"). */
  name8(value: string): void {
    if (value === "") throw new WireError(INVALID_FORMAT, "Name is empty");
    this.text8(value);
  }

  /** `u8 length` and UTF-8 bytes; at most 255. */
  text8(value: string): void {
    const bytes = UTF8.encode(value);
    if (bytes.length > 255) {
      throw new WireError(INVALID_FORMAT, `Name of ${bytes.length} bytes is longer than 255`);
    }
    this.u8(bytes.length);
    this.bytes(bytes);
  }

  /** `u32 length` and UTF-8 bytes ("str32"). */
  str32(value: string): void {
    const bytes = UTF8.encode(value);
    this.u32(bytes.length);
    this.bytes(bytes);
  }

  /** Overwrites the u32 at `at`, for a length that is known only afterwards. */
  patchU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  #reserve(length: number): number {
    const at = this.#length;
    const needed = at + length;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#length = needed;
    return at;
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** The u32 at `at`, for headers that are read where they lie. */
export function u32At(bytes: Uint8Array, at: number): number {
  return (bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24) >>> 0;
}

/** The u64 at `at`; 2^53 - 1 stands for all beyond it. */
export function u64At(bytes: Uint8Array, at: number): number {
  const value = u32At(bytes, at + 4) * 0x100000000 + u32At(bytes, at);
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

/** The u128 at `at`. */
export function u128At(bytes: Uint8Array, at: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 16);
  return view.getBigUint64(8, true) << 64n | view.getBigUint64(0, true);
}

/** The text in `[at, end)`; `undefined` when not all of it is ASCII. */
function asciiAt(bytes: Uint8Array, at: number, end: number): string | undefined {
  let text = "";
  for (; at < end; at++) {
    const code = bytes[at];
    if (code > 127) return undefined;
    text += String.fromCharCode(code);
  }
  return text;
}

/** Up to here it is faster to put a text together than to call the decoder: names of streams and topics. */
const SHORT_TEXT_BYTES = 32;
