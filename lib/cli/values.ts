/**
 * Arguments as people write them: ids, counts, durations, sizes, headers.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";
import { parseDurationMicros, parseSize } from "../config/quantities.ts";
import { NEVER_EXPIRES, UNLIMITED } from "../../protocol/options.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { HeaderField, HeaderKind } from "../../protocol/user_headers.ts";

/** A number or a name, as Iggy's CLI tells them apart: what is all digits is a number. */
export function identifier(text: string): Identifier {
  if (/^\d+$/.test(text)) return wholeNumber(U32_MAX)(text);
  if (text !== "") return text;
  throw new InvalidArgumentError("It takes a number or a name");
}

/** A parser of whole numbers from `min` to `max`. */
export function wholeNumber(max: number, min = 0): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}`);
  };
}

/** The number of something, 1 at least. */
export const count: (text: string) => number = wholeNumber(0xffff_ffff, 1);

/** Of a partition. */
export const partitionId: (text: string) => number = wholeNumber(0xffff_ffff);

/** Of a message in its partition. */
export const offset: (text: string) => number = wholeNumber(Number.MAX_SAFE_INTEGER);

/** Micros of `1day 2h`, written as one word or several; `unlimited` and `server_default` as Iggy takes them. */
export function expiry(words: readonly string[]): bigint | undefined {
  const text = words.join(" ").trim().toLowerCase();
  if (text === "" || text === "server_default") return undefined;
  if (text === "unlimited" || text === "none" || text === "never") return NEVER_EXPIRES;
  const micros = parseDurationMicros(text);
  if (micros !== undefined && micros > 0) return BigInt(micros);
  throw new InvalidArgumentError(
    `Expiry "${text}" is no duration: write it as 1day 2h, unlimited or server_default`,
  );
}

/** Bytes of `10 GB`; `unlimited` and `server_default` as Iggy takes them. */
export function topicSize(text: string): bigint {
  if (text === "server_default") return 0n;
  if (text === "unlimited") return UNLIMITED;
  const bytes = parseSize(text);
  if (bytes !== undefined) return BigInt(bytes);
  throw new InvalidArgumentError("It takes a size as 10GB or 64MiB, unlimited or server_default");
}

/** Milliseconds of `5s` or `1m 30s`. */
export function durationMs(text: string): number {
  const micros = parseDurationMicros(text);
  if (micros !== undefined) return micros / 1000;
  throw new InvalidArgumentError("It takes a duration as 500ms, 5s or 1m 30s");
}

/** Bytes of `1KiB`, as a number. */
export function byteCount(text: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new InvalidArgumentError("It takes a size as 100, 1KiB or 1MB");
}

/** Headers of `key:kind:value,key:kind:value`; a kind that is left out is string. */
export function headers(text: string): Readonly<Record<string, HeaderField>> {
  return Object.fromEntries(
    text.split(",").map((each) => {
      const [key, kind, ...rest] = each.split(":");
      if (key === "" || kind === undefined) {
        throw new InvalidArgumentError("It takes key:kind:value, as in source:string:web");
      }
      return rest.length === 0
        ? [key, { kind: "string", value: kind }]
        : [key, headerField(kind, rest.join(":"))];
    }),
  );
}

/** A header's value of a kind, by Iggy's names for kinds. */
export function headerField(kind: string, text: string): HeaderField {
  if (kind === "string") return { kind, value: text };
  if (kind === "raw") return { kind, value: UTF8.encode(text) };
  if (kind === "bool" && (text === "true" || text === "false")) {
    return { kind, value: text === "true" };
  }
  const isLong = LONG_KINDS.has(kind as HeaderKind);
  if (isLong && /^-?\d+$/.test(text)) {
    return { kind, value: BigInt(text) } as HeaderField;
  }
  const number = Number(text);
  if (SHORT_KINDS.has(kind as HeaderKind) && text !== "" && !Number.isNaN(number)) {
    return { kind, value: number } as HeaderField;
  }
  const kinds = ["string", "raw", "bool", ...SHORT_KINDS, ...LONG_KINDS];
  throw new InvalidArgumentError(
    kinds.includes(kind)
      ? `Header value "${text}" is no ${kind}`
      : `Header kind "${kind}" does not exist: take one of ${kinds.join(", ")}`,
  );
}

const UTF8 = new TextEncoder();
const U32_MAX = 0xffff_ffff;

const LONG_KINDS: ReadonlySet<HeaderKind> = new Set<HeaderKind>([
  "int64",
  "int128",
  "uint64",
  "uint128",
]);
const SHORT_KINDS: ReadonlySet<HeaderKind> = new Set<HeaderKind>([
  "int8",
  "int16",
  "int32",
  "uint8",
  "uint16",
  "uint32",
  "float32",
  "float64",
]);
