/**
 * Stored offsets (CLASSIC.md section 10): what a consumer or a group has processed, per partition. To
 * read one, ask the partition itself.
 *
 * @module
 */
import {
  CONSUMER_OFFSET_NOT_FOUND,
  PARTITION_NOT_FOUND,
  TOO_MANY_CONSUMER_OFFSETS,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { ConsumerKind } from "../../protocol/primitives.ts";
import type { Ledger } from "./commands.ts";
import type { OffsetKey } from "./entries.ts";
import type { Partition } from "./state.ts";
import type { PartitionView } from "./views.ts";

/**
 * Takes the partition a caller has found, so that an offset of a life that is over (purged or deleted
 * meanwhile) is refused: 3007.
 */
export class ConsumerOffsets {
  readonly #ledger: Ledger;
  readonly #partitionMax: number;

  /** `partitionMax`: how many offsets one partition keeps. */
  constructor(ledger: Ledger, partitionMax: number) {
    this.#ledger = ledger;
    this.#partitionMax = partitionMax;
  }

  /**
   * Remembers `offset` as the last one processed; backwards is fine.
   *
   * @throws {IggyError} 3024 for one more consumer than a partition keeps (VSR.md section 7.4).
   */
  store(partition: PartitionView, kind: ConsumerKind, id: number, offset: number): void {
    const { offsets } = this.#living(partition);
    const stored = offsets[kind].get(id);
    if (stored === offset) return;
    const count = offsets.consumer.size + offsets.consumer_group.size;
    if (stored === undefined && count >= this.#partitionMax) {
      throw new IggyError(
        TOO_MANY_CONSUMER_OFFSETS,
        `Partition ${partition.id} keeps ${count} offsets already`,
      );
    }
    this.#ledger.commit({ kind: "offset_stored", ...keyOf(partition, kind, id), offset });
  }

  /** @throws {IggyError} 3021 when nothing is stored. */
  delete(partition: PartitionView, kind: ConsumerKind, id: number): void {
    if (!this.#living(partition).offsets[kind].has(id)) {
      throw new IggyError(
        CONSUMER_OFFSET_NOT_FOUND,
        `Partition ${partition.id} keeps no offset of ${kind} ${id}`,
      );
    }
    this.#ledger.commit({ kind: "offset_deleted", ...keyOf(partition, kind, id) });
  }

  /**
   * Takes stored offsets back to the end of the partition's log: a crash lost what was processed behind
   * it, and the messages that get these offsets next were not. Gives how many there were.
   */
  takeBack(partition: PartitionLife, endOffset: number): number {
    const { streamId, topicId, id } = partition;
    const living = this.#ledger.state.streams.find(streamId)?.topics.find(topicId)?.partitions[id];
    if (living?.incarnation !== partition.incarnation) return 0;
    let count = 0;
    for (const kind of ["consumer", "consumer_group"] as const) {
      for (const [consumerId, offset] of [...living.offsets[kind]]) {
        if (offset < endOffset) continue;
        const key = keyOf(living, kind, consumerId);
        this.#ledger.commit(
          endOffset === 0
            ? { kind: "offset_deleted", ...key }
            : { kind: "offset_stored", ...key, offset: endOffset - 1 },
        );
        count++;
      }
    }
    return count;
  }

  #living(partition: PartitionView): Partition {
    const { streamId, topicId, id } = partition;
    const topic = this.#ledger.state.streams.find(streamId)?.topics.find(topicId);
    const living = topic?.partitions[id];
    if (living === partition) return living;
    throw new IggyError(PARTITION_NOT_FOUND, `Partition ${id} was purged or deleted`);
  }
}

/** Which partition, in which life. */
type PartitionLife = Pick<PartitionView, "streamId" | "topicId" | "id" | "incarnation">;

function keyOf(
  partition: PartitionView,
  consumerKind: ConsumerKind,
  consumerId: number,
): OffsetKey {
  const { streamId, topicId, id: partitionId } = partition;
  return { streamId, topicId, partitionId, consumerKind, consumerId };
}
