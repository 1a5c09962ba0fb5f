/**
 * Messages over HTTP: Iggy's JSON (HTTP.md sections 4 and 5), and bodies without base64
 * (docs/http.md).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { INVALID_FORMAT, RESOURCE_NOT_FOUND } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import type { OutgoingMessage } from "../../../protocol/message_codec.ts";
import type { PollMessagesRequest, SendMessagesConfirmation } from "../../../protocol/messages.ts";
import type { Partitioning, PollingKind } from "../../../protocol/primitives.ts";
import { parseMicros } from "../../../protocol/quantities.ts";
import { logs } from "../../telemetry.ts";
import { consume } from "../consume.ts";
import { Rejection } from "../errors.ts";
import {
  BOOL_TEXT,
  IDENTIFIER_TEXT,
  OFFSET,
  TOPIC_PARAMS,
  U32,
  U32_TEXT,
  U64_TEXT,
} from "../fields.ts";
import { jsonResponse, parseJson } from "../json.ts";
import { type LineMessage, sendLines } from "../line_sender.ts";
import {
  keyed,
  MESSAGE_ID,
  messageBody,
  outgoingMessages,
  partitioningOf,
  POLLED_MESSAGES,
  SEND_MESSAGES_BODY,
} from "../message_json.ts";
import {
  headersOf,
  headersOfRequest,
  payloadOf,
  PLAIN_MESSAGE,
  plainLine,
  responseHeaders,
} from "../plain_message.ts";
import { produce } from "../produce.ts";
import { type Call, mediaTypeOf, readBody, type Route, route } from "../route.ts";
import { asMember } from "./membership.ts";
import { topicAddress } from "./topics.ts";

const PATH = "/streams/{stream_id}/topics/{topic_id}/messages";

const CONFIRMATION = z.object({
  stream_id: U32,
  topic_id: U32,
  partition_id: U32,
  base_offset: OFFSET.describe("Of the first message"),
  messages_count: OFFSET.optional().describe("Sent there; told of bodies of many lines"),
});

const SEND_QUERY = z.object({
  ack: z.enum(["replicated", "none"]).default("replicated"),
  partition_id: U32_TEXT.optional().describe("For bodies that are no JSON"),
  key: z.string().optional().describe("The same partition for the same key; as partition_id"),
  message_id: z.string().optional().describe("Of the one message of an octet stream")
    .openapi({ example: "0198c0de-0000-7000-8000-000000000001" }),
});

const POLL_QUERY = z.object({
  consumer_id: IDENTIFIER_TEXT.default(1),
  partition_id: U32_TEXT.optional().describe("0 when it is missing"),
  kind: z.string().transform((word, context) => {
    const kind = POLLING_KINDS.get(word);
    if (kind !== undefined) return kind;
    context.addIssue("Invalid command");
    return z.NEVER;
  }).optional().openapi({
    type: "string",
    enum: ["offset", "timestamp", "first", "last", "next"],
    description: "`offset` when it is missing, `next` for a member of a group",
  }),
  value: U64_TEXT.default(0).describe("The offset, or microseconds since the Unix epoch"),
  count: U32_TEXT.default(10),
  auto_commit: BOOL_TEXT.default(false).describe("Stores the last offset that is returned"),
  consumer_group: IDENTIFIER_TEXT.optional().describe("To poll as a member of a group"),
  member: z.string().optional().describe("Which member, by the id it was given"),
  wait: z.string().optional().transform((text, context) => {
    const micros = text === undefined ? 0 : parseMicros(text);
    if (micros !== undefined) return Math.ceil(micros / 1000);
    context.addIssue(`${text} is no duration, such as 5s`);
    return z.NEVER;
  }).openapi({
    type: "string",
    example: "5s",
    description: "How long to wait for messages when there are none",
  }),
});

type SendCall = Call<
  z.output<typeof TOPIC_PARAMS>,
  z.output<typeof SEND_QUERY>,
  z.output<typeof SEND_MESSAGES_BODY> | undefined
>;

export const MESSAGE_ROUTES: readonly Route[] = [
  route({
    method: "post",
    path: PATH,
    tag: "Messages",
    summary: "Send messages",
    description: "As Iggy's JSON, or without base64: one message as an octet stream, with " +
      "`whippet-header-NAME: text` for its headers; a text with one message a line; or NDJSON, a " +
      "line being `{payload, key?, partition_id?, headers?, id?}`.",
    access: "token",
    params: TOPIC_PARAMS,
    query: SEND_QUERY,
    body: SEND_MESSAGES_BODY,
    rawBody: {
      "application/octet-stream": "The payload of one message",
      "application/x-ndjson": "One message a line",
      "text/plain": "One payload a line",
    },
    answers: {
      201: {
        description: "Where they are",
        schema: z.object({
          messages_count: OFFSET.optional().describe("Told of bodies of many lines"),
          confirmations: z.array(CONFIRMATION),
        }).openapi("Confirmations"),
      },
      202: { description: "Taken, and on their way" },
    },
    async handle(call) {
      switch (mediaTypeOf(call.request)) {
        case "application/octet-stream":
          return await answerSend(call, ...await oneMessage(call));
        case "application/x-ndjson":
          return await answerLines(call, (line) => lineMessage(call, line));
        case "text/plain": {
          const headers = headersOfRequest(call.request.headers);
          return await answerLines(call, (line) => textMessage(call, line, headers));
        }
        default: {
          const body = call.body!;
          const messages = outgoingMessages(body, call.broker.clock.nowMicros());
          return await answerSend(call, partitioningOf(body.partitioning), messages);
        }
      }
    },
  }),
  route({
    method: "get",
    path: PATH,
    tag: "Messages",
    summary: "Poll messages",
    description: "With `accept: application/x-ndjson`, one message a line and without base64.",
    access: "token",
    params: TOPIC_PARAMS,
    query: POLL_QUERY,
    answers: {
      200: {
        description: "The messages",
        schema: POLLED_MESSAGES,
        others: { "application/x-ndjson": "One message a line" },
      },
    },
    handle(call) {
      const { query } = call;
      const { consumer_group: group, consumer_id: id, partition_id: partitionId } = query;
      const request: PollMessagesRequest = {
        ...topicAddress(call.params),
        consumer: group === undefined
          ? { kind: "consumer", id }
          : { kind: "consumer_group", id: group },
        partitionId: partitionId ?? (group === undefined ? 0 : undefined),
        strategy: {
          kind: query.kind ?? (group === undefined ? "offset" : "next"),
          value: query.value,
        },
        count: Math.min(query.count, call.broker.limits.httpPollMessagesMax),
        autoCommit: query.auto_commit,
        waitMs: query.wait,
      };
      const poll = accepts(call.request, NDJSON) ? pollLines : pollJson;
      return asMember(call, group, query.member, (as) => poll(as, request));
    },
  }),
  route({
    method: "get",
    path: `${PATH}/{partition_id}/{offset}`,
    tag: "Messages",
    summary: "The payload of one message",
    description: "What else there is of it is in headers that begin with `whippet-`.",
    access: "token",
    params: TOPIC_PARAMS.extend({ partition_id: U32_TEXT, offset: U64_TEXT }),
    answers: { 200: { description: "The payload", mediaType: "application/octet-stream" } },
    async handle(call) {
      const { partition_id: partitionId, offset } = call.params;
      const request: PollMessagesRequest = {
        ...topicAddress(call.params),
        consumer: { kind: "consumer", id: 0 },
        partitionId,
        strategy: { kind: "offset", value: offset },
        count: 1,
        autoCommit: false,
      };
      const { messages: [found] } = await consume(
        call.broker,
        call.client,
        request,
        call.ended,
        (message) => ({
          offset: message.offset,
          payload: message.payload.slice(),
          headers: responseHeaders(partitionId, message),
        }),
      );
      if (found?.offset !== offset) {
        throw new IggyError(RESOURCE_NOT_FOUND, `Partition ${partitionId} has no offset ${offset}`);
      }
      found.headers.set("content-type", "application/octet-stream");
      return new Response(found.payload, { headers: found.headers });
    },
  }),
  route({
    method: "get",
    path: `${PATH}/flush/{partition_id}/{fsync}`,
    tag: "Messages",
    summary: "Write what is not saved yet, as 0.8 can be asked to",
    access: "token",
    params: TOPIC_PARAMS.extend({
      partition_id: U32_TEXT,
      // HTTP.md section 2: the Rust SDK sends `fsync=true`.
      fsync: z.string().transform((text) => text.replace(/^fsync=/, "")).pipe(BOOL_TEXT)
        .openapi({ type: "boolean" }),
    }),
    answers: { 200: { description: "Done" } },
    async handle(call) {
      const { partition_id: partitionId, fsync } = call.params;
      const request = { ...topicAddress(call.params), partitionId, fsync };
      await call.perform("flushUnsavedBuffer", request);
      return new Response(null);
    },
  }),
];

async function pollJson(call: Call, request: PollMessagesRequest): Promise<Response> {
  const { broker, client, ended } = call;
  const polled = await consume(broker, client, request, ended, messageBody);
  return jsonResponse(200, {
    partition_id: polled.partitionId,
    current_offset: polled.currentOffset,
    count: polled.messages.length,
    messages: polled.messages,
  });
}

async function pollLines(call: Call, request: PollMessagesRequest): Promise<Response> {
  const { broker, client, ended } = call;
  const polled = await consume(
    broker,
    client,
    request,
    ended,
    (message, partitionId) => `${plainLine(partitionId, message)}\n`,
  );
  return new Response(polled.messages.join(""), {
    headers: {
      "content-type": NDJSON,
      "whippet-partition-id": String(polled.partitionId),
      "whippet-current-offset": String(polled.currentOffset),
    },
  });
}

async function answerSend(
  call: SendCall,
  partitioning: Partitioning,
  messages: readonly OutgoingMessage[],
): Promise<Response> {
  const { broker, client } = call;
  const sent = produce(broker, client, topicAddress(call.params), partitioning, messages);
  if (call.query.ack === "none") {
    void Promise.resolve(sent).catch((fault) => {
      logs.http.debug("{address} sent without waiting, in vain: {fault}", {
        address: client.address,
        fault,
      });
    });
    return new Response(null, { status: 202, headers: { "iggy-durability": "none" } });
  }
  const confirmation = await sent;
  const confirmations = confirmation === undefined ? [] : [confirmationBody(confirmation)];
  return jsonResponse(201, { confirmations }, DURABILITY);
}

async function answerLines(
  call: SendCall,
  read: (line: Uint8Array) => LineMessage,
): Promise<Response> {
  const { broker, client, request, services } = call;
  const sent = await sendLines(request.body, {
    lineBytesMax: services.config.maxRequestSizeBytes,
    read,
    send: async (partitioning, messages) =>
      await produce(broker, client, topicAddress(call.params), partitioning, messages),
  });
  const confirmations = sent.confirmations.map((each) => (
    { ...confirmationBody(each), messages_count: each.messagesCount }
  ));
  return jsonResponse(201, { messages_count: sent.messagesCount, confirmations }, DURABILITY);
}

async function oneMessage(
  call: SendCall,
): Promise<[partitioning: Partitioning, messages: OutgoingMessage[]]> {
  const { request, query, broker, services } = call;
  const payload = await readBody(request, services.config.maxRequestSizeBytes);
  const id = query.message_id === undefined ? 0n : idOf(query.message_id);
  const userHeaders = headersOfRequest(request.headers);
  const message = { id, originTimestamp: broker.clock.nowMicros(), payload, userHeaders };
  return [partitioningOfQuery(call), [message]];
}

function textMessage(call: SendCall, payload: Uint8Array, userHeaders?: Uint8Array): LineMessage {
  const originTimestamp = call.broker.clock.nowMicros();
  const message = { id: 0n, originTimestamp, payload, userHeaders };
  return { partitioning: partitioningOfQuery(call), message };
}

function lineMessage(call: SendCall, line: Uint8Array): LineMessage {
  const parsed = PLAIN_MESSAGE.safeParse(jsonOf(line));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new Rejection(422, [...path, message].join(": "));
  }
  const plain = parsed.data;
  const message: OutgoingMessage = {
    id: plain.id ?? 0n,
    originTimestamp: call.broker.clock.nowMicros(),
    payload: payloadOfLine(plain),
    userHeaders: headersOf(plain),
  };
  if (plain.key !== undefined) return { partitioning: keyed(UTF8.encode(plain.key)), message };
  const { partition_id: partitionId } = plain;
  const partitioning: Partitioning = partitionId === undefined
    ? partitioningOfQuery(call)
    : { kind: "partition_id", partitionId };
  return { partitioning, message };
}

function partitioningOfQuery({ query: { key, partition_id: partitionId } }: SendCall) {
  if (key !== undefined && partitionId !== undefined) {
    throw new Rejection(400, "Query may have key or partition_id, not both");
  }
  if (key !== undefined) return keyed(UTF8.encode(key));
  if (partitionId !== undefined) return { kind: "partition_id", partitionId } as const;
  return { kind: "balanced" } as const;
}

function payloadOfLine(plain: z.output<typeof PLAIN_MESSAGE>): Uint8Array {
  const payload = payloadOf(plain);
  if (payload === undefined) throw new Rejection(422, "payload_base64: Invalid base64");
  if (payload.length === 0) throw new Rejection(422, "payload: Invalid message payload length");
  return payload;
}

function jsonOf(line: Uint8Array): unknown {
  try {
    return parseJson(STRICT_UTF8.decode(line));
  } catch (cause) {
    throw new Rejection(400, cause instanceof Error ? cause.message : String(cause));
  }
}

function idOf(text: string): bigint {
  const parsed = MESSAGE_ID.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new IggyError(INVALID_FORMAT, parsed.error.issues[0].message);
}

function confirmationBody(confirmation: SendMessagesConfirmation): z.input<typeof CONFIRMATION> {
  return {
    stream_id: confirmation.streamId,
    topic_id: confirmation.topicId,
    partition_id: confirmation.partitionId,
    base_offset: confirmation.baseOffset,
  };
}

/** Whether the request asks for that media type by name. */
function accepts({ headers }: Request, mediaType: string): boolean {
  return (headers.get("accept") ?? "").split(",").some((range) =>
    range.split(";")[0].trim().toLowerCase() === mediaType
  );
}

const NDJSON = "application/x-ndjson";
const DURABILITY = { "iggy-durability": "replicated-memory" };

/** Each kind and its first letter. */
const POLLING_KINDS: ReadonlyMap<string, PollingKind> = new Map(
  (["offset", "timestamp", "first", "last", "next"] as const)
    .flatMap((kind) => [[kind, kind], [kind[0], kind]] as const),
);

const UTF8 = new TextEncoder();
const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true });
