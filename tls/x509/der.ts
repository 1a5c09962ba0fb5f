/**
 * DER (X.690): a strict reader and a small writer. What has two encodings is accepted in one only,
 * so that what was signed and what was understood are the same.
 *
 * @module
 */

/** Bytes that are not the DER that was asked for. */
export class DerError extends Error {
  override readonly name = "DerError";

  constructor(
    message: string,
    /** Where, in bytes from the start of the outermost element. */
    readonly offset: number,
  ) {
    super(`${message} at byte ${offset}`);
  }
}

/** Identifier octets of X.690 §8.1.2; the constructed bit is included where DER demands it. */
export const Tag = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  PRINTABLE_STRING: 0x13,
  TELETEX_STRING: 0x14,
  IA5_STRING: 0x16,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  UNIVERSAL_STRING: 0x1c,
  BMP_STRING: 0x1e,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** Context-specific tag `[number]` with a primitive content, as IMPLICIT gives to strings. */
export function contextPrimitive(number: number): number {
  return 0x80 | number;
}

/** Context-specific tag `[number]` with a constructed content: EXPLICIT, or IMPLICIT of a SEQUENCE. */
export function contextConstructed(number: number): number {
  return 0xa0 | number;
}

/** One element: views into what was read. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
}

/** A bit string; bit 0 is the most significant of the first byte. */
export interface BitString {
  readonly bytes: Uint8Array;
  /** 0 to 7 bits at the end of the last byte, which are zero, do not count. */
  readonly unusedBits: number;
}

/**
 * A cursor over a row of elements. Every call reads one element and moves on, or throws a
 * {@link DerError}. Invariant: `start <= #at <= end`, and nothing outside is ever looked at.
 */
export class DerReader {
  readonly #bytes: Uint8Array;
  readonly #base: number;
  readonly #depth: number;
  #at = 0;

  /** `base` and `depth` are for readers inside of others: where `bytes` begins, and how deep. */
  constructor(bytes: Uint8Array, base = 0, depth = 0) {
    if (depth > DEPTH_MAX) throw new DerError(`More than ${DEPTH_MAX} levels of elements`, base);
    this.#bytes = bytes;
    this.#base = base;
    this.#depth = depth;
  }

  /** Reads `bytes` as one element with this tag, with nothing behind it. */
  static whole<T>(bytes: Uint8Array, tag: number, read: (content: DerReader) => T): T {
    const reader = new DerReader(bytes);
    const value = reader.inside(tag, read);
    reader.end();
    return value;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Where the next element begins, counted from the outermost element. */
  get offset(): number {
    return this.#base + this.#at;
  }

  /** The next element's tag; `undefined` at the end. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** Throws unless everything was read. */
  end(): void {
    if (!this.atEnd) this.fail(`Unexpected data: ${this.#bytes.length - this.#at} bytes too many`);
  }

  /** Throws a {@link DerError} at the current place. */
  fail(message: string): never {
    throw new DerError(message, this.offset);
  }

  /** Reads any element. */
  element(): DerElement {
    const start = this.#at;
    const tag = this.nextTag;
    if (tag === undefined) this.fail("Data ends before an element");
    if ((tag & 0x1f) === 0x1f) this.fail("Tag numbers above 30 are not used here");
    const { length, headerBytes } = this.#length(start + 1);
    const content = start + headerBytes;
    if (length > this.#bytes.length - content) {
      this.fail(`Element of ${length} bytes goes beyond its container`);
    }
    this.#at = content + length;
    return {
      tag,
      content: this.#bytes.subarray(content, this.#at),
      whole: this.#bytes.subarray(start, this.#at),
    };
  }

  /** Reads an element with this tag and gives its content. */
  content(tag: number): Uint8Array {
    this.#expect(tag);
    return this.element().content;
  }

  /** Reads an element with this tag whose content `read` must use up. */
  inside<T>(tag: number, read: (content: DerReader) => T): T {
    this.#expect(tag);
    const { content } = this.element();
    const inner = new DerReader(content, this.offset - content.length, this.#depth + 1);
    const value = read(inner);
    inner.end();
    return value;
  }

  /** As {@link inside}, with the element's bytes beside the value. */
  captured<T>(tag: number, read: (content: DerReader) => T): { value: T; der: Uint8Array } {
    const start = this.#at;
    const value = this.inside(tag, read);
    return { value, der: this.#bytes.subarray(start, this.#at) };
  }

  /** As {@link inside}; `undefined`, and nothing read, when another tag or nothing is next. */
  optional<T>(tag: number, read: (content: DerReader) => T): T | undefined {
    return this.nextTag === tag ? this.inside(tag, read) : undefined;
  }

  /** Reads SEQUENCE OF, or another tag's content, as a list of at least one and at most `max`. */
  list<T>(tag: number, max: number, read: (content: DerReader) => T): T[] {
    return this.inside(tag, (content) => content.rest(max, read));
  }

  /** Reads all that is left: at least one and at most `max`. */
  rest<T>(max: number, read: (content: DerReader) => T): T[] {
    if (this.atEnd) this.fail("Empty list where at least one element is due");
    const all: T[] = [];
    while (!this.atEnd) {
      if (all.length === max) this.fail(`More than ${max} elements in a list`);
      all.push(read(this));
    }
    return all;
  }

  boolean(): boolean {
    const start = this.offset;
    const content = this.content(Tag.BOOLEAN);
    // X.690 §11.1: true is FF.
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) {
      throw new DerError("BOOLEAN is neither 00 nor FF", start);
    }
    return content[0] === 0xff;
  }

  /** BOOLEAN DEFAULT FALSE: X.690 §11.5 has the default left out. */
  booleanDefaultFalse(): boolean {
    if (this.nextTag !== Tag.BOOLEAN) return false;
    const start = this.offset;
    if (!this.boolean()) throw new DerError("FALSE is the default and must be left out", start);
    return true;
  }

  /** Content of an INTEGER: two's complement, big-endian, minimal (X.690 §8.3.2). `tag` for IMPLICIT ones. */
  integer(tag: number = Tag.INTEGER): Uint8Array {
    const start = this.offset;
    const content = this.content(tag);
    if (content.length === 0) throw new DerError("INTEGER has no content", start);
    if (content.length > 1) {
      const nine = content[0] << 1 | content[1] >> 7;
      if (nine === 0 || nine === 0x1ff) throw new DerError("INTEGER is not minimal", start);
    }
    return content;
  }

  /** A positive INTEGER's magnitude, without the leading zero byte. */
  positiveInteger(): Uint8Array {
    const start = this.offset;
    const content = this.integer();
    if (content[0] >= 0x80 || (content.length === 1 && content[0] === 0)) {
      throw new DerError("INTEGER is not positive", start);
    }
    return content[0] === 0 ? content.subarray(1) : content;
  }

  /** An INTEGER from 0 to `max`, which is below 2^31. */
  smallInteger(max: number, tag: number = Tag.INTEGER): number {
    const start = this.offset;
    const content = this.integer(tag);
    let value = 0;
    for (const byte of content.subarray(0, 5)) value = value * 256 + byte;
    if (content[0] >= 0x80 || content.length > 4 || value > max) {
      throw new DerError(`INTEGER is not from 0 to ${max}`, start);
    }
    return value;
  }

  /** OBJECT IDENTIFIER in dots: `1.2.840.10045.2.1`. */
  objectIdentifier(tag: number = Tag.OBJECT_IDENTIFIER): string {
    const start = this.offset;
    const content = this.content(tag);
    const text = objectIdentifierText(content);
    if (text === undefined) throw new DerError("OBJECT IDENTIFIER is malformed", start);
    return text;
  }

  bitString(tag: number = Tag.BIT_STRING): BitString {
    const start = this.offset;
    const content = this.content(tag);
    const unusedBits = content[0];
    const last = content[content.length - 1];
    // X.690 §8.6.2.3 and §11.2.1: an empty string has no unused bits; unused bits are zero.
    const wrong = content.length === 0 || unusedBits > 7 ||
      (content.length === 1 ? unusedBits !== 0 : (last & ((1 << unusedBits) - 1)) !== 0);
    if (wrong) throw new DerError("BIT STRING is malformed", start);
    return { bytes: content.subarray(1), unusedBits };
  }

  /** A BIT STRING of whole bytes, such as a key or a signature. */
  bitStringBytes(): Uint8Array {
    const start = this.offset;
    const { bytes, unusedBits } = this.bitString();
    if (unusedBits !== 0) throw new DerError("BIT STRING is not of whole bytes", start);
    return bytes;
  }

  /**
   * A BIT STRING whose bits are named: bit `n` is `1 << n`, at most 24 bits. X.690 §11.2.2: the last
   * bit is set, unless `mayEndInZeros`.
   */
  namedBits(mayEndInZeros = false): number {
    const start = this.offset;
    const { bytes, unusedBits } = this.bitString();
    if (bytes.length > 3) throw new DerError("BIT STRING has more bits than names", start);
    const last = bytes.length * 8 - unusedBits - 1;
    let bits = 0;
    for (let bit = 0; bit <= last; bit++) {
      if ((bytes[bit >> 3] >> (7 - (bit & 7)) & 1) === 1) bits |= 1 << bit;
    }
    if (!mayEndInZeros && last >= 0 && (bits >> last & 1) === 0) {
      throw new DerError("BIT STRING of named bits ends with a zero", start);
    }
    return bits;
  }

  octetString(tag: number = Tag.OCTET_STRING): Uint8Array {
    return this.content(tag);
  }

  null(): void {
    const start = this.offset;
    if (this.content(Tag.NULL).length !== 0) throw new DerError("NULL has content", start);
  }

  /** A string of ASCII characters. */
  ascii(tag: number = Tag.IA5_STRING): string {
    const start = this.offset;
    const content = this.content(tag);
    if (content.length > TEXT_BYTES_MAX) throw new DerError("String is too long", start);
    if (content.some((byte) => byte >= 0x80)) throw new DerError("String is not ASCII", start);
    return String.fromCharCode(...content);
  }

  /** UTCTime or GeneralizedTime as RFC 5280 §4.1.2.5 allows them, in milliseconds since the epoch. */
  time(): number {
    const start = this.offset;
    const { tag, content } = this.element();
    const text = String.fromCharCode(...content.subarray(0, 16));
    let digits: string | undefined;
    if (tag === Tag.UTC_TIME && UTC_TIME.test(text)) {
      // RFC 5280 §4.1.2.5.1: 50 to 99 are years of the last century.
      digits = (text[0] >= "5" ? "19" : "20") + text;
    } else if (tag === Tag.GENERALIZED_TIME && GENERALIZED_TIME.test(text)) digits = text;
    const ms = digits === undefined ? undefined : millisecondsOf(digits);
    if (ms === undefined) throw new DerError("Time is not UTCTime or GeneralizedTime in Z", start);
    return ms;
  }

  #expect(tag: number): void {
    const next = this.nextTag;
    if (next === tag) return;
    const found = next === undefined ? "the end" : `tag 0x${next.toString(16).padStart(2, "0")}`;
    this.fail(`Expected tag 0x${tag.toString(16).padStart(2, "0")}, found ${found}`);
  }

  /** X.690 §10.1: the definite form in the fewest bytes. */
  #length(at: number): { length: number; headerBytes: number } {
    const first = this.#bytes[at];
    if (first === undefined) this.fail("Data ends before a length");
    if (first < 0x80) return { length: first, headerBytes: 2 };
    const count = first & 0x7f;
    if (count === 0) this.fail("Length is indefinite");
    if (count > LENGTH_BYTES_MAX) this.fail(`Length of ${count} bytes is too large`);
    if (at + count >= this.#bytes.length) this.fail("Data ends inside a length");
    let length = 0;
    for (let i = 1; i <= count; i++) length = length << 8 | this.#bytes[at + i];
    if (length < 0x80 || length >> (8 * (count - 1)) === 0) this.fail("Length is not minimal");
    return { length, headerBytes: 2 + count };
  }
}

/** Writes DER: each function gives one whole element. */
export const der = {
  /** An element with this tag around `parts`, one after another. */
  element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const header = [tag, ...lengthBytes(length)];
    const out = new Uint8Array(header.length + length);
    out.set(header);
    let at = header.length;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  },

  sequence(...parts: readonly Uint8Array[]): Uint8Array {
    return der.element(Tag.SEQUENCE, ...parts);
  },

  /** SET OF: X.690 §11.6 sorts the encodings. */
  setOf(...parts: readonly Uint8Array[]): Uint8Array {
    return der.element(Tag.SET, ...[...parts].sort(compareBytes));
  },

  explicit(number: number, part: Uint8Array): Uint8Array {
    return der.element(contextConstructed(number), part);
  },

  boolean(value: boolean): Uint8Array {
    return Uint8Array.of(Tag.BOOLEAN, 1, value ? 0xff : 0);
  },

  /** A non-negative INTEGER from a big-endian magnitude, with or without leading zeros. */
  integer(magnitude: Uint8Array): Uint8Array {
    let start = 0;
    while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
    const digits = magnitude.length === 0 ? Uint8Array.of(0) : magnitude.subarray(start);
    return der.element(Tag.INTEGER, ...(digits[0] >= 0x80 ? [Uint8Array.of(0)] : []), digits);
  },

  /** An INTEGER from 0 to 2^31 - 1. */
  smallInteger(value: number): Uint8Array {
    return der.integer(Uint8Array.of(value >> 24, value >> 16, value >> 8, value));
  },

  objectIdentifier(text: string): Uint8Array {
    const [first, second, ...arcs] = text.split(".").map(Number);
    const bytes = [first * 40 + second, ...arcs].flatMap(base128);
    return der.element(Tag.OBJECT_IDENTIFIER, Uint8Array.from(bytes));
  },

  /** A BIT STRING of whole bytes. */
  bitString(bytes: Uint8Array): Uint8Array {
    return der.element(Tag.BIT_STRING, Uint8Array.of(0), bytes);
  },

  /** A BIT STRING of named bits: `1 << n` sets bit `n`, from 0 to 7. */
  namedBits(bits: number): Uint8Array {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) if ((bits >> bit & 1) === 1) byte |= 0x80 >> bit;
    if (byte === 0) return der.element(Tag.BIT_STRING, Uint8Array.of(0));
    const unused = 31 - Math.clz32(byte & -byte);
    return der.element(Tag.BIT_STRING, Uint8Array.of(unused, byte));
  },

  octetString(bytes: Uint8Array): Uint8Array {
    return der.element(Tag.OCTET_STRING, bytes);
  },

  null(): Uint8Array {
    return Uint8Array.of(Tag.NULL, 0);
  },

  /** A string type's element; the text is written as UTF-8, so ASCII for the types that are. */
  string(tag: number, text: string): Uint8Array {
    return der.element(tag, new TextEncoder().encode(text));
  },

  /** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050. Whole seconds. */
  time(ms: number): Uint8Array {
    const digits = new Date(ms).toISOString().replace(/\.\d+Z$/, "Z").replace(/[-:T]/g, "");
    return isUtcTime(ms)
      ? der.string(Tag.UTC_TIME, digits.slice(2))
      : der.string(Tag.GENERALIZED_TIME, digits);
  },
};

/** Whether RFC 5280 §4.1.2.5 has a time written as UTCTime: years 1950 to 2049. */
export function isUtcTime(ms: number): boolean {
  return ms >= UTC_TIME_FROM_MS && ms < UTC_TIME_UNTIL_MS;
}

/** The order of byte strings: by the first byte that differs, then by length. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** X.690 §8.19: base-128 arcs, minimal, each below 2^53 here. */
function objectIdentifierText(content: Uint8Array): string | undefined {
  if (content.length === 0 || content.length > OID_BYTES_MAX) return undefined;
  if (content[content.length - 1] >= 0x80) return undefined;
  const arcs: number[] = [];
  let arc = 0;
  let fresh = true;
  for (const byte of content) {
    if (fresh && byte === 0x80) return undefined;
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) return undefined;
    fresh = byte < 0x80;
    if (!fresh) continue;
    arcs.push(arc);
    arc = 0;
  }
  const first = Math.min(2, Math.floor(arcs[0] / 40));
  return [first, arcs[0] - 40 * first, ...arcs.slice(1)].join(".");
}

function base128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift(0x80 | rest % 128);
  }
  return bytes;
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** `YYYYMMDDHHMMSSZ` in milliseconds; `undefined` for the 30th of February. */
function millisecondsOf(digits: string): number | undefined {
  const iso = digits.replace(/^(....)(..)(..)(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6.000Z");
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) || date.toISOString() !== iso ? undefined : date.getTime();
}

const UTC_TIME_FROM_MS = Date.UTC(1950, 0, 1);
const UTC_TIME_UNTIL_MS = Date.UTC(2050, 0, 1);
const UTC_TIME = /^\d{12}Z$/;
const GENERALIZED_TIME = /^\d{14}Z$/;
/** A certificate nests about 10 deep; directory names inside of name constraints 16. */
const DEPTH_MAX = 24;
/** 16 MiB, as long as a TLS message can be. */
const LENGTH_BYTES_MAX = 3;
const OID_BYTES_MAX = 64;
const TEXT_BYTES_MAX = 8192;
