/**
 * The consumer groups this client is a member of. They end with the session, so they are joined again
 * after a lost connection. With VSR a member also asks which partitions it may poll, and takes them
 * in turn (VSR.md section 10); with classic framing the node does that.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import { CONSUMER_GROUP_MEMBER_NOT_FOUND } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type {
  ConsumerGroupAddress,
  ConsumerGroupAssignment,
} from "../../protocol/consumer_groups.ts";
import { type Call, requestOf } from "./calls.ts";
import type { Request } from "./exchange.ts";

/** See the module comment. */
export class Memberships {
  readonly #dialect: Dialect;
  readonly #call: Call;
  readonly #groups = new Map<string, Membership>();

  constructor(dialect: Dialect, call: Call) {
    this.#dialect = dialect;
    this.#call = call;
  }

  async join(address: ConsumerGroupAddress): Promise<void> {
    await this.#call("joinConsumerGroup", address);
    this.#groups.set(keyOf(address), { address, assignment: undefined, turn: 0 });
  }

  async leave(address: ConsumerGroupAddress): Promise<void> {
    this.#groups.delete(keyOf(address));
    await this.#call("leaveConsumerGroup", address);
  }

  /**
   * The partition to poll next, taking turns; `undefined` when the member has none for now.
   *
   * @throws {IggyError} 5006 when this client is not a member.
   */
  async nextPartition(address: ConsumerGroupAddress): Promise<number | undefined> {
    const membership = this.#groups.get(keyOf(address));
    const known = membership?.assignment;
    const assignment = known?.partitions.length ? known : await this.sync(address);
    if (assignment === undefined) {
      throw new IggyError(
        CONSUMER_GROUP_MEMBER_NOT_FOUND,
        `This client is not a member of group ${address.groupId}`,
      );
    }
    const { partitions } = assignment;
    const turn = membership === undefined ? 0 : membership.turn++;
    return partitions.length === 0 ? undefined : partitions[turn % partitions.length];
  }

  /** Asks for the assignment; `undefined` when this client is not a member. VSR only. */
  async sync(address: ConsumerGroupAddress): Promise<ConsumerGroupAssignment | undefined> {
    const assignment = await this.#call("syncConsumerGroup", address);
    const membership = this.#groups.get(keyOf(address));
    if (membership !== undefined) {
      if (assignment?.generation !== membership.assignment?.generation) membership.turn = 0;
      membership.assignment = assignment;
    }
    return assignment;
  }

  /** Asks for the assignment of every group, as a member does with each heartbeat. */
  async refresh(): Promise<void> {
    if (this.#dialect === "classic") return;
    for (const { address } of this.#groups.values()) await this.sync(address);
  }

  /** What a fresh session has to ask for to be a member of the same groups. */
  *rejoin(): Generator<Request<void>> {
    for (const membership of this.#groups.values()) {
      membership.assignment = undefined;
      yield requestOf(this.#dialect, "joinConsumerGroup", membership.address);
    }
  }
}

interface Membership {
  readonly address: ConsumerGroupAddress;
  assignment: ConsumerGroupAssignment | undefined;
  /** Counts the polls since the assignment changed. */
  turn: number;
}

function keyOf({ streamId, topicId, groupId }: ConsumerGroupAddress): string {
  return JSON.stringify([streamId, topicId, groupId]);
}
