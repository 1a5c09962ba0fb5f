/**
 * Consumer groups as things that exist: names and numbers, kept over restarts. Who is in one, and
 * who reads what, is the business of consumer_groups.ts.
 *
 * @module
 */
import {
  CONSUMER_GROUP_ID_NOT_FOUND,
  CONSUMER_GROUP_NAME_ALREADY_EXISTS,
} from "../../protocol/error_codes.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import { checkName, type Ledger, required } from "./commands.ts";
import { topicKeyOf, type Topics } from "./topics.ts";
import type { GroupView } from "./views.ts";

/** Every method throws 1009 and 2010 for a stream and a topic that do not exist. */
export class Groups {
  readonly #ledger: Ledger;
  readonly #topics: Topics;

  constructor(ledger: Ledger, topics: Topics) {
    this.#ledger = ledger;
    this.#topics = topics;
  }

  /** @throws {IggyError} 5000 when there is no such group, here and below. */
  require(stream: Identifier, topic: Identifier, group: Identifier): GroupView {
    const { groups } = this.#topics.require(stream, topic);
    return required(groups, group, "Consumer group", CONSUMER_GROUP_ID_NOT_FOUND);
  }

  /** @throws {IggyError} 5004 when the name is taken. */
  create(stream: Identifier, topic: Identifier, name: string): GroupView {
    const found = this.#topics.require(stream, topic);
    checkName(found.groups, name, "Consumer group", CONSUMER_GROUP_NAME_ALREADY_EXISTS);
    const groupId = found.groups.nextId;
    this.#ledger.commit({ kind: "group_created", ...topicKeyOf(found), groupId, name });
    return this.require(found.streamId, found.id, groupId);
  }

  /** Deletes a group and the offsets it stored, and gives it back. */
  delete(stream: Identifier, topic: Identifier, group: Identifier): GroupView {
    const found = this.require(stream, topic, group);
    const { streamId, topicId, id: groupId } = found;
    this.#ledger.commit({ kind: "group_deleted", streamId, topicId, groupId });
    return found;
  }
}
