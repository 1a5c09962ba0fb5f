/**
 * Messages as people write them: one JSON object a line with the payload as it is, or the payload alone
 * with headers of HTTP for headers of the message (docs/http.md). Nothing is in base64 but what is no
 * text.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Message } from "../../protocol/message_codec.ts";
import {
  decodeUserHeaders,
  encodeUserHeaders,
  type HeaderField,
  type UserHeader,
} from "../../protocol/user_headers.ts";
import { IggyError } from "../../protocol/errors.ts";
import { U32 } from "./fields.ts";
import { stringifyJson } from "./json.ts";
import { MESSAGE_ID } from "./message_json.ts";

const HEADER_VALUE = z.union([z.string(), z.boolean(), z.number(), z.bigint()]);

/** A line to send. Fields that only a consumer is told, as `offset`, are ignored. */
export const PLAIN_MESSAGE = z.object({
  payload: z.unknown().optional(),
  payload_base64: z.string().optional(),
  key: z.string().optional(),
  partition_id: U32.optional(),
  headers: z.record(z.string(), HEADER_VALUE).optional(),
  id: MESSAGE_ID.optional(),
}).refine(
  (line) => (line.payload === undefined) !== (line.payload_base64 === undefined),
  "one of payload and payload_base64 is required",
).refine(
  (line) => line.key === undefined || line.partition_id === undefined,
  "key and partition_id cannot both be given",
);

export type PlainMessage = z.output<typeof PLAIN_MESSAGE>;

/** The bytes of a payload: a text is itself, any other value its JSON; `undefined` for bad base64. */
export function payloadOf(
  { payload, payload_base64: base64 }: PlainMessage,
): Uint8Array | undefined {
  if (base64 !== undefined) return bytesOf(base64);
  return UTF8.encode(typeof payload === "string" ? payload : stringifyJson(payload));
}

function bytesOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" });
  } catch {
    return undefined;
  }
}

/** Headers of a line: texts, flags, integers (64 bits) and other numbers (float64). */
export function headersOf({ headers }: PlainMessage): Uint8Array | undefined {
  if (headers === undefined) return undefined;
  return encodeUserHeaders(
    Object.entries(headers).map(([name, value]): UserHeader => (
      { key: { kind: "string", value: name }, value: headerField(value) }
    )),
  );
}

/** `whippet-header-NAME: text` as headers of a message; names come in lower case. */
export function headersOfRequest(headers: Headers): Uint8Array | undefined {
  const found: UserHeader[] = [];
  for (const [name, value] of headers) {
    if (!name.startsWith(HEADER_PREFIX)) continue;
    const key = name.slice(HEADER_PREFIX.length);
    found.push({
      key: { kind: "string", value: key },
      value: { kind: "string", value: utf8Of(value) },
    });
  }
  return found.length === 0 ? undefined : encodeUserHeaders(found);
}

/** A message as one line of JSON, without its end. */
export function plainLine(partitionId: number, message: Message): string {
  const text = textOf(message.payload);
  return stringifyJson({
    partition_id: partitionId,
    offset: message.offset,
    timestamp: message.timestamp,
    id: uuidOf(message.id),
    ...plainHeaders(message.userHeaders),
    ...(text === undefined ? { payload_base64: message.payload.toBase64() } : { payload: text }),
  });
}

/** What goes along with a payload alone. */
export function responseHeaders(partitionId: number, message: Message): Headers {
  const headers = new Headers({
    "whippet-partition-id": String(partitionId),
    "whippet-offset": String(message.offset),
    "whippet-timestamp": String(message.timestamp),
    "whippet-message-id": uuidOf(message.id),
  });
  for (const { key, value } of readable(message.userHeaders) ?? []) {
    const name = `${HEADER_PREFIX}${key.value}`;
    const text = plainValue(value);
    if (!HEADER_NAME.test(name) || CONTROL.test(String(text))) continue;
    headers.append(name, latin1Of(String(text)));
  }
  return headers;
}

function plainHeaders(bytes: Uint8Array): { headers?: unknown; headers_base64?: string } {
  if (bytes.length === 0) return {};
  const headers = readable(bytes);
  if (headers === undefined) return { headers_base64: bytes.toBase64() };
  return {
    headers: Object.fromEntries(
      headers.map(({ key, value }) => [String(plainValue(key)), plainValue(value)]),
    ),
  };
}

function readable(bytes: Uint8Array): UserHeader[] | undefined {
  try {
    return decodeUserHeaders(bytes);
  } catch (fault) {
    if (!(fault instanceof IggyError)) throw fault;
    return undefined;
  }
}

function plainValue({ value }: HeaderField): string | number | bigint | boolean {
  return value instanceof Uint8Array ? value.toBase64() : value;
}

function headerField(value: z.output<typeof HEADER_VALUE>): HeaderField {
  switch (typeof value) {
    case "string":
      return { kind: "string", value };
    case "boolean":
      return { kind: "bool", value };
    case "bigint":
      return { kind: "int64", value };
    default:
      return Number.isSafeInteger(value)
        ? { kind: "int64", value: BigInt(value) }
        : { kind: "float64", value };
  }
}

function uuidOf(id: bigint): string {
  const digits = id.toString(16).padStart(32, "0");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function textOf(payload: Uint8Array): string | undefined {
  try {
    return STRICT_UTF8.decode(payload);
  } catch {
    return undefined;
  }
}

/** A header arrives as one character a byte; most who send others than ASCII mean UTF-8. */
function utf8Of(value: string): string {
  const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0));
  return textOf(bytes) ?? value;
}

function latin1Of(text: string): string {
  return String.fromCharCode(...UTF8.encode(text));
}

const UTF8 = new TextEncoder();
const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const HEADER_PREFIX = "whippet-header-";
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
// deno-lint-ignore no-control-regex -- what a header of HTTP cannot hold
const CONTROL = /[\x00-\x1f\x7f]/;
