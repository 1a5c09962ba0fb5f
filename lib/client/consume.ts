/**
 * The messages of a topic as an endless sequence: as a member of a consumer group, or as a consumer of
 * its own over one partition or all of them.
 *
 * A message counts as processed once the loop asks for the next one. What is stored of that, and
 * when, is the commit mode's:
 *
 * | mode    | the node stores                                   | after a crash            |
 * | ------- | ------------------------------------------------- | ------------------------ |
 * | `batch` | after the last message of a poll, and at the end  | some come again          |
 * | `each`  | after every message                               | the last one comes again |
 * | `poll`  | before the messages are handed out                | some never come          |
 * | `never` | nothing                                           | all come again           |
 *
 * Where there is nothing to read the node waits and answers as soon as there is (long poll,
 * docs/extensions.md). A node that does not know waiting answers at once: then some time passes until
 * it is asked again.
 *
 * @module
 */
import {
  CONSUMER_GROUP_MEMBER_NOT_FOUND,
  CONSUMER_GROUP_NAME_ALREADY_EXISTS,
  CONSUMER_GROUP_PARTITION_NOT_OWNED,
  NOT_RESOLVED_CONSUMER,
  PARTITION_NOT_FOUND,
  RESOURCE_NOT_FOUND,
  TOPIC_ID_NOT_FOUND,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { Clock } from "../ports.ts";
import type { Groups } from "./groups.ts";
import type { Messages } from "./messages.ts";
import type { Offsets } from "./offsets.ts";
import type { PollFrom } from "./poll_options.ts";
import type { PolledMessages, ReceivedMessage } from "./polled.ts";
import type { Topics } from "./topics.ts";

/** Whose messages, which, and from where. */
export interface ConsumeOptions extends PollFrom {
  readonly stream: Identifier;
  readonly topic: Identifier;
  /** A consumer of its own; consumer 0 when there is no group either. */
  readonly consumer?: Identifier;
  /** A group, which is joined, and left at the end; one that is named and missing is created. It starts from `next`. */
  readonly group?: Identifier;
  /** The only partition to read; all unless given. Not for groups. */
  readonly partitionId?: number;
  /** `batch` unless given; a group needs one that stores. */
  readonly commit?: CommitMode;
  /** The most messages of one poll; 1000 unless given. */
  readonly count?: number;
  /**
   * How long the node is to wait when there are no more messages; 5000 unless given, 0 for not at all. A
   * consumer of its own over several partitions waits at one of them, and for `idleMs` at most.
   */
  readonly waitMs?: number;
  /** The shortest time between two looks at all partitions that find nothing; 100 unless given. */
  readonly idleMs?: number;
  /** Ends the sequence. */
  readonly signal?: AbortSignal;
}

export type CommitMode = "batch" | "each" | "poll" | "never";

/** What consuming is made of. */
export interface ConsumeContext {
  readonly messages: Messages;
  readonly offsets: Offsets;
  readonly groups: Groups;
  readonly topics: Topics;
  readonly clock: Clock;
}

/** See the module comment. Nothing is asked of the node before the first message is. */
export async function* consume(
  context: ConsumeContext,
  options: ConsumeOptions,
): AsyncGenerator<ReceivedMessage, void, undefined> {
  const { signal, idleMs = IDLE_MS_DEFAULT } = options;
  const { clock } = context;
  const reader = await openReader(context, options);
  try {
    for (let emptyPolls = 0; !signal?.aborted;) {
      const sinceMs = clock.monotonicMs();
      const isLast = emptyPolls + 1 >= reader.partitionsCount;
      const polled = await unlessAborted(reader.poll(isLast), signal);
      if (polled === undefined) return;
      const leftMs = idleMs - (clock.monotonicMs() - sinceMs);
      emptyPolls = polled.length === 0 ? emptyPolls + 1 : 0;
      yield* handOut(context, options, polled);
      // An empty poll that took so long was one that waited.
      const isIdle = emptyPolls >= reader.partitionsCount || emptyPolls > 0 && leftMs <= 0;
      if (!isIdle) continue;
      emptyPolls = 0;
      if (leftMs > 0) await pause(clock, leftMs, signal);
      await reader.refresh();
    }
  } finally {
    await reader.close();
  }
}

async function* handOut(
  context: ConsumeContext,
  { stream, topic, consumer, group, commit = "batch", signal }: ConsumeOptions,
  polled: PolledMessages,
): AsyncGenerator<ReceivedMessage, void, undefined> {
  const store = async ({ offset, partitionId }: ReceivedMessage) => {
    try {
      await context.offsets.store(stream, topic, offset, { consumer, group, partitionId });
    } catch (error) {
      // Another member has the partition now and starts from what was stored before.
      if (group === undefined || !hasCode(error, LOST_PARTITION)) throw error;
    }
  };
  let processed: ReceivedMessage | undefined;
  try {
    for (const message of polled) {
      if (signal?.aborted) return;
      yield message;
      processed = message;
      if (commit === "each") await store(message);
    }
  } finally {
    if (commit === "batch" && processed !== undefined) await store(processed);
  }
}

/** Where polls come from. */
interface Reader {
  /** So many polls in a row without messages mean that there are none. */
  readonly partitionsCount: number;
  /** `isLast`: the others were found empty just now. */
  poll(isLast: boolean): Promise<PolledMessages>;
  /** Looks which partitions there are now. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

async function openReader(context: ConsumeContext, options: ConsumeOptions): Promise<Reader> {
  const { group, offset, timestamp, from, partitionId, commit } = options;
  if (group === undefined) return await openPartitions(context, options);
  if (commit === "never") {
    throw new TypeError("A group goes by stored offsets: choose another commit");
  }
  if ([offset, timestamp, from, partitionId].some((each) => each !== undefined)) {
    throw new TypeError("A group chooses partition and start itself: leave them out");
  }
  return await openGroup(context, options, group);
}

async function openGroup(
  { groups, messages }: ConsumeContext,
  { stream, topic, count = COUNT_DEFAULT, commit, waitMs = WAIT_MS_DEFAULT }: ConsumeOptions,
  group: Identifier,
): Promise<Reader> {
  if (typeof group === "string" && await groups.find(stream, topic, group) === undefined) {
    try {
      await groups.create(stream, topic, group);
    } catch (error) {
      if (!hasCode(error, [CONSUMER_GROUP_NAME_ALREADY_EXISTS])) throw error;
    }
  }
  await groups.join(stream, topic, group);
  const options = { group, count, autoCommit: commit === "poll", waitMs };
  const reader = {
    partitionsCount: 1,
    poll: () => messages.poll(stream, topic, options),
    async refresh() {
      reader.partitionsCount = (await groups.find(stream, topic, group))?.partitionsCount ?? 1;
    },
    close: () => groups.leave(stream, topic, group),
  };
  await reader.refresh();
  return reader;
}

async function openPartitions(
  { topics, messages }: ConsumeContext,
  options: ConsumeOptions,
): Promise<Reader> {
  const reader = new PartitionsReader(topics, messages, options);
  await reader.refresh();
  return reader;
}

/** Takes one partition after the other, each from where its last poll ended. */
class PartitionsReader implements Reader {
  readonly #topics: Topics;
  readonly #messages: Messages;
  readonly #options: ConsumeOptions;
  /** The offset to go on at, by partition, once something was read. */
  readonly #next = new Map<number, number>();
  #topicPartitionsCount = 0;
  #turn = 0;

  constructor(topics: Topics, messages: Messages, options: ConsumeOptions) {
    this.#topics = topics;
    this.#messages = messages;
    this.#options = options;
  }

  get partitionsCount(): number {
    return this.#options.partitionId === undefined ? this.#topicPartitionsCount : 1;
  }

  async poll(isLast: boolean): Promise<PolledMessages> {
    const { stream, topic, consumer, count = COUNT_DEFAULT, commit } = this.#options;
    const partitionId = this.#options.partitionId ?? this.#turn++ % this.#topicPartitionsCount;
    const polled = await this.#messages.poll(stream, topic, {
      ...this.#start(partitionId),
      consumer,
      partitionId,
      count,
      autoCommit: commit === "poll",
      waitMs: isLast ? this.#waitMs : 0,
    });
    const last = polled.messages.at(-1);
    if (last !== undefined) this.#next.set(partitionId, last.offset + 1);
    return polled;
  }

  async refresh(): Promise<void> {
    const { stream, topic } = this.#options;
    const found = await this.#topics.find(stream, topic);
    if (found === undefined) {
      throw new IggyError(TOPIC_ID_NOT_FOUND, `Topic ${topic} of stream ${stream} does not exist`);
    }
    if (found.partitionsCount === 0) {
      throw new IggyError(PARTITION_NOT_FOUND, `Topic ${topic} has no partitions`);
    }
    this.#topicPartitionsCount = found.partitionsCount;
  }

  async close(): Promise<void> {}

  /** Who waits at one partition does not see what comes to the others. */
  get #waitMs(): number {
    const { waitMs = WAIT_MS_DEFAULT, idleMs = IDLE_MS_DEFAULT } = this.#options;
    return this.partitionsCount === 1 ? waitMs : Math.min(waitMs, idleMs);
  }

  #start(partitionId: number): PollFrom {
    const next = this.#next.get(partitionId);
    if (next !== undefined) return { offset: next };
    const { offset, timestamp, from } = this.#options;
    return { offset, timestamp, from };
  }
}

/** `undefined` when the signal is first; what becomes of the promise then is nobody's business. */
function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const end = () => resolve(undefined);
    signal.addEventListener("abort", end);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
    if (signal.aborted) end();
  });
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      stop();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const stop = clock.after(delayMs, end);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}

function hasCode(error: unknown, codes: readonly number[]): boolean {
  return error instanceof IggyError && codes.includes(error.code);
}

/** How the two protocols say that a partition is not this member's (CLASSIC.md section 10, VSR.md section 7.4). */
const LOST_PARTITION = [
  RESOURCE_NOT_FOUND,
  NOT_RESOLVED_CONSUMER,
  CONSUMER_GROUP_MEMBER_NOT_FOUND,
  CONSUMER_GROUP_PARTITION_NOT_OWNED,
];

const COUNT_DEFAULT = 1000;
const IDLE_MS_DEFAULT = 100;
/** About a heartbeat: that ends a wait as everything else does. */
const WAIT_MS_DEFAULT = 5000;
