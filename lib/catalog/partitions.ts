/**
 * Partitions of a topic: 0 to n-1, without gaps (CLASSIC.md section 12).
 *
 * @module
 */
import {
  INVALID_PARTITIONS_COUNT,
  PARTITION_ID_SPACE_EXHAUSTED,
  PARTITION_NOT_FOUND,
  TOO_MANY_PARTITIONS,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { Ledger } from "./commands.ts";
import { PARTITIONS_REQUEST_MAX, topicKeyOf, type Topics } from "./topics.ts";
import type { PartitionView, TopicView } from "./views.ts";

/** Every method throws 1009 and 2010 for a stream and a topic that do not exist. */
export class Partitions {
  readonly #ledger: Ledger;
  readonly #topics: Topics;

  constructor(ledger: Ledger, topics: Topics) {
    this.#ledger = ledger;
    this.#topics = topics;
  }

  /** @throws {IggyError} 3007 when there is no such partition. */
  require(stream: Identifier, topic: Identifier, id: number): PartitionView {
    const partition = this.#topics.require(stream, topic).partitions[id];
    if (partition === undefined) {
      throw new IggyError(PARTITION_NOT_FOUND, `Partition ${id} does not exist`);
    }
    return partition;
  }

  /**
   * Adds `count` partitions behind the last one.
   *
   * @param at micros since the Unix epoch
   * @throws {IggyError} 2015 for a count that is not 1 to 1000, 3013 when the topic would have more
   * than a million.
   */
  create(stream: Identifier, topic: Identifier, count: number, at: number): TopicView {
    const found = this.#topics.require(stream, topic);
    if (count < 1 || count > PARTITIONS_REQUEST_MAX) {
      throw new IggyError(TOO_MANY_PARTITIONS, `${count} partitions are not 1 to 1000`);
    }
    const total = found.partitions.length + count;
    if (total > PARTITIONS_MAX) {
      throw new IggyError(
        PARTITION_ID_SPACE_EXHAUSTED,
        `${total} partitions are more than ${PARTITIONS_MAX}`,
      );
    }
    this.#ledger.commit({ kind: "partitions_created", ...topicKeyOf(found), count, createdAt: at });
    return found;
  }

  /**
   * Deletes the last `count` partitions and gives them back.
   *
   * @throws {IggyError} 2015 for no partition, 2019 for more than there are.
   */
  delete(stream: Identifier, topic: Identifier, count: number): PartitionView[] {
    const found = this.#topics.require(stream, topic);
    if (count < 1) {
      throw new IggyError(TOO_MANY_PARTITIONS, `${count} partitions are not 1 or more`);
    }
    const left = found.partitions.length - count;
    if (left < 0) {
      throw new IggyError(
        INVALID_PARTITIONS_COUNT,
        `${count} partitions are more than the topic's ${found.partitions.length}`,
      );
    }
    const deleted = found.partitions.slice(left);
    this.#ledger.commit({ kind: "partitions_deleted", ...topicKeyOf(found), count });
    return deleted;
  }
}

/** VSR.md section 7.5, per topic. */
const PARTITIONS_MAX = 1_000_000;
