/**
 * Who is in which consumer group, over the whole node (CLASSIC.md section 11, VSR.md section 10). One
 * table for both protocols: classic members are given a partition at each poll (`nextPartition`), VSR
 * members read their assignment (`sync`) and name the partition themselves.
 *
 * Members are sessions, so nothing here survives a restart. Which groups exist, and what offsets they
 * stored, the catalog knows; whoever changes topics there tells this one (`resized`, `purged`,
 * `deleted`).
 *
 * @module
 */
import { CONSUMER_GROUP_MEMBER_NOT_FOUND } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { Waiters } from "../waiters.ts";
import { type Assignment, GroupMembership, type MemberView } from "./group_membership.ts";

/** Which group; a `GroupView` is one. */
export interface GroupKey {
  readonly streamId: number;
  readonly topicId: number;
  readonly id: number;
}

/** A topic, or with no `topicId` all topics of a stream. */
export interface TopicScope {
  readonly streamId: number;
  readonly topicId?: number;
}

export interface GroupCoordinatorOptions {
  /** The offset a group has stored in a partition. */
  readonly storedOffset: (group: GroupKey, partitionId: number) => number | undefined;
  /** How long a member may take to finish with a partition it gives up; default 30 s. */
  readonly handOverMsMax?: number;
}

/**
 * Sessions are numbers of the caller's, unique among those alive. Times are milliseconds of any clock
 * that only grows.
 */
export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions;
  readonly #groups = new Map<string, Group>();
  readonly #groupsBySession = new Map<number, Set<Group>>();
  /** Groups that may have partitions in hand-over. */
  readonly #unfinished = new Set<Group>();

  constructor(options: GroupCoordinatorOptions) {
    this.#options = options;
  }

  /** Adds a session to a group; a second time changes nothing. */
  join(key: GroupKey, session: number, partitionsCount: number, nowMs: number): void {
    const group = this.#group(key);
    if (group.membership.has(session)) return;
    group.membership.resize(partitionsCount, nowMs);
    group.membership.join(session, nowMs);
    this.#changed(group);
    const groups = this.#groupsBySession.get(session);
    if (groups === undefined) this.#groupsBySession.set(session, new Set([group]));
    else groups.add(group);
  }

  /** @throws {IggyError} 5006 when the session is no member. */
  leave(key: GroupKey, session: number, nowMs: number): void {
    const group = this.#groupOf(key, session);
    group.membership.leave(session, nowMs);
    this.#changed(group);
    this.#forget(group, session);
  }

  /** Takes a session out of all its groups: it is gone, or logged out. */
  disconnect(session: number, nowMs: number): void {
    for (const group of this.#groupsBySession.get(session) ?? []) {
      group.membership.leave(session, nowMs);
      this.#changed(group);
    }
    this.#groupsBySession.delete(session);
  }

  /** What a session should poll; `undefined` when it is no member (VSR.md section 10). */
  sync(key: GroupKey, session: number): Assignment | undefined {
    return this.#find(key)?.membership.assignment(session);
  }

  /**
   * The partition of a session's next poll, one after the other; `undefined` when it has none.
   *
   * @throws {IggyError} 5006 when the session is no member, here and below.
   */
  nextPartition(key: GroupKey, session: number): number | undefined {
    return this.#groupOf(key, session).membership.nextPartition(session);
  }

  /** The partition of an offset stored without one: that of the last poll without one. */
  currentPartition(key: GroupKey, session: number): number | undefined {
    return this.#groupOf(key, session).membership.currentPartition(session);
  }

  /** Whether a session may poll a partition and store offsets in it: hand-overs included. */
  owns(key: GroupKey, session: number, partitionId: number): boolean {
    return this.#groupOf(key, session).membership.owns(session, partitionId);
  }

  /** Call it when a poll of the partition's owner has given out messages. */
  polled(key: GroupKey, partitionId: number, lastOffset: number): void {
    this.#find(key)?.membership.polled(partitionId, lastOffset);
  }

  /** Call it after an offset of the group was stored, or stored by auto-commit. */
  stored(key: GroupKey, partitionId: number): void {
    const group = this.#find(key);
    if (group?.membership.stored(partitionId)) group.waiters.wake();
  }

  /** Those who wait for another assignment in a group; `undefined` for a group that has no members. */
  waiters(key: GroupKey): Waiters | undefined {
    return this.#find(key)?.waiters;
  }

  /** Ends the hand-overs that took too long; call it every few seconds. */
  expire(nowMs: number): void {
    const { handOverMsMax = 30_000 } = this.#options;
    for (const group of this.#unfinished) {
      group.membership.expire(nowMs - handOverMsMax);
      this.#changed(group);
    }
  }

  /** Call it when a topic has got or lost partitions. */
  resized(topic: Required<TopicScope>, partitionsCount: number, nowMs: number): void {
    for (const group of this.#within(topic)) {
      group.membership.resize(partitionsCount, nowMs);
      this.#changed(group);
    }
  }

  /** Call it when the messages of a topic, or of a whole stream, were purged. */
  purged(scope: TopicScope): void {
    for (const group of this.#within(scope)) {
      group.membership.purge();
      this.#changed(group);
    }
  }

  /** Call it when a stream, a topic or (with `groupId`) a group was deleted: its members are none. */
  deleted(scope: TopicScope, groupId?: number): void {
    for (const group of this.#within(scope)) {
      if (groupId !== undefined && group.key.id !== groupId) continue;
      this.#groups.delete(nameOf(group.key));
      this.#unfinished.delete(group);
      group.waiters.wake();
      for (const session of group.membership.sessions()) this.#forget(group, session);
    }
  }

  /** The members of a group, in the order they joined. */
  members(key: GroupKey): MemberView[] {
    return this.#find(key)?.membership.members() ?? [];
  }

  membersCount(key: GroupKey): number {
    return this.#find(key)?.membership.size ?? 0;
  }

  /** The groups a session is in, in the order it joined. */
  groupsOf(session: number): GroupKey[] {
    return Array.from(this.#groupsBySession.get(session) ?? [], ({ key }) => key);
  }

  #group(key: GroupKey): Group {
    const known = this.#find(key);
    if (known !== undefined) return known;
    const { storedOffset } = this.#options;
    const { streamId, topicId, id } = key;
    const own: GroupKey = { streamId, topicId, id };
    const membership = new GroupMembership((partitionId) => storedOffset(own, partitionId));
    const group: Group = { key: own, membership, waiters: new Waiters() };
    this.#groups.set(nameOf(own), group);
    return group;
  }

  #find(key: GroupKey): Group | undefined {
    return this.#groups.get(nameOf(key));
  }

  #groupOf(key: GroupKey, session: number): Group {
    const group = this.#find(key);
    if (group?.membership.has(session)) return group;
    throw new IggyError(
      CONSUMER_GROUP_MEMBER_NOT_FOUND,
      `Session ${session} is no member of consumer group ${key.id}`,
    );
  }

  *#within({ streamId, topicId }: TopicScope): Generator<Group> {
    for (const group of this.#groups.values()) {
      if (group.key.streamId !== streamId) continue;
      if (topicId === undefined || group.key.topicId === topicId) yield group;
    }
  }

  /** To be called when partitions may have changed hands, or begun to. */
  #changed(group: Group): void {
    group.waiters.wake();
    if (group.membership.handsOver) this.#unfinished.add(group);
    else this.#unfinished.delete(group);
  }

  #forget(group: Group, session: number): void {
    const groups = this.#groupsBySession.get(session);
    groups?.delete(group);
    if (groups?.size === 0) this.#groupsBySession.delete(session);
  }
}

interface Group {
  readonly key: GroupKey;
  readonly membership: GroupMembership;
  readonly waiters: Waiters;
}

function nameOf({ streamId, topicId, id }: GroupKey): string {
  return `${streamId}/${topicId}/${id}`;
}
