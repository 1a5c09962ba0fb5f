/**
 * The snapshot: the whole state after one entry, in one file of one frame (frame.ts), replaced in one
 * step.
 *
 * ```text
 * snapshot        frame: number of the last entry in it, then u8 version, JSON of the state
 * snapshot.new    the next one while it is written; means nothing after a crash
 * ```
 *
 * @module
 */
import type { Permissions } from "../../protocol/permissions.ts";
import type { UserStatus } from "../../protocol/users.ts";
import type { Storage } from "../ports.ts";
import { FrameWriter, readFrame } from "./frame.ts";
import { fromJson, toJson } from "./json.ts";
import { NamedTable } from "./named_table.ts";
import { CatalogState, type Group, Partition, Stream, Topic, User } from "./state.ts";
import type { ResolvedSettings } from "./topic_settings.ts";
import type { TokenView } from "./views.ts";

/**
 * Reads the snapshot of a directory; an empty state after entry 0 when there is none.
 *
 * @throws {Error} when it is damaged or of another version.
 */
export function readSnapshot(
  storage: Storage,
  directory: string,
): { state: CatalogState; sequence: number } {
  const path = `${directory}/${SNAPSHOT}`;
  const bytes = storage.readFile(path);
  if (bytes === undefined) return { state: new CatalogState(), sequence: 0 };
  const frame = readFrame(bytes, 0);
  if (frame === undefined || frame.end !== bytes.length) {
    throw new Error(`Catalog snapshot ${path} of ${bytes.length} bytes is damaged`);
  }
  return { state: decodeState(frame.payload), sequence: frame.sequence };
}

/** Puts a state, as {@link encodeState} gave it, in the place of the snapshot; safe once resolved. */
export async function writeSnapshot(
  storage: Storage,
  directory: string,
  state: Uint8Array,
  sequence: number,
): Promise<void> {
  const fresh = `${directory}/${SNAPSHOT}.new`;
  storage.remove(fresh);
  const file = storage.open(fresh, { create: true });
  try {
    file.append(new FrameWriter().frame(sequence, sequence, state));
    await file.sync();
  } finally {
    file.close();
  }
  storage.rename(fresh, `${directory}/${SNAPSHOT}`);
  await storage.syncDirectory(directory);
}

/** The bytes of a state: equal for equal states. */
export function encodeState(state: CatalogState): Uint8Array {
  const saved: SavedState = {
    streams: saveTable(state.streams, saveStream),
    users: saveTable(state.users, saveUser),
  };
  return new TextEncoder().encode(VERSION + toJson(saved));
}

/** @throws {Error} when the version is unknown. */
function decodeState(bytes: Uint8Array): CatalogState {
  const text = new TextDecoder().decode(bytes);
  if (text[0] !== VERSION) {
    throw new Error(
      `Catalog snapshot has format ${text.charCodeAt(0)}, this version reads ${
        VERSION.charCodeAt(0)
      }`,
    );
  }
  const saved = fromJson(text.slice(1)) as SavedState;
  return new CatalogState(
    loadTable(saved.streams, loadStream),
    loadTable(saved.users, loadUser),
  );
}

interface SavedState {
  streams: SavedTable<SavedStream>;
  users: SavedTable<SavedUser>;
}

interface SavedTable<T> {
  nextId: number;
  rows: T[];
}

interface SavedStream {
  id: number;
  name: string;
  createdAt: number;
  topics: SavedTable<SavedTopic>;
}

interface SavedTopic extends ResolvedSettings {
  streamId: number;
  topicId: number;
  name: string;
  createdAt: number;
  partitions: SavedPartition[];
  groups: SavedTable<Group>;
}

/** `offsets`: number of the consumer or group, offset, number, offset, ... */
type SavedPartition = [
  createdAt: number,
  incarnation: number,
  consumerOffsets: number[],
  groupOffsets: number[],
];

interface SavedUser {
  userId: number;
  name: string;
  createdAt: number;
  status: UserStatus;
  passwordHash: string;
  permissions?: Permissions;
  tokens: TokenView[];
}

function saveStream({ id, name, createdAt, topics }: Stream): SavedStream {
  return { id, name, createdAt, topics: saveTable(topics, saveTopic) };
}

function loadStream({ id, name, createdAt, topics }: SavedStream): Stream {
  return new Stream(id, name, createdAt, loadTable(topics, loadTopic));
}

function saveTopic(topic: Topic): SavedTopic {
  const { streamId, id: topicId, name, createdAt, settings, explicit } = topic;
  return {
    ...{ streamId, topicId, name, createdAt, settings, explicit },
    partitions: topic.partitions.map(({ createdAt, incarnation, offsets }) => [
      createdAt,
      incarnation,
      [...offsets.consumer].flat(),
      [...offsets.consumer_group].flat(),
    ]),
    groups: saveTable(topic.groups, (group) => group),
  };
}

function loadTopic(saved: SavedTopic): Topic {
  const topic = new Topic(saved, loadTable(saved.groups, (group) => group));
  for (const [createdAt, incarnation, consumers, groups] of saved.partitions) {
    const id = topic.partitions.length;
    const partition = new Partition(topic.streamId, topic.id, id, createdAt, incarnation);
    loadOffsets(consumers, partition.offsets.consumer);
    loadOffsets(groups, partition.offsets.consumer_group);
    topic.partitions.push(partition);
  }
  return topic;
}

function loadOffsets(saved: readonly number[], into: Map<number, number>): void {
  for (let at = 0; at < saved.length; at += 2) into.set(saved[at], saved[at + 1]);
}

function saveUser(user: User): SavedUser {
  const { id: userId, name, createdAt, status, passwordHash, permissions, tokens } = user;
  return {
    ...{ userId, name, createdAt, status, passwordHash, permissions },
    tokens: [...tokens.values()],
  };
}

function loadUser(saved: SavedUser): User {
  const user = new User(saved);
  for (const token of saved.tokens) user.tokens.set(token.name, token);
  return user;
}

function saveTable<T extends { id: number; name: string }, S>(
  table: NamedTable<T>,
  save: (thing: T) => S,
): SavedTable<S> {
  return { nextId: table.nextId, rows: Array.from(table.values(), save) };
}

function loadTable<S, T extends { id: number; name: string }>(
  { nextId, rows }: SavedTable<S>,
  load: (saved: S) => T,
): NamedTable<T> {
  const table = new NamedTable<T>(nextId);
  for (const row of rows) table.add(load(row));
  return table;
}

const SNAPSHOT = "snapshot";

/** The first byte of the frame's payload. */
const VERSION = "\x01";
