/**
 * Big-endian cursors for TLS structures (RFC 8446 §3). A reader hands out views and never copies.
 *
 * @module
 */
import { TlsError } from "./alert.ts";

/** Reads fields one after another; a structure that ends early or late is a `decode_error`. */
export class TlsReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #position: number;
  readonly #end: number;

  /** @param what names the structure in errors */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
    this.#position = 0;
    this.#end = bytes.length;
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.#end - this.#position;
  }

  /** Bytes before the next field. */
  get position(): number {
    return this.#position;
  }

  u8(): number {
    return this.#bytes[this.#take(1)];
  }

  u16(): number {
    const at = this.#take(2);
    return this.#bytes[at] << 8 | this.#bytes[at + 1];
  }

  u24(): number {
    const at = this.#take(3);
    return this.#bytes[at] << 16 | this.#bytes[at + 1] << 8 | this.#bytes[at + 2];
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  /** A view of the next `length` bytes. */
  view(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** A view of all that is left. */
  rest(): Uint8Array {
    return this.view(this.remaining);
  }

  /** `opaque x<min..2^8-1>`: a view. */
  vector8(min = 0): Uint8Array {
    return this.#atLeast(this.view(this.u8()), min);
  }

  /** `opaque x<min..2^16-1>`: a view. */
  vector16(min = 0): Uint8Array {
    return this.#atLeast(this.view(this.u16()), min);
  }

  /** `opaque x<min..2^24-1>`: a view. */
  vector24(min = 0): Uint8Array {
    return this.#atLeast(this.view(this.u24()), min);
  }

  /** `uint8 x<1..255>`. */
  u8List(): number[] {
    return [...this.vector8(1)];
  }

  /** `uint16 x<2..2^16-2>`. */
  u16List(): number[] {
    const bytes = this.vector16(2);
    if (bytes.length % 2 !== 0) throw this.#broken("A list of numbers has half a number");
    const list = new Array<number>(bytes.length / 2);
    for (let at = 0; at < list.length; at++) list[at] = bytes[2 * at] << 8 | bytes[2 * at + 1];
    return list;
  }

  /** A reader of what is left, which leaves this one where it is. */
  ahead(): TlsReader {
    return new TlsReader(this.#bytes.subarray(this.#position, this.#end), this.#what);
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.remaining > 0) throw this.#broken(`${this.remaining} bytes too many`);
  }

  #take(length: number): number {
    const at = this.#position;
    if (length > this.#end - at) {
      throw this.#broken(`${length} bytes wanted, ${this.#end - at} left`);
    }
    this.#position = at + length;
    return at;
  }

  #atLeast(bytes: Uint8Array, min: number): Uint8Array {
    if (bytes.length < min) throw this.#broken(`A field of ${bytes.length} bytes, at least ${min}`);
    return bytes;
  }

  #broken(why: string): TlsError {
    return new TlsError("decodeError", `${this.#what} cannot be decoded: ${why}`);
  }
}

/** Writes fields one after another into memory of its own. */
export class TlsWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** What was written: a view, valid until the next field. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#room(1);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    const at = this.#room(2);
    this.#bytes[at] = value >> 8;
    this.#bytes[at + 1] = value;
    return this;
  }

  u24(value: number): this {
    return this.u8(value >> 16).u16(value & 0xffff);
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value & 0xffff);
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** A field whose length, in `width` bytes, stands before it. */
  vector(width: 1 | 2 | 3, write: (writer: this) => void): this {
    const at = this.#room(width);
    write(this);
    const length = this.#length - at - width;
    if (length >= 2 ** (8 * width)) {
      throw new RangeError(`Field of ${length} bytes has a length of ${width} bytes`);
    }
    for (let index = 0; index < width; index++) {
      this.#bytes[at + index] = length >>> (8 * (width - 1 - index));
    }
    return this;
  }

  vector8(bytes: Uint8Array): this {
    return this.vector(1, () => this.bytes(bytes));
  }

  vector16(bytes: Uint8Array): this {
    return this.vector(2, () => this.bytes(bytes));
  }

  vector24(bytes: Uint8Array): this {
    return this.vector(3, () => this.bytes(bytes));
  }

  /** `uint16 x<0..2^16-2>`. */
  u16List(values: readonly number[]): this {
    return this.vector(2, () => values.forEach((value) => this.u16(value)));
  }

  #room(length: number): number {
    const at = this.#length;
    const end = at + length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.written);
      this.#bytes = larger;
    }
    this.#length = end;
    return at;
  }
}
