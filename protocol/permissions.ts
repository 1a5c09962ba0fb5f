/**
 * What a user may do, as it travels (CLASSIC.md section 4). What follows from it is the catalog's.
 *
 * @module
 */
import type { Codec } from "./command.ts";
import { INVALID_FORMAT } from "./error_codes.ts";
import { WireError } from "./errors.ts";
import type { WireReader, WireWriter } from "./wire.ts";

/** A user's rights: everywhere, and on top of that in single streams. */
export interface Permissions {
  readonly global: GlobalPermissions;
  /** By numeric stream id. */
  readonly streams: ReadonlyMap<number, StreamPermissions>;
}

/** Rights over the whole node. */
export type GlobalPermissions = Flags<typeof GLOBAL_FLAGS>;

/** Rights in one stream, and on top of that in single topics of it. */
export interface StreamPermissions extends Flags<typeof STREAM_FLAGS> {
  /** By numeric topic id. */
  readonly topics: ReadonlyMap<number, TopicPermissions>;
}

/** Rights in one topic. */
export type TopicPermissions = Flags<typeof TOPIC_FLAGS>;

type Flags<Names extends readonly string[]> = { readonly [Name in Names[number]]: boolean };

/** Flags in wire order; streams and topics follow sorted by id, each announced by a byte. */
export const PERMISSIONS: Codec<Permissions> = {
  encode(writer, { global, streams }) {
    encodeFlags(writer, GLOBAL_FLAGS, global);
    encodeEntries(writer, streams, encodeStream);
  },
  decode(reader) {
    return {
      global: decodeFlags(reader, GLOBAL_FLAGS),
      streams: decodeEntries(reader, decodeStream),
    };
  },
};

/** `u8 0`, or `u8 1, u32 length, permissions` of exactly that length. */
export const OPTIONAL_PERMISSIONS: Codec<Permissions | undefined> = {
  encode(writer, value) {
    writer.bool(value !== undefined);
    if (value === undefined) return;
    const lengthAt = writer.length;
    writer.u32(0);
    PERMISSIONS.encode(writer, value);
    writer.patchU32(lengthAt, writer.length - lengthAt - 4);
  },
  decode(reader) {
    if (!reader.bool()) return undefined;
    const announced = reader.u32();
    const start = reader.position;
    const value = PERMISSIONS.decode(reader);
    const length = reader.position - start;
    if (length !== announced) {
      throw new WireError(
        INVALID_FORMAT,
        `Permissions of ${length} bytes are announced as ${announced}`,
      );
    }
    return value;
  },
};

/** Every global right, as the root user has it. */
export const ALL_GLOBAL_PERMISSIONS: GlobalPermissions = {
  manageServers: true,
  readServers: true,
  manageUsers: true,
  readUsers: true,
  manageStreams: true,
  readStreams: true,
  manageTopics: true,
  readTopics: true,
  pollMessages: true,
  sendMessages: true,
};

function encodeStream(writer: WireWriter, stream: StreamPermissions): void {
  encodeFlags(writer, STREAM_FLAGS, stream);
  encodeEntries(writer, stream.topics, encodeTopic);
}

function decodeStream(reader: WireReader): StreamPermissions {
  const flags = decodeFlags(reader, STREAM_FLAGS);
  return { ...flags, topics: decodeEntries(reader, decodeTopic) };
}

function encodeTopic(writer: WireWriter, topic: TopicPermissions): void {
  encodeFlags(writer, TOPIC_FLAGS, topic);
}

function decodeTopic(reader: WireReader): TopicPermissions {
  return decodeFlags(reader, TOPIC_FLAGS);
}

/** `u8 has_entries`, then entries of `u32 id, value, u8 has_next`. */
function encodeEntries<T>(
  writer: WireWriter,
  entries: ReadonlyMap<number, T>,
  encode: (writer: WireWriter, value: T) => void,
): void {
  writer.bool(entries.size > 0);
  let left = entries.size;
  for (const [id, value] of [...entries].sort(([a], [b]) => a - b)) {
    writer.u32(id);
    encode(writer, value);
    writer.bool(--left > 0);
  }
}

function decodeEntries<T>(
  reader: WireReader,
  decode: (reader: WireReader) => T,
): Map<number, T> {
  const entries = new Map<number, T>();
  let more = reader.bool();
  while (more) {
    const id = reader.u32();
    entries.set(id, decode(reader));
    more = reader.bool();
  }
  return entries;
}

function encodeFlags<Names extends readonly string[]>(
  writer: WireWriter,
  names: Names,
  flags: Flags<Names>,
): void {
  for (const name of names as readonly Names[number][]) writer.bool(flags[name]);
}

function decodeFlags<Names extends readonly string[]>(
  reader: WireReader,
  names: Names,
): Flags<Names> {
  const flags: Partial<Record<Names[number], boolean>> = {};
  for (const name of names as readonly Names[number][]) flags[name] = reader.bool();
  return flags as Flags<Names>;
}

const GLOBAL_FLAGS = [
  "manageServers",
  "readServers",
  "manageUsers",
  "readUsers",
  "manageStreams",
  "readStreams",
  "manageTopics",
  "readTopics",
  "pollMessages",
  "sendMessages",
] as const;

const STREAM_FLAGS = [
  "manageStream",
  "readStream",
  "manageTopics",
  "readTopics",
  "pollMessages",
  "sendMessages",
] as const;

const TOPIC_FLAGS = ["manageTopic", "readTopic", "pollMessages", "sendMessages"] as const;
