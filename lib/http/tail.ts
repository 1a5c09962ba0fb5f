/**
 * Messages of a topic as they come, of several partitions at once: what a live tail reads. The wire
 * formats are in `tail_formats.ts`.
 *
 * ```text
 * Looking --messages--> given out, Looking again
 *    ▲  └--nothing in any partition--> Waiting --woken, or time for a sign of life--> Looking
 * ```
 *
 * Nothing is read ahead: the next look happens when the reader has taken what the last one gave, so a
 * tail that nobody reads holds one answer at most. Every look checks existence and right anew.
 *
 * @module
 */
import type { Message } from "../../protocol/message_codec.ts";
import type { PollingStrategy } from "../../protocol/primitives.ts";
import type { TopicAddress } from "../../protocol/topics.ts";
import { PARTITION_NOT_FOUND } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { PartitionView, TopicView } from "../catalog/views.ts";
import type { Broker, Client } from "../handlers/broker.ts";
import { authorizeTopic } from "../handlers/rights.ts";
import type { PartitionLog } from "../log/partition.ts";
import type { Waiter, Waiters } from "../waiters.ts";
import { consume } from "./consume.ts";

/** Where a tail starts: in each partition at the same place, but where `resume` says more. */
export interface TailStart {
  readonly from: "latest" | "first" | PollingStrategy;
  /** The last offset that was seen, by partition. */
  readonly resume: ReadonlyMap<number, number>;
  /** Which partitions; `undefined` for all, those to come included. */
  readonly partitions: readonly number[] | undefined;
}

/** A message in the form it was taken in. */
export interface Tailed<T> {
  readonly partitionId: number;
  readonly offset: number;
  readonly value: T;
}

/** One tail. Every method rejects with `IggyError` when what is tailed, or the right to it, is gone. */
export class Tail<T> implements Waiter {
  readonly #broker: Broker;
  readonly #client: Client;
  readonly #address: TopicAddress;
  readonly #start: TailStart;
  readonly #take: (message: Message, partitionId: number) => T;
  readonly #positions = new Map<number, Position>();
  /** The partition whose turn is next, for none may starve. */
  #turn = 0;
  #news = Promise.withResolvers<void>();
  /** Whether the last look found messages for which there was no memory. */
  #isCrowded = false;

  private constructor(
    broker: Broker,
    client: Client,
    address: TopicAddress,
    start: TailStart,
    take: (message: Message, partitionId: number) => T,
  ) {
    this.#broker = broker;
    this.#client = client;
    this.#address = address;
    this.#start = start;
    this.#take = take;
  }

  /** A tail that knows where it begins: what comes after this call is in it. */
  static async begin<T>(
    broker: Broker,
    client: Client,
    address: TopicAddress,
    start: TailStart,
    take: (message: Message, partitionId: number) => T,
  ): Promise<Tail<T>> {
    const tail = new Tail(broker, client, address, start, take);
    const topic = tail.#topic();
    for (const partition of tail.#followed(topic)) {
      tail.#positions.set(partition.id, await tail.#begin(topic, partition));
    }
    return tail;
  }

  wake(): void {
    this.#news.resolve();
  }

  /**
   * The next messages, of one partition; none when `idleMs` have gone by without any, or `signal` says
   * so.
   */
  async next(idleMs: number, signal: AbortSignal): Promise<readonly Tailed<T>[]> {
    const { clock } = this.#broker;
    let isTimeUp = false;
    const stopTimer = clock.after(idleMs, () => {
      isTimeUp = true;
      this.wake();
    });
    const end = () => this.wake();
    signal.addEventListener("abort", end);
    let places: readonly Waiters[] = [];
    try {
      for (;;) {
        this.#news = Promise.withResolvers();
        const topic = this.#topic();
        const partitions = this.#followed(topic);
        for (const place of places) place.delete(this);
        places = partitions.map((partition) => this.#broker.partitions.readers(topic, partition));
        for (const place of places) place.add(this);
        this.#isCrowded = false;
        const found = await this.#look(topic, partitions);
        if (found.length > 0 || isTimeUp || signal.aborted) return found;
        const stopPause = this.#isCrowded
          ? clock.after(CROWDED_PAUSE_MS, () => this.wake())
          : undefined;
        await this.#news.promise;
        stopPause?.();
      }
    } finally {
      stopTimer();
      signal.removeEventListener("abort", end);
      for (const place of places) place.delete(this);
    }
  }

  /** The last offset seen in each partition, -1 for none; of those that are known. */
  *positions(): Generator<[partitionId: number, offset: number]> {
    for (const [id, { strategy }] of this.#positions) {
      if (strategy.kind === "offset") yield [id, strategy.value - 1];
    }
  }

  #topic(): TopicView {
    const { streamId, topicId } = this.#address;
    const topic = this.#broker.catalog.topics.require(streamId, topicId);
    authorizeTopic(this.#broker, this.#client, "poll_messages", topic);
    return topic;
  }

  #followed({ partitions }: TopicView): readonly PartitionView[] {
    const wanted = this.#start.partitions;
    if (wanted === undefined) return partitions;
    return wanted.map((id) => {
      if (partitions[id] !== undefined) return partitions[id];
      throw new IggyError(PARTITION_NOT_FOUND, `Partition ${id} does not exist`);
    });
  }

  async #begin(topic: TopicView, partition: PartitionView): Promise<Position> {
    const { endOffset } = await this.#log(topic, partition);
    const { incarnation } = partition;
    const { from, resume } = this.#start;
    const seen = resume.get(partition.id);
    if (seen !== undefined) return { strategy: at(seen + 1), incarnation };
    if (from === "latest") return { strategy: at(endOffset), incarnation };
    if (from === "first") return { strategy: FIRST, incarnation };
    return { strategy: from, incarnation };
  }

  async #look(
    topic: TopicView,
    partitions: readonly PartitionView[],
  ): Promise<readonly Tailed<T>[]> {
    for (const _ of partitions) {
      const partition = partitions[this.#turn++ % partitions.length];
      const found = await this.#read(topic, partition);
      if (found.length > 0) return found;
    }
    return [];
  }

  async #read(topic: TopicView, partition: PartitionView): Promise<readonly Tailed<T>[]> {
    const { endOffset } = await this.#log(topic, partition);
    const { incarnation } = partition;
    const known = this.#positions.get(partition.id);
    // A partition that came later is read from its beginning, and so is one that was purged.
    const strategy = known?.incarnation === incarnation ? known.strategy : FIRST;
    this.#positions.set(partition.id, { strategy, incarnation });
    if (strategy.kind === "offset" && strategy.value >= endOffset) return [];
    const { messages, crowded } = await consume(
      this.#broker,
      this.#client,
      {
        ...this.#address,
        consumer: TAIL_CONSUMER,
        partitionId: partition.id,
        strategy,
        count: LOOK_MESSAGES_MAX,
        bytesMax: LOOK_BYTES_MAX,
        autoCommit: false,
      },
      NEVER_WAITS,
      (message, partitionId): Tailed<T> => (
        { partitionId, offset: message.offset, value: this.#take(message, partitionId) }
      ),
    );
    this.#isCrowded ||= crowded;
    const last = messages.at(-1);
    if (last !== undefined) {
      this.#positions.set(partition.id, { strategy: at(last.offset + 1), incarnation });
    }
    return messages;
  }

  #log(topic: TopicView, partition: PartitionView): PartitionLog | Promise<PartitionLog> {
    return this.#broker.partitions.log(topic, partition);
  }
}

/** Where a tail is in a partition. */
interface Position {
  readonly strategy: PollingStrategy;
  /** In which life of the partition: a purge begins another one. */
  readonly incarnation: number;
}

function at(value: number): PollingStrategy {
  return { kind: "offset", value };
}

const FIRST: PollingStrategy = { kind: "first", value: 0 };

/** Never stores an offset, so any number will do. */
const TAIL_CONSUMER = { kind: "consumer", id: 0 } as const;

const LOOK_MESSAGES_MAX = 1000;
const LOOK_BYTES_MAX = 64 * 1024;

/** Replies that nobody reads fill the memory: it is looked at again after a while. */
const CROWDED_PAUSE_MS = 200;

const NEVER_WAITS = () => AbortSignal.abort();
