/**
 * What a broker is made of, for the model of one: streams, topics, partitions, users, clients as plain
 * arrays and maps, and how a command finds what it is about.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import type { TopicOptions } from "../../protocol/options.ts";
import type { Permissions } from "../../protocol/permissions.ts";
import type { Consumer, Identifier } from "../../protocol/primitives.ts";
import { xxh32 } from "../../protocol/xxhash.ts";
import { GroupModel } from "./group_model.ts";
import { allowed, type Right } from "./rights_model.ts";

/** An error code in place of an answer. */
export class Refusal extends Error {
  constructor(readonly code: number) {
    super(`Refused with ${code}`);
  }
}

/** One connection. */
export interface ClientModel {
  readonly dialect: Dialect;
  readonly clientId: number;
  readonly address: string;
  /** Who logged in last; a user that is deleted leaves it behind. */
  userId?: number;
  /** The groups it is in, in the order it joined. */
  readonly groups: GroupModel[];
}

/** A message as it is kept; C6.1: the node makes up an id for 0. */
interface KeptMessage {
  readonly id: bigint | typeof ANYTHING;
  readonly offset: number;
  readonly timestamp: number;
  readonly originTimestamp: number;
  readonly payload: Uint8Array;
  readonly userHeaders: Uint8Array;
}

export interface Partition {
  readonly createdAt: number;
  readonly messages: KeptMessage[];
  /** Of each batch the offset after its last message, and its bytes. */
  readonly batches: { readonly end: number; readonly bytes: number }[];
  /** So many messages survive a crash. */
  safe: number;
  /** By `consumer/number` or `consumer_group/id`. */
  readonly offsets: Map<string, number>;
}

export interface Topic {
  readonly id: number;
  name: string;
  readonly streamId: number;
  readonly createdAt: number;
  /** What was chosen and is not left to the node. */
  options: TopicOptions;
  readonly partitions: Partition[];
  readonly groups: Table<GroupModel>;
  /** Of balanced sends. */
  turn: number;
}

export interface Stream {
  readonly id: number;
  name: string;
  readonly createdAt: number;
  readonly topics: Table<Topic>;
}

export interface User {
  readonly id: number;
  name: string;
  readonly createdAt: number;
  password: string;
  status: "active" | "inactive";
  permissions?: Permissions;
  readonly tokens: { readonly name: string; readonly expiryAt?: number; secret?: string }[];
}

/** What there is, and the steps that commands share. */
export class BrokerState {
  /** Micros since the Unix epoch. */
  now: number;
  readonly streams: Table<Stream> = new Table();
  readonly users: Table<User> = new Table();
  clients: ClientModel[] = [];
  /** How to take back the stored offsets that a crash may lose, newest last. */
  readonly unsafe: (() => void)[] = [];

  constructor(now: number, rootPassword: string) {
    this.now = now;
    const permissions = { global: ALL_RIGHTS, streams: new Map() };
    const root = { name: "iggy", createdAt: now, password: rootPassword, permissions };
    this.users.add({ ...root, status: "active", tokens: [] });
  }

  /** What was answered is safe, and all offsets stored before it. */
  done<Value>(value?: Value): Value | undefined {
    this.unsafe.length = 0;
    return value;
  }

  /** Who is logged in. */
  user({ userId }: ClientModel): User {
    const user = userId === undefined ? undefined : this.users.find(userId);
    if (user === undefined) throw new Refusal(40);
    return user;
  }

  /** Refuses who lacks a right. */
  authorize(client: ClientModel, right: Right, streamId?: number, topicId?: number): void {
    const { permissions } = this.user(client);
    if (!allowed(permissions, right, streamId, topicId)) throw new Refusal(41);
  }

  /** What an identifier names, or the refusal. */
  found<T>(table: Table<T & Named>, id: Identifier, code: number): T {
    const found = table.find(id);
    if (found === undefined) throw new Refusal(code);
    return found;
  }

  /** C4: resolution comes before authorization. */
  stream(client: ClientModel, right: Right, { streamId }: { streamId: Identifier }): Stream {
    this.user(client);
    const stream = this.found(this.streams, streamId, 1009);
    this.authorize(client, right, stream.id);
    return stream;
  }

  topic(client: ClientModel, right: Right, address: Address): Topic {
    this.user(client);
    const stream = this.found(this.streams, address.streamId, 1009);
    const topic = this.found(stream.topics, address.topicId, 2010);
    this.authorize(client, right, stream.id, topic.id);
    return topic;
  }

  group(client: ClientModel, address: Address & { groupId: Identifier }) {
    const topic = this.topic(client, "read_topic", address);
    return { topic, group: this.found(topic.groups, address.groupId, 5000) };
  }

  /** Whose stored offset a write is about. */
  ownOffset(client: ClientModel, request: OffsetAddress) {
    const { consumer } = request;
    const topic = this.topic(client, "poll_messages", request);
    const group = groupOf(topic, consumer);
    const isStranger = group !== undefined && !client.groups.includes(group);
    if (isStranger && request.partitionId === undefined) throw new Refusal(5006);
    const partitionId = request.partitionId ?? (group === undefined ? 0 : group.current(client));
    if (partitionId === undefined) throw new Refusal(3022);
    partitionOf(topic, partitionId);
    if (isStranger) throw new Refusal(5006);
    if (group !== undefined && !group.owned(client).includes(partitionId)) throw new Refusal(3022);
    return { topic, partitionId, key: offsetKey(consumer, group), group };
  }

  /** Remembers an offset; a crash may forget it as long as nothing says otherwise. */
  store(
    topic: Topic,
    partitionId: number,
    key: string,
    offset: number,
    group: GroupModel | undefined,
  ): void {
    const { offsets } = topic.partitions[partitionId];
    const before = offsets.get(key);
    offsets.set(key, offset);
    this.unsafe.push(() => before === undefined ? offsets.delete(key) : offsets.set(key, before));
    group?.stored(partitionId);
  }

  /** V5: a Register ends what was before it, whatever comes of it. */
  beginLogin(client: ClientModel): void {
    if (client.dialect === "classic") return;
    this.leaveAll(client);
    client.userId = undefined;
  }

  endLogin(client: ClientModel, user: User): unknown {
    if (user.status === "inactive") throw new Refusal(47);
    client.userId = user.id;
    return { userId: user.id };
  }

  /** The client is in no group any more. */
  leaveAll(client: ClientModel): void {
    for (const group of client.groups.splice(0)) group.leave(client, this.now);
  }

  /** Groups that are gone have no members. */
  dismiss(groups: Iterable<GroupModel>): void {
    for (const group of groups) {
      for (const client of this.clients) {
        if (client.groups.includes(group)) client.groups.splice(client.groups.indexOf(group), 1);
      }
    }
  }

  /** C11: groups follow the partitions of their topic. */
  resized(topic: Topic): void {
    for (const group of topic.groups) group.resize(this.now);
    this.done();
  }

  topics(): Topic[] {
    return [...this.streams].flatMap(({ topics }) => [...topics]);
  }

  groups(): GroupModel[] {
    return this.topics().flatMap(({ groups }) => [...groups]);
  }
}

/** Stands for what nobody can foresee: a token's secret, an id that the node makes up. */
export const ANYTHING = Symbol("anything");

interface Named {
  readonly id: number;
  readonly name: string;
}

interface Address {
  readonly streamId: Identifier;
  readonly topicId: Identifier;
}

/** Things by number or by exact name (C3.1); numbers rise and are never used again. */
export class Table<T extends Named> {
  readonly #things: T[] = [];
  #nextId = 0;

  get size(): number {
    return this.#things.length;
  }

  add(fields: Omit<T, "id">): T {
    return this.put((id) => ({ ...fields, id }) as T);
  }

  put(make: (id: number) => T): T {
    const thing = make(this.#nextId++);
    this.#things.push(thing);
    return thing;
  }

  find(id: Identifier): T | undefined {
    return this.#things.find((thing) => (typeof id === "number" ? thing.id : thing.name) === id);
  }

  remove(thing: T): void {
    this.#things.splice(this.#things.indexOf(thing), 1);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#things[Symbol.iterator]();
  }
}

export function checkFree<T extends Named>(
  table: Table<T>,
  name: string,
  code: number,
  self?: T,
): void {
  const holder = table.find(name);
  if (holder !== undefined && holder !== self) throw new Refusal(code);
}

export function partitionOf(topic: Topic, id: number): Partition {
  const partition = topic.partitions[id];
  if (partition === undefined) throw new Refusal(3007);
  return partition;
}

/** The group that a consumer is; `undefined` for a single one. */
export function groupOf(topic: Topic, { kind, id }: Consumer): GroupModel | undefined {
  if (kind === "consumer") return undefined;
  const group = topic.groups.find(id);
  if (group === undefined) throw new Refusal(5000);
  return group;
}

/** C3.2: a name counts as its hash. */
export function offsetKey({ id }: Consumer, group: GroupModel | undefined): string {
  if (group !== undefined) return group.offsetKey;
  return `consumer/${typeof id === "number" ? id : xxh32(new TextEncoder().encode(id))}`;
}

/** Whose stored offset, and where. */
interface OffsetAddress extends Address {
  readonly consumer: Consumer;
  readonly partitionId?: number;
}

const ALL_RIGHTS = {
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
