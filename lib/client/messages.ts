/**
 * Sending and polling.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import { COMMANDS } from "../../protocol/commands.ts";
import {
  CONSUMER_GROUP_PARTITION_NOT_OWNED,
  FEATURE_UNAVAILABLE,
  PARTITION_NOT_FOUND,
  RESOURCE_NOT_FOUND,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Xxh3 } from "../../protocol/message.ts";
import { MESSAGES } from "../../protocol/message_codec.ts";
import {
  POLL_MESSAGES_HEAD,
  type PollMessagesRequest,
  RESYNC_PARTITION_ID,
  type SendMessagesConfirmation,
} from "../../protocol/messages.ts";
import type { Identifier, Partitioning } from "../../protocol/primitives.ts";
import type { WireWriter } from "../../protocol/wire.ts";
import type { Clock } from "../ports.ts";
import type { Call } from "./calls.ts";
import type { Request } from "./exchange.ts";
import type { Link } from "./link.ts";
import type { Memberships } from "./memberships.ts";
import { type NewMessage, outgoing } from "./new_message.ts";
import type { PartitionChoice } from "./partition_choice.ts";
import { consumerOf, type ConsumerOptions, type PollFrom, strategyOf } from "./poll_options.ts";
import { type PolledBytes, PolledMessages } from "./polled.ts";
import { PreparedBatch } from "./prepared_batch.ts";
import type { RandomIds } from "./random_ids.ts";

/** Where messages go within a topic; the partitions in turn when it says nothing. */
export interface SendTarget {
  readonly partitionId?: number;
  /** 1 to 255 bytes: what has the same key goes to the same partition. */
  readonly key?: string | Uint8Array;
}

/** What to poll. Without a start, from `next`; without a consumer, as consumer 0. */
export interface PollOptions extends PollFrom, ConsumerOptions {
  /** Partition 0 unless given; for a group, the next one of this member's. */
  readonly partitionId?: number;
  /** The most messages to return; 100 unless given. */
  readonly count?: number;
  /** Whether the node stores the offset of the last message as processed, before it is. */
  readonly autoCommit?: boolean;
  /**
   * How long the node is to wait for messages when there are none, in milliseconds; 0 unless given. A
   * group's member that names no partition waits for all of its own. What else this client sends
   * meanwhile ends the wait, with no messages. Nodes that do not know waiting, as Iggy's, answer at
   * once; whippet's cut a wait to what they allow, a minute unless configured (docs/extensions.md).
   */
  readonly waitMs?: number;
}

/** What {@link Messages} works with. */
export interface MessagesContext {
  readonly link: Link;
  readonly call: Call;
  readonly partitionChoice: PartitionChoice;
  readonly memberships: Memberships;
  readonly ids: RandomIds;
  readonly clock: Clock;
  readonly xxh3: Xxh3;
}

/** `client.messages`. */
export class Messages {
  readonly #context: MessagesContext;
  readonly #dialect: Dialect;

  constructor(context: MessagesContext) {
    this.#context = context;
    this.#dialect = context.link.dialect;
  }

  /**
   * Sends messages as one batch to one partition, and gives where they went when the node tells
   * (VSR does, unless the topic drops them all as duplicates). The messages must stay as they are until then.
   *
   * Sends to a partition take effect in the order of their calls, also without waiting between them.
   *
   * @throws {IggyError} what the codec refuses (4009, 4017, 4022, 4025, 4038), and what the node does.
   */
  async send(
    stream: Identifier,
    topic: Identifier,
    messages: readonly NewMessage[] | PreparedBatch,
    target: SendTarget = {},
  ): Promise<SendMessagesConfirmation | undefined> {
    const partitioning = partitioningOf(target);
    const body = this.#encoder(messages);
    const isChosenHere = this.#dialect !== "classic" && partitioning.kind !== "partition_id";
    const [confirmation] = isChosenHere
      ? await this.#sendChosen(stream, topic, partitioning, body)
      : await this.#send(stream, topic, partitioning, body);
    return confirmation;
  }

  /** Encodes messages once, to be sent many times. */
  prepare(messages: readonly NewMessage[]): PreparedBatch {
    return new PreparedBatch(this.#dialect, this.#outgoing(messages), this.#context.xxh3);
  }

  /** Messages of one partition, at most `count`; none when there are none yet. */
  poll(
    stream: Identifier,
    topic: Identifier,
    options: PollOptions = {},
  ): Promise<PolledMessages> {
    return this.pollBytes(stream, topic, options, (polled) => new PolledMessages(polled));
  }

  /**
   * Polls without making messages: `visit` is given the answer where it was received, and what it
   * returns is the result. The view it is given ends when it returns, so it must not be async.
   */
  async pollBytes<Result>(
    stream: Identifier,
    topic: Identifier,
    options: PollOptions,
    visit: (polled: PolledBytes) => Result,
  ): Promise<Result> {
    const { partitionId, count = COUNT_DEFAULT, autoCommit = false, waitMs = 0 } = options;
    const consumer = consumerOf(options);
    const strategy = strategyOf(options);
    const address = { streamId: stream, topicId: topic };
    const request = { ...address, consumer, partitionId, strategy, count, autoCommit, waitMs };
    const isFencedHere = this.#dialect !== "classic" && consumer.kind === "consumer_group";
    const waitsForAll = isFencedHere && partitionId === undefined && waitMs > 0;
    const polled = waitsForAll
      ? await this.#waitAsMember(request, visit)
      : isFencedHere
      ? await this.#pollAsMember(request, visit)
      : await this.#poll(request, visit);
    return polled === undefined ? visit(this.#nothing(partitionId)) : polled.result;
  }

  /** Makes the node write what it holds in memory; `fsync` waits for stable storage too. */
  flush(
    stream: Identifier,
    topic: Identifier,
    partitionId: number,
    { fsync = false }: { readonly fsync?: boolean } = {},
  ): Promise<void> {
    const address = { streamId: stream, topicId: topic };
    return this.#context.call("flushUnsavedBuffer", { ...address, partitionId, fsync });
  }

  #send(
    streamId: Identifier,
    topicId: Identifier,
    partitioning: Partitioning,
    { messagesCount, batch, writeMessages }: SendBody,
  ): Promise<readonly SendMessagesConfirmation[]> {
    const { request, response } = COMMANDS.sendMessages;
    const head = { streamId, topicId, partitioning, messagesCount };
    const encoder = request[this.#dialect]!;
    const decoder = response[this.#dialect]!;
    return this.#context.link.run({
      command: COMMANDS.sendMessages,
      batch,
      writeBody(writer) {
        encoder.encode(writer, head);
        writeMessages(writer);
      },
      readBody: (reader) => decoder.decode(reader),
    });
  }

  /** A choice by partitions that are no more is made once again. */
  async #sendChosen(
    stream: Identifier,
    topic: Identifier,
    wanted: Partitioning,
    body: SendBody,
  ): Promise<readonly SendMessagesConfirmation[]> {
    const { partitionChoice } = this.#context;
    const attempt = async () => {
      const partitionId = await partitionChoice.choose(stream, topic, wanted);
      return await this.#send(stream, topic, { kind: "partition_id", partitionId }, body);
    };
    try {
      return await attempt();
    } catch (error) {
      if (!hasCode(error, RESOURCE_NOT_FOUND, PARTITION_NOT_FOUND)) throw error;
      partitionChoice.forget();
      return await attempt();
    }
  }

  #encoder(messages: readonly NewMessage[] | PreparedBatch): SendBody {
    if (messages instanceof PreparedBatch) return prepared(messages, this.#dialect);
    const encoded = this.#outgoing(messages);
    const { xxh3 } = this.#context;
    return {
      messagesCount: messages.length,
      writeMessages: (writer) => MESSAGES[this.#dialect].encode(writer, encoded, xxh3),
    };
  }

  #outgoing(messages: readonly NewMessage[]) {
    const { clock, ids } = this.#context;
    // CLASSIC.md section 6.1: a classic node makes up an id for 0, a VSR node keeps the 0.
    const nextId = this.#dialect === "classic" ? () => 0n : () => ids.next();
    const defaults = { originTimestamp: clock.nowMicros(), nextId };
    return messages.map((message) => outgoing(message, defaults));
  }

  /** `undefined`: the node says that this member may not poll that partition (VSR.md section 9). */
  async #poll<Result>(
    polled: PollMessagesRequest,
    visit: (polled: PolledBytes) => Result,
  ): Promise<{ result: Result } | undefined> {
    const dialect = this.#dialect;
    const { request } = COMMANDS.pollMessages;
    try {
      return await this.#context.link.run(
        {
          command: COMMANDS.pollMessages,
          waitMs: polled.waitMs,
          writeBody: (writer) => request[dialect]!.encode(writer, polled),
          readBody(reader) {
            const head = POLL_MESSAGES_HEAD.decode(reader);
            if (head.partitionId === RESYNC_PARTITION_ID) return undefined;
            return { result: visit({ ...head, dialect, bytes: reader.rest() }) };
          },
        } satisfies Request<{ result: Result } | undefined>,
      );
    } catch (error) {
      if (hasCode(error, CONSUMER_GROUP_PARTITION_NOT_OWNED)) return undefined;
      throw error;
    }
  }

  /** VSR.md section 9: a member that is fenced off asks for its partitions and tries once more. */
  async #pollAsMember<Result>(
    request: PollMessagesRequest,
    visit: (polled: PolledBytes) => Result,
  ): Promise<{ result: Result } | undefined> {
    const { memberships } = this.#context;
    const { streamId, topicId, consumer } = request;
    const group = { streamId, topicId, groupId: consumer.id };
    for (let attempt = 0; attempt < 2; attempt++) {
      const partitionId = request.partitionId ?? await memberships.nextPartition(group);
      if (partitionId === undefined) return undefined;
      const polled = await this.#poll({ ...request, partitionId }, visit);
      if (polled !== undefined) return polled;
      await memberships.sync(group);
    }
    return undefined;
  }

  /**
   * A VSR node picks the partition for a member that waits, and for no other (docs/extensions.md). Those
   * that do not know waiting find nothing then, so the member looks for itself before.
   */
  async #waitAsMember<Result>(
    request: PollMessagesRequest,
    visit: (polled: PolledBytes) => Result,
  ): Promise<{ result: Result } | undefined> {
    const found = await this.#pollAsMember(
      { ...request, waitMs: 0 },
      (polled) => polled.count === 0 ? undefined : { result: visit(polled) },
    );
    return found?.result ?? await this.#poll(request, visit);
  }

  #nothing(partitionId = 0): PolledBytes {
    const bytes = new Uint8Array(0);
    return { partitionId, currentOffset: 0, count: 0, dialect: this.#dialect, bytes };
  }
}

/** What follows the head of a send: a prepared batch, or messages to be encoded. */
interface SendBody {
  readonly messagesCount: number;
  readonly batch?: PreparedBatch;
  writeMessages(writer: WireWriter): void;
}

function prepared(batch: PreparedBatch, dialect: Dialect): SendBody {
  if (batch.dialect === dialect) {
    return { messagesCount: batch.messagesCount, batch, writeMessages() {} };
  }
  throw new IggyError(
    FEATURE_UNAVAILABLE,
    `Batch is prepared for ${batch.dialect}, this client speaks ${dialect}`,
  );
}

function partitioningOf({ partitionId, key }: SendTarget): Partitioning {
  if (partitionId !== undefined && key !== undefined) {
    throw new TypeError(`Give partition ${partitionId} or a key, not both`);
  }
  if (partitionId !== undefined) return { kind: "partition_id", partitionId };
  if (key === undefined) return { kind: "balanced" };
  return { kind: "messages_key", key: typeof key === "string" ? UTF8.encode(key) : key };
}

function hasCode(error: unknown, ...codes: readonly number[]): boolean {
  return error instanceof IggyError && codes.includes(error.code);
}

const UTF8 = new TextEncoder();
const COUNT_DEFAULT = 100;
