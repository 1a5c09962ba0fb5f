/**
 * Messages as Iggy's JSON writes them: payloads and header values in base64 (HTTP.md sections 4 and 5).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { INVALID_KEY_VALUE_LENGTH } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { MESSAGE_PAYLOAD_BYTES_MAX, USER_HEADERS_BYTES_MAX } from "../../protocol/message.ts";
import type { Message, OutgoingMessage } from "../../protocol/message_codec.ts";
import type { Partitioning } from "../../protocol/primitives.ts";
import {
  decodeRawHeaders,
  encodeRawHeaders,
  HEADER_KINDS,
  type RawHeaderField,
} from "../../protocol/user_headers.ts";
import { OFFSET, TIMESTAMP, U32, U64 } from "./fields.ts";

/** Bytes in the standard alphabet, padded. */
const BASE64 = z.string().transform((text, context) => {
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
  } catch {
    context.addIssue("Invalid base64");
    return z.NEVER;
  }
}).openapi({ type: "string", format: "byte" });

/** What a user may give as a message's id: a u64, or a u128 in digits or as a UUID. */
export const MESSAGE_ID = z.union([
  U64,
  z.string().transform((text, context) => {
    const id = idOf(text);
    if (id !== undefined) return id;
    context.addIssue(`Invalid ID string: '${text}' - must be a decimal number or UUID hex format`);
    return z.NEVER;
  }),
]).openapi({
  type: ["integer", "string"],
  description: "A u64, or a u128 as decimal digits or a UUID; the node makes one up for 0",
});

const HEADER_FIELD = z.object({
  kind: z.enum(HEADER_KINDS),
  value: BASE64.describe("1 to 255 bytes; numbers little-endian"),
});

const HEADERS = z.union([
  z.array(z.object({ key: HEADER_FIELD, value: HEADER_FIELD })),
  BASE64,
]).openapi({
  type: ["array", "string"],
  description: "Headers one by one, or already encoded, in base64",
});

const OUTGOING = z.object({
  id: MESSAGE_ID.nullish(),
  payload: BASE64.refine(
    ({ length }) => length >= 1 && length <= MESSAGE_PAYLOAD_BYTES_MAX,
    "Invalid message payload length",
  ),
  user_headers: HEADERS.nullish(),
}).transform((message, context) => {
  try {
    return { ...message, userHeaders: headerBytes(message.user_headers) };
  } catch (fault) {
    if (!(fault instanceof IggyError)) throw fault;
    context.addIssue({ code: "custom", message: fault.message, path: ["user_headers"] });
    return z.NEVER;
  }
}).openapi({ type: "object" });

const PARTITIONING = z.object({
  kind: z.enum(["balanced", "partition_id", "messages_key"]),
  value: BASE64.describe("Nothing, the u32 little-endian, or 1 to 255 bytes of a key"),
});

/** The body of a send; here alone no other field may appear (HTTP.md section 1). */
export const SEND_MESSAGES_BODY = z.strictObject({
  partitioning: PARTITIONING,
  messages: z.array(OUTGOING),
}).openapi("SendMessages");

type SendMessagesBody = z.output<typeof SEND_MESSAGES_BODY>;

/**
 * Where a send goes.
 *
 * @throws {IggyError} 4028 when the value does not fit the kind.
 */
export function partitioningOf({ kind, value }: SendMessagesBody["partitioning"]): Partitioning {
  switch (kind) {
    case "balanced":
      return { kind };
    case "partition_id":
      if (value.length !== 4) throw badKey(value);
      return { kind, partitionId: new DataView(value.buffer).getUint32(0, true) };
    case "messages_key":
      return keyed(value);
  }
}

/** To the partition of a key. Throws as {@link partitioningOf}. */
export function keyed(key: Uint8Array): Partitioning {
  if (key.length < 1 || key.length > 255) throw badKey(key);
  return { kind: "messages_key", key };
}

/** The messages of a send, made at `originTimestamp`. */
export function outgoingMessages(
  { messages }: SendMessagesBody,
  originTimestamp: number,
): OutgoingMessage[] {
  return messages.map(({ id, payload, userHeaders }) => (
    { id: id ?? 0n, originTimestamp, payload, userHeaders }
  ));
}

/** What a poll answers. */
export const POLLED_MESSAGES = z.object({
  partition_id: U32,
  current_offset: OFFSET.describe("Of the partition's last message"),
  count: U32,
  messages: z.array(z.object({
    header: z.object({
      checksum: U64,
      id: z.union([z.int().min(0), z.bigint()]).openapi({ type: "integer", format: "uint128" }),
      offset: OFFSET,
      timestamp: TIMESTAMP,
      origin_timestamp: TIMESTAMP,
      user_headers_length: U32,
      payload_length: U32,
      reserved: U64,
    }),
    payload: z.string().openapi({ format: "byte" }),
    user_headers: z.union([
      z.array(z.object({
        key: z.object({ kind: z.enum(HEADER_KINDS), value: z.string() }),
        value: z.object({ kind: z.enum(HEADER_KINDS), value: z.string() }),
      })),
      z.string(),
    ]).openapi({ type: ["array", "string"] }),
  })),
}).openapi("PolledMessages");

/** A message of such an answer. */
export function messageBody(message: Message) {
  const { payload, userHeaders } = message;
  return {
    header: {
      checksum: message.checksum,
      id: message.id,
      offset: message.offset,
      timestamp: message.timestamp,
      origin_timestamp: message.originTimestamp,
      user_headers_length: userHeaders.length,
      payload_length: payload.length,
      reserved: 0,
    },
    payload: payload.toBase64(),
    user_headers: headersBody(userHeaders),
  };
}

/** Headers one by one, or as they are when nobody can read them. */
function headersBody(bytes: Uint8Array) {
  try {
    return decodeRawHeaders(bytes).map(({ key, value }) => (
      { key: fieldBody(key), value: fieldBody(value) }
    ));
  } catch (fault) {
    if (!(fault instanceof IggyError)) throw fault;
    return bytes.toBase64();
  }
}

function fieldBody({ kind, bytes }: RawHeaderField) {
  return { kind, value: bytes.toBase64() };
}

function headerBytes(headers: z.output<typeof HEADERS> | null | undefined): Uint8Array | undefined {
  if (headers === null || headers === undefined) return undefined;
  if (headers instanceof Uint8Array) {
    if (headers.length <= USER_HEADERS_BYTES_MAX) return headers;
    throw new IggyError(4017, `User headers of ${headers.length} bytes are too long`);
  }
  return encodeRawHeaders(headers.map(({ key, value }) => (
    { key: { kind: key.kind, bytes: key.value }, value: { kind: value.kind, bytes: value.value } }
  )));
}

function idOf(text: string): bigint | undefined {
  if (/^\d{1,39}$/.test(text)) {
    const id = BigInt(text);
    return id < 1n << 128n ? id : undefined;
  }
  const digits = text.replaceAll("-", "");
  return /^[\da-f]{32}$/i.test(digits) ? BigInt(`0x${digits}`) : undefined;
}

function badKey({ length }: Uint8Array): IggyError {
  return new IggyError(INVALID_KEY_VALUE_LENGTH, `Partitioning value has ${length} bytes`);
}
