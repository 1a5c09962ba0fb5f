/**
 * What the journal holds: one entry per change, resolved and self-contained, so that applying it
 * asks nobody for an id, a time or a default.
 *
 * ```text
 * payload   u8 1, JSON of the entry            (bigints and maps: json.ts)
 *           u8 2, u8 kind, u32 stream, u32 topic, u32 partition, u32 id, u64 offset
 *           u8 3, u8 kind, u32 stream, u32 topic, u32 partition, u32 id
 * ```
 *
 * Offsets are stored thousands of times a second, so they have a form of their own.
 *
 * @module
 */
import type { Permissions } from "../../protocol/permissions.ts";
import type { ConsumerKind } from "../../protocol/primitives.ts";
import type { UserStatus } from "../../protocol/users.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";
import { fromJson, toJson } from "./json.ts";
import type { ResolvedSettings } from "./topic_settings.ts";
import type { TokenView } from "./views.ts";

/** One change of the catalog. */
export type Entry =
  | { kind: "stream_created"; streamId: number; name: string; createdAt: number }
  | { kind: "stream_renamed"; streamId: number; name: string }
  | { kind: "stream_purged"; streamId: number }
  | { kind: "stream_deleted"; streamId: number }
  | TopicCreated
  | ({ kind: "topic_updated"; name: string } & TopicKey & ResolvedSettings)
  | ({ kind: "topic_purged" } & TopicKey)
  | ({ kind: "topic_deleted" } & TopicKey)
  | ({ kind: "partitions_created"; count: number; createdAt: number } & TopicKey)
  | ({ kind: "partitions_deleted"; count: number } & TopicKey)
  | ({ kind: "group_created"; groupId: number; name: string } & TopicKey)
  | ({ kind: "group_deleted"; groupId: number } & TopicKey)
  | OffsetStored
  | OffsetDeleted
  | UserCreated
  | { kind: "user_updated"; userId: number; name: string; status: UserStatus }
  | { kind: "user_password_changed"; userId: number; passwordHash: string }
  | { kind: "user_permissions_changed"; userId: number; permissions?: Permissions }
  | { kind: "user_deleted"; userId: number }
  | ({ kind: "token_created" } & TokenView)
  | { kind: "token_deleted"; userId: number; name: string };

export interface TopicKey {
  streamId: number;
  topicId: number;
}

/** Whose offset, in which partition. */
export interface OffsetKey extends TopicKey {
  partitionId: number;
  consumerKind: ConsumerKind;
  /** A consumer's or a group's number. */
  consumerId: number;
}

export interface TopicCreated extends TopicKey, ResolvedSettings {
  kind: "topic_created";
  name: string;
  createdAt: number;
  partitionsCount: number;
}

export interface OffsetStored extends OffsetKey {
  kind: "offset_stored";
  offset: number;
}

export interface OffsetDeleted extends OffsetKey {
  kind: "offset_deleted";
}

export interface UserCreated {
  kind: "user_created";
  userId: number;
  name: string;
  createdAt: number;
  status: UserStatus;
  passwordHash: string;
  permissions?: Permissions;
}

/** The bytes of an entry, as a view of `writer`'s memory. */
export function encodeEntry(entry: Entry, writer: WireWriter): Uint8Array {
  writer.clear();
  switch (entry.kind) {
    case "offset_stored":
      writer.u8(OFFSET_STORED);
      encodeOffsetKey(entry, writer);
      writer.u64(entry.offset);
      break;
    case "offset_deleted":
      writer.u8(OFFSET_DELETED);
      encodeOffsetKey(entry, writer);
      break;
    default:
      writer.u8(JSON_ENTRY);
      writer.bytes(UTF8.encode(toJson(entry)));
  }
  return writer.written;
}

/** @throws {Error} when the bytes are no entry of this version. */
export function decodeEntry(payload: Uint8Array): Entry {
  const reader = new WireReader(payload);
  const form = reader.u8();
  switch (form) {
    case JSON_ENTRY:
      return fromJson(FROM_UTF8.decode(reader.rest())) as Entry;
    case OFFSET_STORED:
      return { kind: "offset_stored", ...decodeOffsetKey(reader), offset: reader.u64Safe() };
    case OFFSET_DELETED:
      return { kind: "offset_deleted", ...decodeOffsetKey(reader) };
    default:
      throw new Error(`Catalog entry of form ${form} is unknown to this version`);
  }
}

function encodeOffsetKey(key: OffsetKey, writer: WireWriter): void {
  writer.u8(key.consumerKind === "consumer" ? CONSUMER : CONSUMER_GROUP);
  writer.u32(key.streamId);
  writer.u32(key.topicId);
  writer.u32(key.partitionId);
  writer.u32(key.consumerId);
}

function decodeOffsetKey(reader: WireReader): OffsetKey {
  return {
    consumerKind: reader.u8() === CONSUMER ? "consumer" : "consumer_group",
    streamId: reader.u32(),
    topicId: reader.u32(),
    partitionId: reader.u32(),
    consumerId: reader.u32(),
  };
}

const JSON_ENTRY = 1;
const OFFSET_STORED = 2;
const OFFSET_DELETED = 3;

const CONSUMER = 1;
const CONSUMER_GROUP = 2;

const UTF8 = new TextEncoder();
const FROM_UTF8 = new TextDecoder();
