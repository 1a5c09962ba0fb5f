/**
 * The keys a topic's options block may hold, one row each, and how their values are written
 * (VSR.md section 7.1). `options.ts` reads and writes the block.
 *
 * @module
 */
import type { CompressionAlgorithm, Durability, TopicOptions } from "./options.ts";
import { parseBytes, parseMicros } from "./quantities.ts";
import type { HeaderField } from "./user_headers.ts";

/** One key. */
export interface OptionKey {
  readonly key: string;
  readonly field: keyof TopicOptions;
  readonly type: OptionType<unknown>;
  readonly description: string;
}

/** How a value is written, and in which other forms it is read. */
export interface OptionType<T> {
  readonly kind: HeaderField["kind"];
  /** In the canonical kind. */
  write(value: T): HeaderField;
  /** `undefined`: not acceptable. */
  read(field: HeaderField): T | undefined;
}

/** Iggy's keys, sorted as blocks are, then those that only whippet has. Ranges are the catalog's. */
export function topicOptionKeys(): readonly OptionKey[] {
  return [
    row("compressionAlgorithm", compression(), "Compression that the clients agreed on"),
    row("consumerOffsetDurability", durability(), "What a confirmed consumer offset is"),
    row("durability", durability(), "What a confirmed batch is: replicated, or persisted on disk"),
    row("maxTopicSize", wide(sizeInBytes), "Bytes beyond which the oldest segments are deleted"),
    row("messageExpiry", wide(timeInMicros), "Micros after which messages are deleted"),
    row("messagesRequiredToSave", count(), "Messages after which they are written to disk"),
    row("preallocateSegments", flag(), "Whether a new segment takes all its disk space at once"),
    row("segmentSize", size(), "Bytes of a segment"),
    row("sizeOfMessagesRequiredToSave", size(), "Bytes after which they are written to disk"),
    row(
      "deduplicationWindow",
      period(),
      "Micros for which the same message id is dropped; 0 never",
    ),
    row("deduplicationMaxEntries", count(), "Message ids remembered at most, the newest"),
  ];
}

/** What older clients say for `durability` (VSR.md section 15). */
export const ENFORCE_FSYNC: OptionKey = {
  key: "enforce_fsync",
  field: "durability",
  type: fsync(),
  description: "Whether a batch is confirmed only when on disk",
};

/** The key of a field is its name in snake case. */
function row<Field extends keyof TopicOptions>(
  field: Field,
  type: OptionType<NonNullable<TopicOptions[Field]>>,
  description: string,
): OptionKey {
  const key = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { key, field, type, description };
}

/** "none" or "gzip", or the code of CLASSIC.md section 3.6. */
function compression(): OptionType<CompressionAlgorithm> {
  return {
    kind: "string",
    write: (value) => ({ kind: "string", value }),
    read(field) {
      const named = field.kind === "string" ? field.value.toLowerCase() : undefined;
      const code = field.kind === "uint8" ? field.value : undefined;
      if (named === "none" || code === 1) return "none";
      return named === "gzip" || code === 2 ? "gzip" : undefined;
    },
  };
}

/** A word in any letter case. */
function durability(): OptionType<Durability> {
  return {
    kind: "string",
    write: (value) => ({ kind: "string", value }),
    read(field) {
      const word = field.kind === "string" ? field.value.toLowerCase() : undefined;
      return word === "replicated" || word === "persisted" ? word : undefined;
    },
  };
}

/** A u64 of which 0 and 2^64 - 1 have a meaning, or a text. */
function wide(parse: (text: string) => bigint | undefined): OptionType<bigint> {
  return {
    kind: "uint64",
    write: (value) => ({ kind: "uint64", value }),
    read: (field) =>
      field.kind === "uint64"
        ? field.value
        : field.kind === "string"
        ? parse(field.value)
        : undefined,
  };
}

/** A u64 of bytes, or a text such as "1 GiB". */
function size(): OptionType<number> {
  return quantity(parseBytes);
}

/** A u64 of micros, or a text such as "1 m". */
function period(): OptionType<number> {
  return quantity(parseMicros);
}

/** A u64 below 2^53, or a text. */
function quantity(parse: (text: string) => number | undefined): OptionType<number> {
  return {
    kind: "uint64",
    write: (value) => ({ kind: "uint64", value: BigInt(value) }),
    read(field) {
      if (field.kind === "string") return parse(field.value);
      if (field.kind !== "uint64") return undefined;
      return field.value <= Number.MAX_SAFE_INTEGER ? Number(field.value) : undefined;
    },
  };
}

/** A u32, or a decimal text. */
function count(): OptionType<number> {
  return {
    kind: "uint32",
    write: (value) => ({ kind: "uint32", value }),
    read(field) {
      if (field.kind === "uint32") return field.value;
      const isDecimal = field.kind === "string" && /^\d{1,10}$/.test(field.value);
      return isDecimal ? Number(field.value) : undefined;
    },
  };
}

/** A bool, or "true" and "false". */
function flag(): OptionType<boolean> {
  return {
    kind: "bool",
    write: (value) => ({ kind: "bool", value }),
    read(field) {
      if (field.kind === "bool") return field.value;
      const isWord = field.kind === "string" && /^(true|false)$/i.test(field.value);
      return isWord ? field.value.toLowerCase() === "true" : undefined;
    },
  };
}

/** A flag that stands for a durability. */
function fsync(): OptionType<Durability> {
  return {
    kind: "bool",
    write: (value) => flag().write(value === "persisted"),
    read(field) {
      const enforced = flag().read(field);
      return enforced === undefined ? undefined : enforced ? "persisted" : "replicated";
    },
  };
}

/** HTTP.md section 1.1: a size, or a word for no limit or for the default. */
function sizeInBytes(text: string): bigint | undefined {
  return limitWord(text) ?? bigint(parseBytes(text));
}

/** HTTP.md section 1.1: a duration of at most 2^32 - 1 seconds, or a word for never or for the default. */
function timeInMicros(text: string): bigint | undefined {
  const micros = parseMicros(text);
  if (micros !== undefined && micros > 0xffffffff * 1_000_000) return undefined;
  return limitWord(text) ?? bigint(micros);
}

function limitWord(text: string): bigint | undefined {
  switch (text.trim().toLowerCase()) {
    case "none":
    case "unlimited":
    case "never_expire":
      return 0xffffffffffffffffn;
    case "default":
    case "server_default":
      return 0n;
    default:
      return undefined;
  }
}

function bigint(value: number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value);
}
