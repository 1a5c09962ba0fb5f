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
 * @module
 */
import {
  CONSUMER_GROUP_MEMBER_NOT_FOUND,
  CONSUMER_GROUP_NAME_ALREADY_EXISTS,
  CONSUMER_GROUP_PARTITION_NOT_OWNED,
  NOT_RESOLVED_CONSUMER,
  RESOURCE_NOT_FOUND,
  TOPIC_ID_NOT_FOUND,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { Clock } from "../ports.ts";
import type { Groups } from "./groups.ts";
import type { Messages, PollOptions } from "./messages.ts";
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
  /** How long to wait when there are no more messages; 100 unless given. */
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
  const { signal, idleMs = 100 } = options;
  const reader = await openReader(context, options);
  try {
    for (let emptyPolls = 0; !signal?.aborted;) {
      const polled = await reader.poll();
      emptyPolls = polled.length === 0 ? emptyPolls + 1 : 0;
      yield* handOut(context, options, polled);
      if (emptyPolls < reader.partitionsCount) continue;
      emptyPolls = 0;
      await pause(context.clock, idleMs, signal);
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
  poll(): Promise<PolledMessages>;
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
  { stream, topic, count = COUNT_DEFAULT, commit }: ConsumeOptions,
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
  const partitionsCount = (await groups.find(stream, topic, group))?.partitionsCount ?? 1;
  const options = { group, count, autoCommit: commit === "poll" };
  return {
    partitionsCount,
    poll: () => messages.poll(stream, topic, options),
    close: () => groups.leave(stream, topic, group),
  };
}

/** One partition after the other, each from where its last poll ended. */
async function openPartitions(
  { topics, messages }: ConsumeContext,
  options: ConsumeOptions,
): Promise<Reader> {
  const { stream, topic, consumer, partitionId, offset, timestamp, from } = options;
  const { count = COUNT_DEFAULT, commit } = options;
  const found = await topics.find(stream, topic);
  if (found === undefined) {
    throw new IggyError(TOPIC_ID_NOT_FOUND, `Topic ${topic} of stream ${stream} does not exist`);
  }
  const partitions = partitionId === undefined
    ? Array.from({ length: found.partitionsCount }, (_, id): Cursor => ({ id, next: undefined }))
    : [{ id: partitionId, next: undefined } as Cursor];
  const autoCommit = commit === "poll";
  let turn = 0;
  return {
    partitionsCount: partitions.length,
    async poll() {
      const cursor = partitions[turn++ % partitions.length];
      const start: PollOptions = cursor.next === undefined
        ? { offset, timestamp, from }
        : { offset: cursor.next };
      const polled = await messages.poll(stream, topic, {
        ...start,
        consumer,
        partitionId: cursor.id,
        count,
        autoCommit,
      });
      const last = polled.messages.at(-1);
      if (last !== undefined) cursor.next = last.offset + 1;
      return polled;
    },
    close: () => Promise.resolve(),
  };
}

interface Cursor {
  readonly id: number;
  /** The offset to go on at, once something was read. */
  next: number | undefined;
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
