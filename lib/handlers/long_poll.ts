/**
 * Polls that wait for messages (docs/extensions.md): the entry for everybody who polls, over a socket
 * or in this process. A poll that does not wait, or finds something, passes through.
 *
 * ```text
 * Looking --something, an error--> Answered
 *    ▲  └--nothing--> Waiting --time is up--> Looking, for the last time --> Answered
 *    └-----woken-------┘   └--ended by the signal--> Answered as it looked last
 * ```
 *
 * Every look is a whole poll: login, existence and right are checked anew, a group's partition is
 * chosen anew. Who waits is in the lists of what it waits for before it looks, so no news is missed,
 * and in none of them once it is answered.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import { IggyError } from "../../protocol/errors.ts";
import { type PollMessagesRequest, RESYNC_PARTITION_ID } from "../../protocol/messages.ts";
import type { PartitionView, TopicView } from "../catalog/views.ts";
import type { Waiter, Waiters } from "../waiters.ts";
import type { Broker, Client } from "./broker.ts";
import { type PollAnswer, pollMessages } from "./messages.ts";

/**
 * Takes messages for the consumer as `pollMessages` does. When there are none and the request waits, it
 * is answered as soon as there are some, or when its time is up; `limits.pollWaitMsMax` bounds that.
 * Without a partition a member of a group waits for all it owns.
 *
 * `beginWait` is called when the wait begins, which most polls never come to, and gives the signal
 * that ends it early: then the answer is empty, and nothing is stored.
 *
 * @throws {IggyError} what a poll of that moment is refused with, also after a while: 40 when the user
 * is gone, 41 when the right is, 1009, 2010, 3007, 5000 when what is polled is.
 */
export function longPoll(
  broker: Broker,
  client: Client,
  dialect: Dialect,
  request: PollMessagesRequest,
  beginWait: () => AbortSignal,
): PollAnswer | Promise<PollAnswer> {
  const answer = pollMessages(broker, client, dialect, request);
  if (!request.waitMs) return answer;
  const answerOrWait = (looked: PollAnswer) =>
    isEmpty(looked)
      ? new LongPoll(broker, client, dialect, request).answer(looked, beginWait())
      : looked;
  return answer instanceof Promise ? answer.then(answerOrWait) : answerOrWait(answer);
}

/** Whether there was nothing, which may change by itself. */
function isEmpty({ count, crowded, partitionId }: PollAnswer): boolean {
  return count === 0 && !crowded && partitionId !== RESYNC_PARTITION_ID;
}

/** A poll that waits. */
class LongPoll implements Waiter {
  readonly #broker: Broker;
  readonly #client: Client;
  readonly #dialect: Dialect;
  readonly #request: PollMessagesRequest;
  /** The lists it is in. */
  #places: readonly Waiters[] = [];
  /** How many partitions it looks at in turn before it has seen all. */
  #turns = 1;
  #isTimeUp = false;
  #news = Promise.withResolvers<void>();

  constructor(broker: Broker, client: Client, dialect: Dialect, request: PollMessagesRequest) {
    this.#broker = broker;
    this.#client = client;
    this.#dialect = dialect;
    this.#request = request;
  }

  wake(): void {
    this.#news.resolve();
  }

  /** `looked` is what the first look gave. */
  async answer(looked: PollAnswer, signal: AbortSignal): Promise<PollAnswer> {
    const { clock, limits } = this.#broker;
    const waitMs = Math.min(this.#request.waitMs!, limits.pollWaitMsMax);
    const stopTimer = clock.after(waitMs, () => {
      this.#isTimeUp = true;
      this.wake();
    });
    const end = () => this.wake();
    signal.addEventListener("abort", end);
    try {
      let last = looked;
      while (!signal.aborted) {
        this.#news = Promise.withResolvers();
        this.#takePlaces();
        last = await this.#look();
        if (this.#isTimeUp || !isEmpty(last)) break;
        await this.#news.promise;
      }
      return last;
    } finally {
      stopTimer();
      signal.removeEventListener("abort", end);
      this.#leavePlaces();
    }
  }

  async #look(): Promise<PollAnswer> {
    for (let turn = 1;; turn++) {
      const looked = await pollMessages(this.#broker, this.#client, this.#dialect, this.#request);
      if (!isEmpty(looked) || turn >= this.#turns) return looked;
    }
  }

  /** Goes where the news will be: other partitions may be the member's by now, or in another life. */
  #takePlaces(): void {
    this.#leavePlaces();
    const { catalog } = this.#broker;
    const { streamId, topicId, consumer, partitionId } = this.#request;
    const topic = catalog.topics.require(streamId, topicId);
    if (consumer.kind === "consumer") {
      this.#places = this.#readersOf(topic, [partitionId ?? 0]);
    } else {
      const group = catalog.groups.require(topic.streamId, topic.id, consumer.id);
      const assigned = this.#broker.groups.sync(group, this.#client.id)?.partitions ?? [];
      const members = this.#broker.groups.waiters(group);
      const partitions = partitionId === undefined ? assigned : [partitionId];
      this.#turns = partitions.length;
      this.#places = this.#readersOf(topic, partitions);
      if (members !== undefined) this.#places = [...this.#places, members];
    }
    for (const place of this.#places) place.add(this);
  }

  #leavePlaces(): void {
    for (const place of this.#places) place.delete(this);
    this.#places = [];
  }

  #readersOf(topic: TopicView, partitionIds: readonly number[]): Waiters[] {
    return partitionIds
      .map((id) => topic.partitions[id])
      .filter((partition) => partition !== undefined)
      .flatMap((partition) => this.#readers(topic, partition) ?? []);
  }

  #readers(topic: TopicView, partition: PartitionView): Waiters | undefined {
    try {
      return this.#broker.partitions.readers(topic, partition);
    } catch (fault) {
      // A partition whose files are damaged has no news; whoever polls it is told.
      if (!(fault instanceof IggyError)) throw fault;
      return undefined;
    }
  }
}
