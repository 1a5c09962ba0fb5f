/**
 * Makes a thousand wrong inputs of a right one. It knows how inputs are framed, so that what it breaks
 * is not only the outermost length: a changed message keeps a header that fits, and so do the record
 * and the DER elements around what was changed.
 *
 * @module
 */
import type { Random } from "../support/random.ts";

/** How an input is put together. */
export type Framing = "bytes" | "messages" | "records" | "der";

/** An input, changed; `other` is one to splice from. */
export function mutated(
  seed: Uint8Array,
  other: Uint8Array,
  framing: Framing,
  random: Random,
): Uint8Array {
  let bytes = seed;
  for (let count = 1 + random.below(3); count > 0; count--) {
    bytes = changed(bytes, other, framing, random);
  }
  return bytes.length > INPUT_BYTES_MAX ? bytes.subarray(0, INPUT_BYTES_MAX) : bytes;
}

function changed(
  bytes: Uint8Array,
  other: Uint8Array,
  framing: Framing,
  random: Random,
): Uint8Array {
  if (framing === "bytes" || random.below(8) === 0) return changedBytes(bytes, other, random);
  switch (framing) {
    case "messages":
      return changedUnits(bytes, other, MESSAGES, random);
    case "records":
      return changedUnits(bytes, other, RECORDS, random);
    case "der":
      return changedElement(bytes, other, random, 0);
  }
}

/** Units with a header that has a length. */
interface Units {
  readonly headerBytes: number;
  readonly lengthAt: number;
  readonly lengthBytes: number;
  change(content: Uint8Array, header: Uint8Array, other: Uint8Array, random: Random): Uint8Array;
}

/** Handshake messages (RFC 8446 §4). */
const MESSAGES: Units = {
  headerBytes: 4,
  lengthAt: 1,
  lengthBytes: 3,
  change: (content, _header, other, random) => changedBytes(content, other, random),
};

/** Records (RFC 8446 §5); of those that are protected, the type and the tag at the end stay. */
const RECORDS: Units = {
  headerBytes: 5,
  lengthAt: 3,
  lengthBytes: 2,
  change(content, header, other, random) {
    const end = header[0] === 23 && random.below(8) > 0
      ? Math.max(0, content.length - 17)
      : content.length;
    const inner = content.subarray(0, end);
    const isHandshake = header[0] === 22 || (header[0] === 23 && content[end] === 22);
    const made = isHandshake && random.below(4) > 0
      ? changedUnits(inner, other, MESSAGES, random)
      : changedBytes(inner, other, random);
    return joined([made, content.subarray(end)]);
  },
};

function changedUnits(
  bytes: Uint8Array,
  other: Uint8Array,
  units: Units,
  random: Random,
): Uint8Array {
  const parts = split(bytes, units);
  if (parts.length === 0) return changedBytes(bytes, other, random);
  const at = random.below(parts.length);
  switch (random.below(10)) {
    case 0:
      return joined([...parts.slice(0, at), parts[at], ...parts.slice(at)]);
    case 1:
      return joined(parts.toSpliced(at, 1));
    case 2: {
      const to = random.below(parts.length);
      return joined(parts.with(at, parts[to]).with(to, parts[at]));
    }
    case 3: {
      const foreign = split(other, units);
      if (foreign.length === 0) break;
      return joined(parts.toSpliced(at, random.below(2), random.pick(foreign)));
    }
    case 4:
      return joined(parts.toSpliced(at, 1, ...inTwo(parts[at], units, random)));
  }
  const { headerBytes } = units;
  const header = parts[at].slice(0, headerBytes);
  const content = units.change(parts[at].subarray(headerBytes), header, other, random);
  setLength(header, units, content.length);
  if (random.below(20) === 0) header[0] = random.below(26);
  return joined(parts.with(at, joined([header, content])));
}

/** Whole units; what is left at the end is one, too. */
function split(bytes: Uint8Array, { headerBytes, lengthAt, lengthBytes }: Units): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    let length = 0;
    for (let index = 0; index < lengthBytes; index++) {
      length = length << 8 | (bytes[at + lengthAt + index] ?? 0);
    }
    const end = Math.min(bytes.length, at + headerBytes + length);
    if (end - at < headerBytes) break;
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}

/** A unit cut in two, each with a header of its own. */
function inTwo(unit: Uint8Array, units: Units, random: Random): Uint8Array[] {
  const content = unit.subarray(units.headerBytes);
  const at = random.below(content.length + 1);
  return [content.subarray(0, at), content.subarray(at)].map((part) => {
    const header = unit.slice(0, units.headerBytes);
    setLength(header, units, part.length);
    return joined([header, part]);
  });
}

function setLength(header: Uint8Array, { lengthAt, lengthBytes }: Units, length: number): void {
  for (let index = 0; index < lengthBytes; index++) {
    header[lengthAt + index] = length >>> 8 * (lengthBytes - 1 - index);
  }
}

/** A DER element somewhere inside changed, and the lengths around it made to fit. */
function changedElement(
  bytes: Uint8Array,
  other: Uint8Array,
  random: Random,
  depth: number,
): Uint8Array {
  const element = derElement(bytes, 0);
  if (element === undefined || element.end !== bytes.length || depth > 12) {
    return changedBytes(bytes, other, random);
  }
  const content = bytes.subarray(element.contentAt, element.end);
  const [tag] = bytes;
  // An OCTET STRING or BIT STRING may hold DER, behind the count of unused bits.
  const skipped = tag === 3 ? 1 : 0;
  const mayHold = (tag & 0x20) !== 0 || ((tag === 3 || tag === 4) && random.below(3) > 0);
  const children = mayHold ? derChildren(content.subarray(skipped)) : undefined;
  if (children === undefined || children.length === 0 || random.below(12) === 0) {
    return withHeader(
      random.below(24) === 0 ? random.below(256) : tag,
      changedBytes(content, other, random),
    );
  }
  const at = random.below(children.length);
  const made = changedChildren(children, at, other, random, depth);
  return withHeader(tag, joined([content.subarray(0, skipped), ...made]));
}

function changedChildren(
  children: readonly Uint8Array[],
  at: number,
  other: Uint8Array,
  random: Random,
  depth: number,
): readonly Uint8Array[] {
  switch (random.below(12)) {
    case 0:
      return children.toSpliced(at, 0, children[at]);
    case 1:
      return children.toSpliced(at, 1);
    case 2: {
      const to = random.below(children.length);
      return children.with(at, children[to]).with(to, children[at]);
    }
    default:
      return children.with(at, changedElement(children[at], other, random, depth + 1));
  }
}

function derElement(bytes: Uint8Array, at: number): { contentAt: number; end: number } | undefined {
  if (at + 2 > bytes.length) return undefined;
  const first = bytes[at + 1];
  if (first < 0x80) return { contentAt: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 3 || at + 2 + count > bytes.length) return undefined;
  let length = 0;
  for (let index = 0; index < count; index++) length = length << 8 | bytes[at + 2 + index];
  return { contentAt: at + 2 + count, end: at + 2 + count + length };
}

/** The elements of `bytes`; `undefined` when they are not DER. */
function derChildren(bytes: Uint8Array): Uint8Array[] | undefined {
  const children: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const element = derElement(bytes, at);
    if (element === undefined || element.end > bytes.length) return undefined;
    children.push(bytes.subarray(at, element.end));
    at = element.end;
  }
  return children;
}

function withHeader(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const header = length < 0x80
    ? [tag, length]
    : length < 0x100
    ? [tag, 0x81, length]
    : [tag, 0x82, length >> 8, length & 0xff];
  return joined([Uint8Array.from(header), content]);
}

/** Bytes changed without knowing what they are, or only that lengths are somewhere among them. */
function changedBytes(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const { length } = bytes;
  if (length === 0) return filled(1 + random.below(8), random);
  const at = random.below(length);
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return edited(bytes, at, bytes[at] ^ 1 << random.below(8));
    case 3:
      return edited(bytes, at, random.below(256));
    case 4:
      return edited(bytes, at, random.pick(INTERESTING));
    case 5:
      return bytes.subarray(0, at);
    case 6:
      return without(bytes, at, at + 1 + random.below(Math.min(32, length - at)));
    case 7:
      return joined([
        bytes.subarray(0, at),
        filled(1 + random.below(16), random),
        bytes.subarray(at),
      ]);
    case 8: {
      const copied = bytes.subarray(at, at + 1 + random.below(Math.min(64, length - at)));
      return joined([bytes.subarray(0, at), copied, bytes.subarray(at)]);
    }
    case 9: {
      if (other.length === 0) return bytes;
      const from = random.below(other.length);
      const piece = other.subarray(from, from + 1 + random.below(64));
      return joined([
        bytes.subarray(0, at),
        piece,
        bytes.subarray(Math.min(length, at + random.below(64))),
      ]);
    }
    default:
      return withOtherLength(bytes, at, random);
  }
}

/** A length field (or what looks like one) changed alone, or together with what it counts. */
function withOtherLength(bytes: Uint8Array, from: number, random: Random): Uint8Array {
  for (let at = from; at < Math.min(bytes.length - 2, from + 64); at++) {
    const width = 1 + random.below(2);
    const length = width === 1 ? bytes[at] : bytes[at] << 8 | bytes[at + 1];
    const end = at + width + length;
    if (length === 0 || end > bytes.length) continue;
    const other = random.below(2) === 0
      ? random.below(2 * length + 1)
      : length + 1 - random.below(3);
    const copy = bytes.slice();
    if (width === 2) copy[at] = other >> 8;
    copy[at + width - 1] = other;
    if (random.below(3) === 0) return copy;
    const content = other <= length
      ? copy.subarray(at + width, at + width + other)
      : joined([copy.subarray(at + width, end), filled(other - length, random)]);
    return joined([copy.subarray(0, at + width), content, copy.subarray(end)]);
  }
  return edited(bytes, from, bytes[from] + 1);
}

function edited(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

function without(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return joined([bytes.subarray(0, start), bytes.subarray(end)]);
}

function filled(length: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(length);
  const value = random.below(3);
  if (value === 0) bytes.fill(random.below(256));
  else random.fill(bytes);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Longer than any record: what grows beyond it says nothing new. */
export const INPUT_BYTES_MAX = 40_000;

const INTERESTING = [0, 1, 2, 3, 20, 21, 22, 23, 24, 32, 0x30, 0x7f, 0x80, 0x81, 0x82, 0xfe, 0xff];
