/**
 * Sending messages that came over HTTP: they are put in the classic form, in which the node makes up
 * ids and checksums itself, and go the way of every send.
 *
 * @module
 */
import { MESSAGES, type OutgoingMessage } from "../../protocol/message_codec.ts";
import { SEND_MESSAGES_HEAD, type SendMessagesConfirmation } from "../../protocol/messages.ts";
import type { Partitioning } from "../../protocol/primitives.ts";
import type { TopicAddress } from "../../protocol/topics.ts";
import { WireWriter } from "../../protocol/wire.ts";
import type { Broker, Client } from "../handlers/broker.ts";
import { sendMessages } from "../handlers/messages.ts";

/**
 * Sends messages; resolves when they are acknowledged, with nothing when the topic had all of them
 * already. Throws and rejects with `IggyError`, as `sendMessages` does.
 */
export function produce(
  broker: Broker,
  client: Client,
  { streamId, topicId }: TopicAddress,
  partitioning: Partitioning,
  messages: readonly OutgoingMessage[],
): SendMessagesConfirmation | undefined | Promise<SendMessagesConfirmation | undefined> {
  const writer = new WireWriter();
  const messagesCount = messages.length;
  SEND_MESSAGES_HEAD.encode(writer, { streamId, topicId, partitioning, messagesCount });
  MESSAGES.classic.encode(writer, messages, broker.xxh3);
  return sendMessages(broker, client, "classic", writer.written);
}
