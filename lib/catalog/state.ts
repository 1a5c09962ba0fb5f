/**
 * The state itself and the one way it changes: `apply(entry, sequence)`. No clock, no randomness, no
 * I/O: the same entries give the same state, on the day they are made and at every replay.
 *
 * Invariant: an entry names only what exists and gives only ids and names that are free. Commands
 * check that before they make one, so a violation here is a damaged journal or a bug, and throws.
 *
 * @module
 */
import type { Permissions } from "../../protocol/permissions.ts";
import type { ConsumerKind } from "../../protocol/primitives.ts";
import type { UserStatus } from "../../protocol/users.ts";
import type { Entry, TopicCreated, TopicKey, UserCreated } from "./entries.ts";
import { NamedTable } from "./named_table.ts";
import { completeSettings, type TopicSettingName, type TopicSettings } from "./topic_settings.ts";
import type {
  GroupView,
  PartitionView,
  StreamView,
  TokenView,
  TopicView,
  UserView,
} from "./views.ts";

export class CatalogState {
  readonly streams: NamedTable<Stream>;
  readonly users: NamedTable<User>;
  /** Every personal access token, by the hash of its secret. */
  readonly tokens = new Map<string, TokenView>();

  constructor(streams = new NamedTable<Stream>(), users = new NamedTable<User>()) {
    this.streams = streams;
    this.users = users;
    for (const user of users.values()) this.#indexTokens(user);
  }

  /** Makes the change; `sequence` becomes the incarnation of the partitions it makes. */
  apply(entry: Entry, sequence: number): void {
    switch (entry.kind) {
      case "stream_created":
        return this.streams.add(new Stream(entry.streamId, entry.name, entry.createdAt));
      case "stream_renamed":
        return this.streams.rename(this.#stream(entry.streamId), entry.name);
      case "stream_purged":
        for (const topic of this.#stream(entry.streamId).topics.values()) topic.purge(sequence);
        return;
      case "stream_deleted":
        return this.streams.remove(this.#stream(entry.streamId));
      case "topic_created":
        return this.#createTopic(entry, sequence);
      case "topic_updated":
        return this.#updateTopic(entry);
      case "topic_purged":
        return this.#topic(entry).purge(sequence);
      case "topic_deleted":
        return this.#stream(entry.streamId).topics.remove(this.#topic(entry));
      case "partitions_created":
        return this.#topic(entry).addPartitions(entry.count, entry.createdAt, sequence);
      case "partitions_deleted":
        return this.#topic(entry).removePartitions(entry.count);
      case "group_created":
        return this.#topic(entry).addGroup(entry.groupId, entry.name);
      case "group_deleted":
        return this.#topic(entry).removeGroup(entry.groupId);
      case "offset_stored":
        return this.#partition(entry, entry.partitionId)
          .storeOffset(entry.consumerKind, entry.consumerId, entry.offset);
      case "offset_deleted":
        return this.#partition(entry, entry.partitionId)
          .deleteOffset(entry.consumerKind, entry.consumerId);
      case "user_created":
        return this.users.add(new User(entry));
      case "user_updated":
        return this.#updateUser(entry.userId, entry.name, entry.status);
      case "user_password_changed":
        this.#user(entry.userId).passwordHash = entry.passwordHash;
        return;
      case "user_permissions_changed":
        this.#user(entry.userId).permissions = entry.permissions;
        return;
      case "user_deleted":
        return this.#deleteUser(entry.userId);
      case "token_created":
        return this.#createToken(entry);
      case "token_deleted":
        return this.#deleteToken(entry.userId, entry.name);
      default:
        return unreachable(entry);
    }
  }

  #createTopic(entry: TopicCreated, sequence: number): void {
    const topic = new Topic(entry);
    topic.addPartitions(entry.partitionsCount, entry.createdAt, sequence);
    this.#stream(entry.streamId).topics.add(topic);
  }

  #updateTopic(entry: Entry & { kind: "topic_updated" }): void {
    const topic = this.#topic(entry);
    this.#stream(entry.streamId).topics.rename(topic, entry.name);
    topic.settings = completeSettings(entry.settings);
    topic.explicit = entry.explicit;
  }

  #updateUser(userId: number, name: string, status: UserStatus): void {
    const user = this.#user(userId);
    this.users.rename(user, name);
    user.status = status;
  }

  #deleteUser(userId: number): void {
    const user = this.#user(userId);
    for (const token of user.tokens.values()) this.tokens.delete(token.hash);
    this.users.remove(user);
  }

  #createToken({ userId, name, hash, expiryAt }: TokenView): void {
    const token: TokenView = { userId, name, hash, expiryAt };
    this.#user(userId).tokens.set(name, token);
    this.tokens.set(hash, token);
  }

  #deleteToken(userId: number, name: string): void {
    const tokens = this.#user(userId).tokens;
    this.tokens.delete(existing(tokens.get(name), "token", name).hash);
    tokens.delete(name);
  }

  #indexTokens(user: User): void {
    for (const token of user.tokens.values()) this.tokens.set(token.hash, token);
  }

  #stream(id: number): Stream {
    return existing(this.streams.find(id), "stream", id);
  }

  #topic({ streamId, topicId }: TopicKey): Topic {
    return existing(this.#stream(streamId).topics.find(topicId), "topic", topicId);
  }

  #partition(key: TopicKey, id: number): Partition {
    return existing(this.#topic(key).partitions[id], "partition", id);
  }

  #user(id: number): User {
    return existing(this.users.find(id), "user", id);
  }
}

export class Stream implements StreamView {
  readonly topics: NamedTable<Topic>;

  constructor(
    readonly id: number,
    public name: string,
    readonly createdAt: number,
    topics = new NamedTable<Topic>(),
  ) {
    this.topics = topics;
  }
}

/** What a topic is made of, whether by an entry or by a snapshot. */
export type TopicFields = Omit<TopicCreated, "kind" | "partitionsCount">;

export class Topic implements TopicView {
  readonly streamId: number;
  readonly id: number;
  readonly createdAt: number;
  readonly partitions: Partition[] = [];
  readonly groups: NamedTable<Group>;
  name: string;
  settings: TopicSettings;
  explicit: readonly TopicSettingName[];

  constructor(fields: TopicFields, groups = new NamedTable<Group>()) {
    this.streamId = fields.streamId;
    this.id = fields.topicId;
    this.createdAt = fields.createdAt;
    this.name = fields.name;
    this.settings = completeSettings(fields.settings);
    this.explicit = fields.explicit;
    this.groups = groups;
  }

  addPartitions(count: number, createdAt: number, incarnation: number): void {
    const end = this.partitions.length + count;
    for (let id = this.partitions.length; id < end; id++) {
      this.partitions.push(new Partition(this.streamId, this.id, id, createdAt, incarnation));
    }
  }

  /** CLASSIC.md section 12: the highest ids go first. */
  removePartitions(count: number): void {
    this.partitions.length -= count;
  }

  /** Every partition starts a new life, without messages and without stored offsets. */
  purge(incarnation: number): void {
    for (const [id, { createdAt }] of this.partitions.entries()) {
      this.partitions[id] = new Partition(this.streamId, this.id, id, createdAt, incarnation);
    }
  }

  addGroup(id: number, name: string): void {
    this.groups.add({ streamId: this.streamId, topicId: this.id, id, name });
  }

  /** CLASSIC.md section 10: a group's offsets go with it. */
  removeGroup(id: number): void {
    this.groups.remove(existing(this.groups.find(id), "group", id));
    for (const partition of this.partitions) partition.offsets.consumer_group.delete(id);
  }
}

export interface Group extends GroupView {
  name: string;
}

export class Partition implements PartitionView {
  /** Last processed offsets, by the number of the consumer or of the group. */
  readonly offsets: Record<ConsumerKind, Map<number, number>> = {
    consumer: new Map(),
    consumer_group: new Map(),
  };

  constructor(
    readonly streamId: number,
    readonly topicId: number,
    readonly id: number,
    readonly createdAt: number,
    readonly incarnation: number,
  ) {}

  storedOffset(kind: ConsumerKind, id: number): number | undefined {
    return this.offsets[kind].get(id);
  }

  consumers(): Iterable<number> {
    return this.offsets.consumer.keys();
  }

  minStoredOffset(): number | undefined {
    let min: number | undefined;
    for (const offsets of [this.offsets.consumer, this.offsets.consumer_group]) {
      for (const offset of offsets.values()) {
        if (min === undefined || offset < min) min = offset;
      }
    }
    return min;
  }

  storeOffset(kind: ConsumerKind, id: number, offset: number): void {
    this.offsets[kind].set(id, offset);
  }

  deleteOffset(kind: ConsumerKind, id: number): void {
    this.offsets[kind].delete(id);
  }
}

/** What a user is made of, whether by an entry or by a snapshot. */
export type UserFields = Omit<UserCreated, "kind">;

export class User implements UserView {
  readonly id: number;
  readonly createdAt: number;
  readonly tokens = new Map<string, TokenView>();
  name: string;
  status: UserStatus;
  passwordHash: string;
  permissions: Permissions | undefined;

  constructor(fields: UserFields) {
    this.id = fields.userId;
    this.createdAt = fields.createdAt;
    this.name = fields.name;
    this.status = fields.status;
    this.passwordHash = fields.passwordHash;
    this.permissions = fields.permissions;
  }
}

function existing<T>(thing: T | undefined, noun: string, key: number | string): T {
  if (thing === undefined) throw new Error(`Catalog entry names ${noun} ${key}, which is missing`);
  return thing;
}

function unreachable(entry: never): never {
  throw new Error(`Catalog entry "${(entry as Entry).kind}" is unknown to this version`);
}
