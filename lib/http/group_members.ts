/**
 * Members of consumer groups that are not connected: they join and poll over HTTP, and are members as
 * long as they are heard of.
 *
 * ```text
 * join --> Leased --poll, heartbeat, offset stored--> Leased anew
 *             └--30 s of silence, leave, group or user gone--> out of the group
 * ```
 *
 * A poll that waits is a sign of life until it is answered.
 *
 * @module
 */
import { CONSUMER_GROUP_MEMBER_NOT_FOUND } from "../../protocol/error_codes.ts";
import type { ConsumerGroupAddress } from "../../protocol/consumer_groups.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Assignment } from "../catalog/group_membership.ts";
import type { GroupView } from "../catalog/views.ts";
import type { Broker, Client } from "../handlers/broker.ts";
import type { HttpClient } from "./client.ts";

/** How long a member may be silent. */
export const LEASE_MS = 30_000;

/** The members that came over HTTP. */
export class GroupMembers {
  readonly #broker: Broker;
  /** By the number that only the member knows. */
  readonly #members = new Map<string, Member>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  get count(): number {
    return this.#members.size;
  }

  /** Takes in a member for the caller, who may join that group; gives the number it goes by. */
  join(caller: HttpClient, group: GroupView, partitionsCount: number): string {
    const { groups, clock, entropy, newClientId } = this.#broker;
    const secret = new Uint8Array(16);
    entropy.fill(secret);
    const memberId = secret.toHex();
    const client = caller.withId(newClientId());
    groups.join(group, client.id, partitionsCount, clock.monotonicMs());
    const member: Member = { client, group, polls: 0, stopTimer: () => {} };
    this.#members.set(memberId, member);
    this.#lease(memberId, member);
    return memberId;
  }

  /** Does something as a member, which is a sign of life from beginning to end. */
  async act<T>(
    caller: Client,
    address: ConsumerGroupAddress,
    memberId: string,
    action: (client: HttpClient) => T | Promise<T>,
  ): Promise<T> {
    const member = this.#require(caller, address, memberId);
    member.polls++;
    member.stopTimer();
    try {
      return await action(member.client);
    } finally {
      member.polls--;
      if (member.polls === 0) this.#lease(memberId, member);
    }
  }

  /** What the member should poll; with this it is heard of. */
  heartbeat(caller: Client, address: ConsumerGroupAddress, memberId: string): Assignment {
    const member = this.#require(caller, address, memberId);
    if (member.polls === 0) this.#lease(memberId, member);
    return this.#broker.groups.sync(member.group, member.client.id)!;
  }

  leave(caller: Client, address: ConsumerGroupAddress, memberId: string): void {
    this.#end(memberId, this.#require(caller, address, memberId));
  }

  /** @throws {IggyError} 5006 for a member that is none, or not the caller's, or of another group. */
  #require(caller: Client, address: ConsumerGroupAddress, memberId: string): Member {
    const { catalog, groups } = this.#broker;
    const group = catalog.groups.require(address.streamId, address.topicId, address.groupId);
    const member = this.#members.get(memberId);
    const isTheirs = member !== undefined && member.client.userId === caller.userId &&
      member.group === group && groups.sync(group, member.client.id) !== undefined;
    if (isTheirs) return member;
    throw new IggyError(
      CONSUMER_GROUP_MEMBER_NOT_FOUND,
      `Member is none of consumer group ${group.name}, or its lease is over`,
    );
  }

  #lease(memberId: string, member: Member): void {
    member.stopTimer();
    if (!this.#members.has(memberId)) return;
    member.stopTimer = this.#broker.clock.after(LEASE_MS, () => this.#end(memberId, member));
  }

  #end(memberId: string, member: Member): void {
    member.stopTimer();
    this.#members.delete(memberId);
    this.#broker.groups.disconnect(member.client.id, this.#broker.clock.monotonicMs());
  }
}

interface Member {
  readonly client: HttpClient;
  readonly group: GroupView;
  /** Requests under way. */
  polls: number;
  stopTimer: () => void;
}
