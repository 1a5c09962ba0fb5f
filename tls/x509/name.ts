/**
 * Distinguished names (RFC 5280 §4.1.2.4): read strictly, compared by RFC 5280 §7.1.
 *
 * @module
 */
import { compareBytes, der, DerReader, Tag } from "./der.ts";

/** One attribute of a name. */
export interface NameAttribute {
  /** In dots: `2.5.4.3` is the common name. */
  readonly type: string;
  /** Text of a directory string; `undefined` for a value of another kind. */
  readonly text: string | undefined;
}

/** A Name: a row of relative distinguished names, the most general first. */
export interface Name {
  /** The whole DER element. */
  readonly der: Uint8Array;
  /** Attributes of each relative distinguished name, as they stand. */
  readonly rdns: readonly (readonly NameAttribute[])[];
  /** One key for each RDN: equal when RFC 5280 §7.1 has them equal. */
  readonly keys: readonly string[];
}

/** Reads a Name. */
export function readName(reader: DerReader): Name {
  const { value, der: whole } = reader.captured(
    Tag.SEQUENCE,
    (content) => content.atEnd ? [] : content.rest(RDNS_MAX, readRdn),
  );
  return {
    der: whole,
    rdns: value.map((each) => each.attributes),
    keys: value.map((each) => each.key),
  };
}

/** Whether both name the same (RFC 5280 §7.1: case and runs of blanks do not count). */
export function sameName(a: Name, b: Name): boolean {
  return compareBytes(a.der, b.der) === 0 || nameKey(a) === nameKey(b);
}

/** A string that is equal for names that {@link sameName} holds equal. */
export function nameKey(name: Name): string {
  return name.keys.join(",");
}

/** Whether `name` lies in the subtree under `base` (RFC 5280 §4.2.1.10: an initial part of its RDNs). */
export function isUnder(name: Name, base: Name): boolean {
  return base.keys.every((key, index) => name.keys[index] === key);
}

/** Common names (2.5.4.3), as they stand. */
export function commonNames(name: Name): string[] {
  return textsOf(name, COMMON_NAME);
}

/** Texts of all attributes of a type. */
export function textsOf(name: Name, type: string): string[] {
  return name.rdns.flat().flatMap((each) =>
    each.type === type && each.text !== undefined ? [each.text] : []
  );
}

/** For messages: `CN=whippet,O=Example`; an empty name is `(no name)`. */
export function nameText(name: Name): string {
  const parts = name.rdns.flat().map(({ type, text }) =>
    `${SHORT_NAMES[type] ?? type}=${printable(text ?? "?")}`
  );
  return parts.length === 0 ? "(no name)" : parts.join(",");
}

/** DER of a name with a common name alone, or an empty one. */
export function nameDer(commonName: string): Uint8Array {
  if (commonName === "") return der.sequence();
  const value = der.string(Tag.UTF8_STRING, commonName);
  return der.sequence(der.setOf(der.sequence(der.objectIdentifier(COMMON_NAME), value)));
}

function readRdn(reader: DerReader): { attributes: NameAttribute[]; key: string } {
  const elements = reader.list(
    Tag.SET,
    ATTRIBUTES_MAX,
    (set) => set.captured(Tag.SEQUENCE, readAttribute),
  );
  // X.690 §11.6: in order of their encodings.
  for (let i = 1; i < elements.length; i++) {
    if (compareBytes(elements[i - 1].der, elements[i].der) > 0) reader.fail("SET is not in order");
  }
  return {
    attributes: elements.map((each) => each.value.attribute),
    key: elements.map((each) => each.value.key).sort().join("+"),
  };
}

function readAttribute(content: DerReader): { attribute: NameAttribute; key: string } {
  const type = content.objectIdentifier();
  const value = content.element();
  const text = value.content.length > TEXT_BYTES_MAX
    ? null
    : directoryString(value.tag, value.content);
  if (text === null) content.fail("Text of a name is malformed or too long");
  // Quoted, so that no text looks like two attributes.
  const key = text === undefined ? value.whole.join(".") : JSON.stringify(prepared(text));
  return { attribute: { type, text }, key: `${type}=${key}` };
}

/** Text of a string type; `undefined` for another type, `null` for malformed bytes. */
function directoryString(tag: number, content: Uint8Array): string | undefined | null {
  switch (tag) {
    case Tag.PRINTABLE_STRING:
    case Tag.IA5_STRING:
      return content.some((byte) => byte >= 0x80) ? null : String.fromCharCode(...content);
    case Tag.TELETEX_STRING:
      return String.fromCharCode(...content);
    case Tag.UTF8_STRING:
      return decoded("utf-8", content);
    case Tag.BMP_STRING:
      return decoded("utf-16be", content);
    default:
      return undefined;
  }
}

function decoded(encoding: string, content: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** RFC 5280 §7.1 by RFC 4518: folded, normalised, blanks at the ends gone and runs of them one. */
function prepared(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}

/** Control characters would garble a log. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?").slice(0, TEXT_SHOWN_MAX);
}

const COMMON_NAME = "2.5.4.3";
const SHORT_NAMES: Readonly<Record<string, string>> = {
  [COMMON_NAME]: "CN",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
};
const RDNS_MAX = 64;
const ATTRIBUTES_MAX = 16;
/** RFC 5280 §A.1 has at most 32,768 characters in the longest attribute; none in use comes near. */
const TEXT_BYTES_MAX = 4096;
const TEXT_SHOWN_MAX = 128;
