/**
 * Polling messages for HTTP: the poll of every other client, its messages taken out of the reply
 * buffer, which goes back at once.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import { type Message, MESSAGES } from "../../protocol/message_codec.ts";
import type { PollMessagesRequest } from "../../protocol/messages.ts";
import { WireReader } from "../../protocol/wire.ts";
import type { Broker, Client } from "../handlers/broker.ts";
import { longPoll } from "../handlers/long_poll.ts";
import type { PollAnswer } from "../handlers/messages.ts";

/** What was polled, in the form somebody gave it. */
export interface Consumed<T> {
  readonly partitionId: number;
  /** Of the partition's last message. */
  readonly currentOffset: number;
  readonly messages: readonly T[];
  /** Whether there is more than memory for it: ask again later. */
  readonly crowded: boolean;
}

/**
 * Polls, and gives each message to `take` while its bytes are there: what it keeps it has to copy.
 * `ended` cuts a wait short. Rejects with `IggyError` as a poll does.
 */
export async function consume<T>(
  broker: Broker,
  client: Client,
  request: PollMessagesRequest,
  ended: () => AbortSignal,
  take: (message: Message, partitionId: number) => T,
): Promise<Consumed<T>> {
  // In the classic dialect the node picks a group member's partition; the other one has 0.9's checksums.
  const dialect = request.consumer.kind === "consumer" ? "vsr_0_11" : "classic";
  const answer = await longPoll(broker, client, dialect, request, ended);
  return takeAll(answer, dialect, take);
}

function takeAll<T>(
  { partitionId, currentOffset, records, crowded: isCrowded }: PollAnswer,
  dialect: Dialect,
  take: (message: Message, partitionId: number) => T,
): Consumed<T> {
  const crowded = isCrowded === true;
  if (records === undefined) return { partitionId, currentOffset, messages: [], crowded };
  const { lease, start, end } = records;
  try {
    const reader = new WireReader(lease.bytes, start, end);
    const messages: T[] = [];
    for (const message of MESSAGES[dialect].decode(reader)) {
      messages.push(take(message, partitionId));
    }
    return { partitionId, currentOffset, messages, crowded };
  } finally {
    lease.release();
  }
}
