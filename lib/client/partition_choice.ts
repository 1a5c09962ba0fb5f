/**
 * Which partition a send goes to when it does not say so. With classic framing the node chooses; with
 * VSR the client does, from the number of partitions of the topic (VSR.md section 0, item 10).
 *
 * @module
 */
import { PARTITION_NOT_FOUND, TOPIC_ID_NOT_FOUND } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Identifier, Partitioning } from "../../protocol/primitives.ts";
import { xxh32 } from "../../protocol/xxhash.ts";
import type { Clock } from "../ports.ts";
import type { Call } from "./calls.ts";

/** Partition counts of topics, looked up when first needed and again after a while. */
export class PartitionChoice {
  readonly #call: Call;
  readonly #clock: Clock;
  readonly #topics = new Map<string, Topic>();

  constructor(call: Call, clock: Clock) {
    this.#call = call;
    this.#clock = clock;
  }

  /**
   * The partition: the given one, that of the key (XXH32 modulo count, CLASSIC.md section 3.5), or the
   * next in turn.
   *
   * @throws {IggyError} 2010 when the topic does not exist, 3007 when it has no partitions.
   */
  async choose(stream: Identifier, topic: Identifier, wanted: Partitioning): Promise<number> {
    if (wanted.kind === "partition_id") return wanted.partitionId;
    const entry = this.#topic(stream, topic);
    const count = await entry.count;
    if (count === 0) {
      throw new IggyError(PARTITION_NOT_FOUND, `Topic ${topic} has no partitions`);
    }
    return (wanted.kind === "messages_key" ? xxh32(wanted.key) : entry.turn++) % count;
  }

  /** Makes the next choice look again. Turns go on where they were. */
  forget(): void {
    for (const topic of this.#topics.values()) topic.expiresMs = 0;
  }

  #topic(stream: Identifier, topic: Identifier): Topic {
    const key = JSON.stringify([stream, topic]);
    const nowMs = this.#clock.monotonicMs();
    const known = this.#topics.get(key);
    if (known !== undefined && nowMs < known.expiresMs) return known;
    const count = this.#count(stream, topic);
    const entry = { count, expiresMs: nowMs + KNOWN_FOR_MS, turn: known?.turn ?? 0 };
    this.#topics.set(key, entry);
    count.catch(() => this.#topics.delete(key));
    return entry;
  }

  async #count(stream: Identifier, topic: Identifier): Promise<number> {
    const found = await this.#call("getTopic", { streamId: stream, topicId: topic });
    if (found !== undefined) return found.partitionsCount;
    throw new IggyError(TOPIC_ID_NOT_FOUND, `Topic ${topic} of stream ${stream} does not exist`);
  }
}

interface Topic {
  readonly count: Promise<number>;
  expiresMs: number;
  /** Counts the sends without a wish. */
  turn: number;
}

/** Others may add partitions; a choice by an old count is a valid one, only not theirs. */
const KNOWN_FOR_MS = 10_000;
