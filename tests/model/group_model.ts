/**
 * The members of one consumer group and who reads which partition: part of the model of a broker
 * (broker_model.ts), after C11 and V10, with the project's choice that joins and leaves move partitions to
 * fair shares, and that nobody loses what it is at work on.
 *
 * @module
 */

/** One partition as the group sees it. */
interface Slot {
  owner?: Member;
  /** Who gets it once its owner is done with it. */
  heir?: Member;
  /** When the hand-over began. */
  since: number;
  /** The last offset that a member polled. */
  lastPolled?: number;
}

interface Member {
  readonly client: object;
  readonly id: number;
  turn: number;
  current?: number;
}

/** What the group has to know of its topic. */
interface GroupTopic {
  readonly streamId: number;
  readonly id?: number;
  readonly partitions: readonly { readonly offsets: ReadonlyMap<string, number> }[];
}

/** Members in the order they joined; a partition has at most one owner. */
export class GroupModel {
  readonly offsetKey: string;
  /** Another number whenever a member's partitions are others (V10). */
  generation = 0;
  #members: Member[] = [];
  #slots: Slot[] = [];

  constructor(readonly topic: GroupTopic, readonly id: number, readonly name: string) {
    this.offsetKey = `consumer_group/${id}`;
  }

  get membersCount(): number {
    return this.#members.length;
  }

  describeMembers(): unknown {
    return this.#members.map(({ id, client }) => ({ id, partitions: this.owned(client) }));
  }

  /** What a member may poll and store offsets in: what it hands over, too. */
  owned(client: object): number[] {
    return this.#ids(({ owner }) => owner?.client === client);
  }

  /** What a member is offered. */
  pollable(client: object): number[] {
    return this.#ids(({ owner, heir }) => owner?.client === client && heir === undefined);
  }

  /** C9: one after the other. */
  next(client: object): number | undefined {
    const member = this.#member(client);
    const pollable = this.pollable(client);
    if (pollable.length === 0) return undefined;
    member.current = pollable[member.turn % pollable.length];
    member.turn = (member.turn + 1) % pollable.length;
    return member.current;
  }

  /** C10: the one of the last poll, or that of the next. */
  current(client: object): number | undefined {
    const { current, turn } = this.#member(client);
    const owned = this.owned(client);
    if (current !== undefined && owned.includes(current)) return current;
    const pollable = this.pollable(client);
    return pollable.length > 0 ? pollable[turn % pollable.length] : owned[0];
  }

  join(client: object, now: number): void {
    this.#change(() => {
      const id = Math.max(-1, ...this.#members.map((member) => member.id)) + 1;
      this.#members.push({ client, id, turn: 0 });
      this.#rebalance(now);
    });
  }

  /** What was the member's is everybody's; who stays keeps what it is at work on. */
  leave(client: object, now: number): void {
    this.#change(() => {
      this.#members = this.#members.filter((member) => member.client !== client);
      for (const slot of this.#slots) {
        if (slot.owner?.client === client) slot.owner = slot.heir = undefined;
      }
      this.#rebalance(now);
    });
  }

  /** The topic has got or lost partitions. */
  resize(now: number): void {
    this.#change(() => this.#rebalance(now));
  }

  /** The messages are gone, and nobody is at work on them. */
  purge(): void {
    this.#change(() => {
      for (const slot of this.#slots) slot.lastPolled = undefined;
      this.#complete(() => true);
    });
  }

  polled(partitionId: number, lastOffset: number): void {
    this.#slots[partitionId].lastPolled = lastOffset;
  }

  stored(partitionId: number): void {
    this.#change(() => this.#complete((_slot, id) => id === partitionId && this.#isSettled(id)));
  }

  /** Ends hand-overs that began at `since` or earlier. */
  expire(since: number): void {
    this.#change(() => this.#complete((slot) => slot.since <= since));
  }

  /** A restart: memberships are those of connections. */
  forget(): void {
    this.#slots = [];
    this.generation = 0;
  }

  #rebalance(now: number): void {
    const count = this.topic.partitions.length;
    while (this.#slots.length < count) this.#slots.push({ since: 0 });
    this.#slots.length = count;
    if (this.#members.length === 0) return;
    const share = Math.floor(count / this.#members.length);
    const moving = this.#ids(({ owner }) => owner === undefined);
    const wanting: { member: Member; count: number }[] = [];
    for (const [at, member] of this.#members.entries()) {
      const fair = at < count % this.#members.length ? share + 1 : share;
      const owned = this.owned(member.client);
      moving.push(...owned.slice(fair));
      wanting.push({ member, count: Math.max(0, fair - owned.length) });
    }
    const heirs: Member[] = [];
    for (let round = 1; round <= count; round++) {
      heirs.push(...wanting.filter((each) => each.count >= round).map(({ member }) => member));
    }
    for (const [id, slot] of this.#slots.entries()) {
      const heir = heirs[moving.indexOf(id)];
      if (slot.heir === undefined) slot.since = now;
      slot.heir = slot.owner === undefined ? undefined : heir;
      slot.owner ??= heir;
    }
    this.#complete((_slot, id) => this.#isSettled(id));
  }

  /** C11: never polled, or all that was polled is committed. */
  #isSettled(id: number): boolean {
    const { lastPolled } = this.#slots[id];
    const stored = this.topic.partitions[id]?.offsets.get(this.offsetKey) ?? -1;
    return lastPolled === undefined || stored >= lastPolled;
  }

  #complete(when: (slot: Slot, id: number) => boolean): void {
    for (const [id, slot] of this.#slots.entries()) {
      if (slot.heir === undefined || !when(slot, id)) continue;
      slot.owner = slot.heir;
      slot.heir = undefined;
    }
  }

  #change(step: () => void): void {
    const before = new Map(this.#members.map((member) => [member, this.#lists(member)]));
    step();
    const changed = this.#members.some((member) =>
      this.#lists(member) !== (before.get(member) ?? NO_LISTS)
    );
    if (changed) this.generation++;
  }

  #lists({ client }: Member): string {
    return `${this.owned(client)};${this.pollable(client)}`;
  }

  #ids(which: (slot: Slot) => boolean): number[] {
    return [...this.#slots.keys()].filter((id) => which(this.#slots[id]));
  }

  #member(client: object): Member {
    return this.#members.find((member) => member.client === client)!;
  }
}

const NO_LISTS = ";";
