/**
 * The members of one consumer group and the partitions they read (CLASSIC.md section 11, VSR.md
 * section 10): a state machine without clock and I/O.
 *
 * ```text
 * a partition:  Unowned --join, resize--> Owned --its owner leaves--> Owned by another, if there is one
 *               Owned --its owner has more than a fair share--> settled? the heir's : HandedOver
 *               HandedOver --offset stored, or timeout--> Owned by the heir
 *               HandedOver --join, leave, resize--> planned anew
 * ```
 *
 * A partition is settled when the group never polled it or has stored the last offset it polled:
 * then nobody is at work on its messages. While it is handed over its owner is not offered it any
 * more, but may still poll it and store offsets in it.
 *
 * Invariants: a partition has at most one owner; owner and heir are members, and not the same one;
 * members' lists say the same as the partitions; `generation` differs whenever a list does.
 *
 * @module
 */

/** What a member sees of its assignment (VSR.md section 7.3, SyncConsumerGroup). */
export interface Assignment {
  /** Another number whenever any member's partitions changed. */
  readonly generation: number;
  /** What the member should poll, ascending. */
  readonly partitions: readonly number[];
}

export interface MemberView {
  /** For people: starts at 0, and is one above the highest when a member joins. */
  readonly id: number;
  /** Every partition it owns, those it hands over included, ascending. */
  readonly partitions: readonly number[];
}

/** Offset that the group has stored in a partition. */
export type StoredOffset = (partitionId: number) => number | undefined;

export class GroupMembership {
  readonly #storedOffset: StoredOffset;
  /** By session, in the order they joined. */
  readonly #members = new Map<number, Member>();
  readonly #partitions: Partition[] = [];
  #generation = 0;

  constructor(storedOffset: StoredOffset) {
    this.#storedOffset = storedOffset;
  }

  get size(): number {
    return this.#members.size;
  }

  /** In the order they joined. */
  members(): MemberView[] {
    return Array.from(this.#members.values(), ({ id, partitions }) => ({ id, partitions }));
  }

  /** Whether {@link expire} has anything to wait for. */
  get handsOver(): boolean {
    return this.#partitions.some(({ handOver }) => handOver !== undefined);
  }

  sessions(): number[] {
    return [...this.#members.keys()];
  }

  has(session: number): boolean {
    return this.#members.has(session);
  }

  /** Adds a member, which gets its share as soon as others can give it up. */
  join(session: number, nowMs: number): void {
    let id = 0;
    for (const member of this.#members.values()) id = Math.max(id, member.id + 1);
    this.#members.set(session, { id, session, partitions: [], pollable: [], turn: 0 });
    this.#rebalance(nowMs);
  }

  /**
   * Removes a member; others get its partitions at once. (The reference deals all partitions anew, so
   * that members lose some they are at work on, and their messages are read twice.)
   */
  leave(session: number, nowMs: number): void {
    const member = this.#members.get(session);
    this.#members.delete(session);
    for (const partition of this.#partitions) {
      if (partition.owner === member) partition.owner = partition.handOver = undefined;
    }
    this.#rebalance(nowMs);
  }

  /** Follows the number of partitions of the topic. */
  resize(partitionsCount: number, nowMs: number): void {
    if (partitionsCount === this.#partitions.length) return;
    while (this.#partitions.length < partitionsCount) this.#partitions.push({});
    this.#partitions.length = partitionsCount;
    this.#rebalance(nowMs);
  }

  /** Forgets what was polled: the messages are gone. */
  purge(): void {
    for (const partition of this.#partitions) partition.lastPolled = undefined;
    this.#complete(() => true);
  }

  assignment(session: number): Assignment | undefined {
    const member = this.#members.get(session);
    return member && { generation: this.#generation, partitions: member.pollable };
  }

  /** The partition for a member's next poll, one after the other; `undefined` when it has none. */
  nextPartition(session: number): number | undefined {
    const member = this.#members.get(session);
    if (member === undefined || member.pollable.length === 0) return undefined;
    member.current = member.pollable[member.turn % member.pollable.length];
    member.turn = (member.turn + 1) % member.pollable.length;
    return member.current;
  }

  /**
   * The partition a member means when it names none: the one {@link nextPartition} gave last, else
   * the one it would give.
   */
  currentPartition(session: number): number | undefined {
    const member = this.#members.get(session);
    if (member === undefined) return undefined;
    const { current, partitions, pollable, turn } = member;
    if (current !== undefined && this.owns(session, current)) return current;
    return pollable[turn % pollable.length] ?? partitions[0];
  }

  /** Whether a member may poll a partition and store offsets in it. */
  owns(session: number, partitionId: number): boolean {
    return this.#partitions[partitionId]?.owner?.session === session;
  }

  /** Notes that messages up to `lastOffset` went out to the owner. */
  polled(partitionId: number, lastOffset: number): void {
    const partition = this.#partitions[partitionId];
    if (partition !== undefined) partition.lastPolled = lastOffset;
  }

  /** Ends the hand-over of a partition if the offset the group has stored settles it; gives whether it did. */
  stored(partitionId: number): boolean {
    if (this.#partitions[partitionId]?.handOver === undefined) return false;
    this.#complete((_handOver, id) => id === partitionId && this.#isSettled(id));
    return this.#partitions[partitionId].handOver === undefined;
  }

  /** Ends the hand-overs that began at `sinceMs` or earlier. */
  expire(sinceMs: number): void {
    this.#complete((handOver) => handOver.sinceMs <= sinceMs);
  }

  /**
   * Moves to fair shares what is unowned, and the last partitions of members that have too many. (The
   * reference moves one partition to each member that has none, and may stay there with unequal shares.)
   */
  #rebalance(nowMs: number): void {
    const members = [...this.#members.values()];
    if (members.length === 0) return;
    const shares = fairShares(this.#partitions.length, members.length);
    const moving: number[] = [];
    for (const [id, { owner }] of this.#partitions.entries()) {
      if (owner === undefined) moving.push(id);
    }
    const lacking = members.map(({ partitions }, slot) => {
      const kept = partitions.filter((id) => id < this.#partitions.length);
      moving.push(...kept.splice(shares[slot]));
      return shares[slot] - kept.length;
    });
    const since = this.#partitions.map(({ handOver }) => handOver?.sinceMs ?? nowMs);
    for (const partition of this.#partitions) partition.handOver = undefined;
    const places = inTurns(lacking);
    for (const [at, id] of moving.entries()) {
      const partition = this.#partitions[id];
      const heir = members[places[at]];
      if (partition.owner === undefined) partition.owner = heir;
      else partition.handOver = { heir, sinceMs: since[id] };
    }
    this.#complete((_handOver, id) => this.#isSettled(id));
  }

  #isSettled(partitionId: number): boolean {
    const { lastPolled } = this.#partitions[partitionId];
    return lastPolled === undefined || (this.#storedOffset(partitionId) ?? -1) >= lastPolled;
  }

  /** Gives partitions to their heirs. */
  #complete(when: (handOver: HandOver, partitionId: number) => boolean): void {
    for (const [id, partition] of this.#partitions.entries()) {
      const { handOver } = partition;
      if (handOver === undefined || !when(handOver, id)) continue;
      partition.owner = handOver.heir;
      partition.handOver = undefined;
    }
    this.#refresh();
  }

  /** Makes the members' lists from the partitions, and counts the change if there is one. */
  #refresh(): void {
    const lists = new Map<Member, { partitions: number[]; pollable: number[] }>();
    for (const member of this.#members.values()) {
      lists.set(member, { partitions: [], pollable: [] });
    }
    for (const [id, { owner, handOver }] of this.#partitions.entries()) {
      if (owner === undefined) continue;
      const list = lists.get(owner);
      if (list === undefined || owner === handOver?.heir) {
        throw new Error(`Partition ${id} belongs to no member, or is handed over to its owner`);
      }
      list.partitions.push(id);
      if (handOver === undefined) list.pollable.push(id);
    }
    let changed = false;
    for (const [member, { partitions, pollable }] of lists) {
      changed ||= !sameNumbers(partitions, member.partitions);
      changed ||= !sameNumbers(pollable, member.pollable);
      member.partitions = partitions;
      member.pollable = pollable;
    }
    if (changed) this.#generation++;
  }
}

interface Member extends MemberView {
  readonly session: number;
  partitions: readonly number[];
  /** Of `partitions`, those that are not handed over. */
  pollable: readonly number[];
  /** Index into `pollable` of the next pick. */
  turn: number;
  /** The last pick. */
  current?: number;
}

interface Partition {
  owner?: Member;
  handOver?: HandOver;
  /** The last offset the group polled, stored or not. */
  lastPolled?: number;
}

interface HandOver {
  readonly heir: Member;
  readonly sinceMs: number;
}

/** CLASSIC.md section 11: partitions by members, the first ones get one of the rest each. */
function fairShares(partitions: number, members: number): number[] {
  const [share, rest] = [Math.floor(partitions / members), partitions % members];
  return Array.from({ length: members }, (_, slot) => slot < rest ? share + 1 : share);
}

/** Every index as often as its count says, in turns. */
function inTurns(counts: readonly number[]): number[] {
  const turns: number[] = [];
  for (let turn = 0; counts.some((count) => count > turn); turn++) {
    for (const [index, count] of counts.entries()) {
      if (count > turn) turns.push(index);
    }
  }
  return turns;
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
