/**
 * What can be chosen for a topic, and the options block in which VSR carries it (VSR.md section 7.1).
 * Streams and users have a block too, which holds nothing.
 *
 * A block is written as user headers are, with keys of kind string. In a request it runs to the end of
 * the body, in a reply a `u32` says its length.
 *
 * @module
 */
import type { Codec } from "./command.ts";
import {
  INVALID_OPTION_VALUE,
  OPTIONS_BLOCK_TOO_LARGE,
  UNSUPPORTED_OPTION_KEY,
} from "./error_codes.ts";
import { IggyError, WireError } from "./errors.ts";
import { type Fields, oneOf, struct, U64, U8 } from "./fields.ts";
import { ENFORCE_FSYNC, type OptionKey, topicOptionKeys } from "./option_keys.ts";
import type { OptionDescription } from "./system.ts";
import {
  decodeUserHeaders,
  encodeUserHeaders,
  type HeaderField,
  type UserHeader,
} from "./user_headers.ts";
import type { WireWriter } from "./wire.ts";

/** What can be chosen for a topic. A missing key is not chosen: the server's default, or unchanged in an update. */
export interface TopicOptions {
  readonly compressionAlgorithm?: CompressionAlgorithm;
  /** Micros; 0 server default, `NEVER_EXPIRES` never. */
  readonly messageExpiry?: bigint;
  /** Bytes; 0 server default, `UNLIMITED` no limit. */
  readonly maxTopicSize?: bigint;
  /** Copies, 1 to 255; 0 none given. Classic only. */
  readonly replicationFactor?: number;
  /** Bytes, a multiple of 512 from 1 MiB to 1 GiB; 0 server default. VSR only, as all that follow. */
  readonly segmentSize?: number;
  readonly durability?: Durability;
  readonly consumerOffsetDurability?: Durability;
  /** Messages, 1 to 16,777,216. */
  readonly messagesRequiredToSave?: number;
  /** Bytes, at most 1 GiB; 0 server default. */
  readonly sizeOfMessagesRequiredToSave?: number;
  readonly preallocateSegments?: boolean;
  /** Micros for which a message's id is remembered, and the same id dropped; 0 never. Whippet only, as the next. */
  readonly deduplicationWindow?: number;
  /** Ids remembered at most, the newest; 0 server default. */
  readonly deduplicationMaxEntries?: number;
}

/** Topic options as a reply shows them, with those that only the server knows. */
export interface ShownTopicOptions extends TopicOptions {
  readonly others?: readonly OptionEntry[];
}

/** One entry of an options block. */
export interface OptionEntry {
  readonly key: string;
  readonly value: HeaderField;
}

export type CompressionAlgorithm = "none" | "gzip";

/** When a write is confirmed: when it can be read, or when it is on stable storage (VSR.md section 7.6). */
export type Durability = "replicated" | "persisted";

/** What {@link TopicOptions.messageExpiry} says for "never". */
export const NEVER_EXPIRES = 0xffffffffffffffffn;

/** What {@link TopicOptions.maxTopicSize} says for "no limit". */
export const UNLIMITED = 0xffffffffffffffffn;

export const COMPRESSION_ALGORITHM: Codec<CompressionAlgorithm> = oneOf(
  "Compression algorithm",
  ["none", "gzip"],
);

/** The four that classic has, each with a place of its own (CLASSIC.md section 5, code 302). */
export const CLASSIC_TOPIC_OPTIONS: Codec<TopicOptions> = {
  encode(writer, options) {
    refuseOthers(options, (field) => field in CLASSIC_FIELDS, "classic");
    CLASSIC_BLOCK.encode(writer, {
      compressionAlgorithm: options.compressionAlgorithm ?? "none",
      messageExpiry: options.messageExpiry ?? 0n,
      maxTopicSize: options.maxTopicSize ?? 0n,
      replicationFactor: options.replicationFactor ?? 0,
    });
  },
  decode: (reader) => CLASSIC_BLOCK.decode(reader),
};

/** The block of a request: up to the end of the body; a key nobody knows is refused. */
export const TOPIC_OPTIONS: Codec<TopicOptions> = {
  encode(writer, options) {
    refuseOthers(options, (field) => field !== "replicationFactor", "VSR");
    encodeEntries(writer, entriesOf(options));
  },
  decode: (reader) => requestedOptions(decodeEntries(reader.rest())),
};

/** A block of a reply: `u32 length` and entries, sorted by key; what nobody knows is kept. */
export const SHOWN_TOPIC_OPTIONS: Codec<ShownTopicOptions> = {
  encode(writer, options) {
    const lengthAt = writer.length;
    writer.u32(0);
    encodeEntries(writer, [...entriesOf(options), ...options.others ?? []]);
    writer.patchU32(lengthAt, writer.length - lengthAt - 4);
  },
  decode: (reader) => shownOptions(decodeEntries(reader.view(reader.u32()))),
};

/** The block of a request about a stream or a user, which have no keys. */
export const NO_OPTIONS: Codec<void> = {
  encode() {},
  decode(reader) {
    for (const { key } of decodeEntries(reader.rest())) throw unsupported(key);
  },
};

/** The block of a reply about a stream or a user. */
export const NO_SHOWN_OPTIONS: Codec<void> = {
  encode: (writer) => writer.u32(0),
  decode: (reader) => reader.skip(reader.u32()),
};

/** What DescribeOptions says of topics, with the values a new topic gets. */
export function describeTopicOptions(defaults: Required<TopicOptions>): OptionDescription[] {
  return OPTION_KEYS.map(({ key, field, type, description }) => (
    { key, defaultValue: type.write(defaults[field]), description }
  ));
}

type Options = { -readonly [Field in keyof TopicOptions]: unknown };

function requestedOptions(entries: readonly OptionEntry[]): TopicOptions {
  const options: Options = {};
  // VSR.md section 7.1: the alias comes first, so that the key it stands for wins.
  const ordered = entries.toSorted((a, b) => rank(a) - rank(b));
  for (const { key, value: field } of ordered) {
    const row = REQUESTED.get(key);
    if (row === undefined) throw unsupported(key);
    const value = row.type.read(field);
    if (value === undefined) {
      throw new WireError(INVALID_OPTION_VALUE, `Option ${key} has the bad value ${field.value}`);
    }
    options[row.field] = value;
  }
  return options as TopicOptions;
}

function rank(entry: OptionEntry): number {
  return entry.key === ENFORCE_FSYNC.key ? 0 : 1;
}

function shownOptions(entries: readonly OptionEntry[]): ShownTopicOptions {
  const options: Options = {};
  const others: OptionEntry[] = [];
  for (const entry of entries) {
    const row = SHOWN.get(entry.key);
    const value = row?.type.kind === entry.value.kind ? row.type.read(entry.value) : undefined;
    if (row === undefined || value === undefined) others.push(entry);
    else options[row.field] = value;
  }
  const known = options as TopicOptions;
  return others.length === 0 ? known : { ...known, others };
}

function entriesOf(options: TopicOptions): OptionEntry[] {
  return OPTION_KEYS.filter(({ field }) => options[field] !== undefined)
    .map(({ key, field, type }) => ({ key, value: type.write(options[field]) }));
}

function encodeEntries(writer: WireWriter, entries: readonly OptionEntry[]): void {
  const sorted = entries.toSorted((a, b) => a.key < b.key ? -1 : 1);
  writer.bytes(encodeUserHeaders(sorted.map(({ key, value }) => (
    { key: { kind: "string", value: key }, value }
  ))));
}

function decodeEntries(block: Uint8Array): OptionEntry[] {
  if (block.length > BLOCK_BYTES_MAX) {
    throw new WireError(
      OPTIONS_BLOCK_TOO_LARGE,
      `Options of ${block.length} bytes are more than ${BLOCK_BYTES_MAX}`,
    );
  }
  const headers = readHeaders(block);
  if (headers.length > ENTRIES_MAX) {
    throw new WireError(
      OPTIONS_BLOCK_TOO_LARGE,
      `Options with ${headers.length} entries are more than ${ENTRIES_MAX}`,
    );
  }
  const entries = headers.map(({ key, value }): OptionEntry => {
    if (key.kind === "string") return { key: key.value, value };
    throw new WireError(INVALID_OPTION_VALUE, `Option key of kind ${key.kind} is not a string`);
  });
  const seen = new Set(entries.map(({ key }) => key));
  if (seen.size === entries.length) return entries;
  throw new WireError(INVALID_OPTION_VALUE, "Option key is given twice");
}

/** The faults of user headers are not those of options: here all of them are a bad value. */
function readHeaders(block: Uint8Array): UserHeader[] {
  try {
    return decodeUserHeaders(block);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new WireError(INVALID_OPTION_VALUE, error.message, { cause: error });
  }
}

/** A client must not believe that it set what the protocol cannot carry. */
function refuseOthers(
  options: TopicOptions,
  isCarried: (field: string) => boolean,
  protocol: string,
): void {
  for (const [field, value] of Object.entries(options)) {
    if (value === undefined || isCarried(field)) continue;
    throw new IggyError(
      UNSUPPORTED_OPTION_KEY,
      `Topic option ${field} does not exist in the ${protocol} protocol`,
    );
  }
}

function unsupported(key: string): WireError {
  return new WireError(UNSUPPORTED_OPTION_KEY, `Option ${key} does not exist here`);
}

const CLASSIC_FIELDS: Fields<Required<Pick<TopicOptions, ClassicField>>> = {
  compressionAlgorithm: COMPRESSION_ALGORITHM,
  messageExpiry: U64,
  maxTopicSize: U64,
  replicationFactor: U8,
};

type ClassicField =
  | "compressionAlgorithm"
  | "messageExpiry"
  | "maxTopicSize"
  | "replicationFactor";

const CLASSIC_BLOCK = struct(CLASSIC_FIELDS);

const OPTION_KEYS = topicOptionKeys();
const SHOWN: ReadonlyMap<string, OptionKey> = new Map(OPTION_KEYS.map((row) => [row.key, row]));
const REQUESTED: ReadonlyMap<string, OptionKey> = new Map(SHOWN).set(
  ENFORCE_FSYNC.key,
  ENFORCE_FSYNC,
);

const BLOCK_BYTES_MAX = 100_000;
const ENTRIES_MAX = 1024;
