/**
 * What exists, as the rest of the node sees it: live objects that nobody but the catalog changes.
 *
 * @module
 */
import type { Permissions } from "../../protocol/permissions.ts";
import type { ConsumerKind } from "../../protocol/primitives.ts";
import type { UserStatus } from "../../protocol/users.ts";
import type { NamedView } from "./named_table.ts";
import type { ResolvedSettings } from "./topic_settings.ts";

export interface StreamView {
  readonly id: number;
  readonly name: string;
  /** Micros since the Unix epoch, here and below. */
  readonly createdAt: number;
  readonly topics: NamedView<TopicView>;
}

/** A topic; its `settings` and which of them are `explicit` come with it. */
export interface TopicView extends ResolvedSettings {
  readonly streamId: number;
  readonly id: number;
  readonly name: string;
  readonly createdAt: number;
  /** Partition `n` is at index `n`. */
  readonly partitions: readonly PartitionView[];
  readonly groups: NamedView<GroupView>;
}

/**
 * One life of a partition. A purge ends it: the topic then holds a new object with another
 * incarnation, and an offset stored through the old one is refused.
 */
export interface PartitionView {
  readonly streamId: number;
  readonly topicId: number;
  readonly id: number;
  readonly createdAt: number;
  /** Sequence number of the entry that made this life: at least 1, never reused. */
  readonly incarnation: number;
  /** The last offset that consumer or group said it processed. `id` is a consumer's or a group's number. */
  storedOffset(kind: ConsumerKind, id: number): number | undefined;
  /** The numbers of the consumers of their own that have stored an offset. */
  consumers(): Iterable<number>;
  /** The smallest offset anybody stored: segments up to it are processed by all. */
  minStoredOffset(): number | undefined;
}

export interface GroupView {
  readonly streamId: number;
  readonly topicId: number;
  readonly id: number;
  readonly name: string;
}

export interface UserView {
  /** 0 is root. */
  readonly id: number;
  /** The username. */
  readonly name: string;
  readonly createdAt: number;
  readonly status: UserStatus;
  /** A PHC string of `lib/auth/passwords.ts`. */
  readonly passwordHash: string;
  /** `undefined`: no rights at all. */
  readonly permissions: Permissions | undefined;
  /** Personal access tokens by their name. */
  readonly tokens: ReadonlyMap<string, TokenView>;
}

export interface TokenView {
  readonly userId: number;
  readonly name: string;
  /** What `lib/auth/tokens.ts` makes of the secret; the secret itself is nowhere. */
  readonly hash: string;
  /** Micros since the Unix epoch; `undefined`: never. */
  readonly expiryAt?: number;
}
