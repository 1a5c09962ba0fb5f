/**
 * Sending and polling through the handlers as a client of either protocol does, and reading what
 * comes with every checksum recomputed.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { pollMessages, sendMessages } from "../../lib/handlers/messages.ts";
import { xxh3 } from "../../lib/log/checksum.ts";
import type { Dialect } from "../../protocol/command.ts";
import {
  BATCH_HEADER_BYTES,
  batchChecksum,
  batchHeader,
  frameLength,
  type Xxh3,
} from "../../protocol/message.ts";
import { type Message, MESSAGES, type OutgoingMessage } from "../../protocol/message_codec.ts";
import {
  type PollMessagesHead,
  type PollMessagesRequest,
  SEND_MESSAGES_HEAD,
  type SendMessagesConfirmation,
  type SendMessagesHead,
} from "../../protocol/messages.ts";
import type { PollingKind } from "../../protocol/primitives.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";
import { xxh3_64 } from "../../protocol/xxhash.ts";
import type { TestBroker, TestClient } from "./broker.ts";

export const DIALECTS: readonly Dialect[] = ["classic", "vsr_0_11"];

/** What a test says of a send; by default to partition 0 of topic "events" in stream "orders". */
export type SendTo = Partial<SendMessagesHead>;

/** The body of a send. */
export function sendBody(
  dialect: Dialect,
  messages: readonly OutgoingMessage[],
  to: SendTo = {},
): Uint8Array {
  const writer = new WireWriter();
  SEND_MESSAGES_HEAD.encode(writer, {
    streamId: "orders",
    topicId: "events",
    partitioning: { kind: "partition_id", partitionId: 0 },
    messagesCount: messages.length,
    ...to,
  });
  MESSAGES[dialect].encode(writer, messages, xxh3);
  return writer.written;
}

/** Sends messages that the topic has a place for; gives where they went. */
export async function send(
  broker: TestBroker,
  client: TestClient,
  dialect: Dialect,
  messages: readonly OutgoingMessage[],
  to: SendTo = {},
): Promise<SendMessagesConfirmation> {
  const confirmation = await sendAgain(broker, client, dialect, messages, to);
  if (confirmation === undefined) throw new Error("The topic had all of the messages already");
  return confirmation;
}

/** Sends messages; gives where those went that the topic did not have yet. */
export async function sendAgain(
  broker: TestBroker,
  client: TestClient,
  dialect: Dialect,
  messages: readonly OutgoingMessage[],
  to: SendTo = {},
): Promise<SendMessagesConfirmation | undefined> {
  return await sendMessages(broker, client, dialect, sendBody(dialect, messages, to));
}

/** What a test says of a poll; by default consumer 1 reads all of partition 0 of orders/events. */
export type PollWhat = Partial<Omit<PollMessagesRequest, "strategy">> & {
  readonly from?: PollingKind;
  readonly value?: number;
};

/** A poll's answer, decoded; the messages own their bytes. */
export interface Polled extends PollMessagesHead {
  readonly messages: readonly Message[];
  /** Bytes of the messages on the wire. */
  readonly bytes: number;
}

export async function poll(
  broker: TestBroker,
  client: TestClient,
  dialect: Dialect,
  { from = "first", value = 0, ...what }: PollWhat = {},
): Promise<Polled> {
  const answer = await pollMessages(broker, client, dialect, {
    streamId: "orders",
    topicId: "events",
    consumer: { kind: "consumer", id: 1 },
    partitionId: what.consumer?.kind === "consumer_group" ? undefined : 0,
    strategy: { kind: from, value },
    count: 1_000_000,
    autoCommit: false,
    ...what,
  });
  const { records, partitionId, currentOffset, count } = answer;
  const bytes = records?.lease.bytes.slice(records.start, records.end) ?? new Uint8Array();
  records?.lease.release();
  const messages = readMessages(dialect, bytes);
  assertEquals(messages.length, count);
  return { partitionId, currentOffset, count, messages, bytes: bytes.length };
}

/** Decodes the tail of a poll reply; fails when a checksum of any kind does not agree. */
export function readMessages(dialect: Dialect, bytes: Uint8Array): Message[] {
  assertChecksums(dialect, bytes, xxh3_64);
  return [...MESSAGES[dialect].decode(new WireReader(bytes))];
}

/** Recomputes every checksum in the tail of a poll reply; fails when one of any kind does not agree. */
export function assertChecksums(dialect: Dialect, bytes: Uint8Array, xxh3: Xxh3): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  CHECK[dialect](bytes, view, xxh3);
}

/** CLASSIC.md section 6.1 and VSR.md section 8.2: what the checksums are of. */
const CHECK: Record<Dialect, (bytes: Uint8Array, view: DataView, xxh3: Xxh3) => void> = {
  classic(bytes, view, xxh3) {
    for (let at = 0; at < bytes.length;) {
      const end = at + 64 + view.getUint32(at + 48, true) + view.getUint32(at + 52, true);
      assertEquals(view.getBigUint64(at, true), xxh3(bytes.subarray(at + 8, end)));
      at = end;
    }
  },
  vsr_0_11(bytes, view, xxh3) {
    for (let at = 0; at < bytes.length;) {
      const end = at + batchHeader.length(view, at);
      assertEquals(batchHeader.checksum(view, at), batchChecksum(bytes, at, xxh3));
      for (let frame = at + BATCH_HEADER_BYTES; frame < end;) {
        const frameEnd = frame + frameLength(view, frame);
        const checksum = xxh3(bytes.subarray(frame + 8, frameEnd));
        assertEquals(view.getBigUint64(frame, true), checksum);
        frame = frameEnd;
      }
      at = end;
    }
  },
};

/** Ids of what was polled. */
export function idsOf({ messages }: Polled): number[] {
  return messages.map(({ id }) => Number(id));
}

/** Offsets of what was polled. */
export function offsetsOf({ messages }: Polled): number[] {
  return messages.map(({ offset }) => offset);
}
