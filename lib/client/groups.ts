/**
 * `client.groups`.
 *
 * @module
 */
import type { ConsumerGroup, ConsumerGroupDetails } from "../../protocol/consumer_groups.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { Call } from "./calls.ts";
import type { Memberships } from "./memberships.ts";

/** Consumer groups of a topic, by number or name. An unknown one is `IggyError` 5000, but for {@link find}. */
export class Groups {
  readonly #call: Call;
  readonly #memberships: Memberships;

  constructor(call: Call, memberships: Memberships) {
    this.#call = call;
    this.#memberships = memberships;
  }

  /** Throws `IggyError` 5004 when the name is taken. */
  create(stream: Identifier, topic: Identifier, name: string): Promise<ConsumerGroup> {
    return this.#call("createConsumerGroup", { streamId: stream, topicId: topic, name });
  }

  /** The group with its members; `undefined` when there is none. */
  find(
    stream: Identifier,
    topic: Identifier,
    group: Identifier,
  ): Promise<ConsumerGroupDetails | undefined> {
    return this.#call("getConsumerGroup", { streamId: stream, topicId: topic, groupId: group });
  }

  list(stream: Identifier, topic: Identifier): Promise<readonly ConsumerGroup[]> {
    return this.#call("getConsumerGroups", { streamId: stream, topicId: topic });
  }

  /** Makes this client a member, for good: also after a lost connection, until {@link leave}. */
  join(stream: Identifier, topic: Identifier, group: Identifier): Promise<void> {
    return this.#memberships.join({ streamId: stream, topicId: topic, groupId: group });
  }

  /** Ends the membership. Throws `IggyError` 5006 when there is none. */
  leave(stream: Identifier, topic: Identifier, group: Identifier): Promise<void> {
    return this.#memberships.leave({ streamId: stream, topicId: topic, groupId: group });
  }

  /** Removes the group with its stored offsets and all memberships. */
  delete(stream: Identifier, topic: Identifier, group: Identifier): Promise<void> {
    return this.#call("deleteConsumerGroup", { streamId: stream, topicId: topic, groupId: group });
  }
}
