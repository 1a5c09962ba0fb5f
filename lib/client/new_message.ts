/**
 * Messages as a caller writes them, on their way to the codec.
 *
 * @module
 */
import { INVALID_HEADER_VALUE } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { OutgoingMessage } from "../../protocol/message_codec.ts";
import { encodeUserHeaders, type HeaderField } from "../../protocol/user_headers.ts";

/** A message to send. */
export interface NewMessage {
  /** 1 to 64,000,000 bytes; text is sent as UTF-8. */
  readonly payload: string | Uint8Array;
  /** u128; a random one unless given. */
  readonly id?: bigint;
  /** At most 100,000 bytes in all; keys and values of 1 to 255 bytes. */
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  /** When it was made, micros since the Unix epoch; now unless given. */
  readonly originTimestamp?: number;
}

/** A header's value; a number says which kind it has, as in `{ kind: "int32", value: -7 }`. */
export type HeaderValue = string | boolean | Uint8Array | HeaderField;

/** What a message gets when it does not say it. */
export interface MessageDefaults {
  readonly originTimestamp: number;
  nextId(): bigint;
}

/** `message` for the codec. Throws `IggyError` 4018, 4019 or 4017 for headers that do not fit. */
export function outgoing(message: NewMessage, defaults: MessageDefaults): OutgoingMessage {
  const { payload, id, headers, originTimestamp } = message;
  return {
    id: id ?? defaults.nextId(),
    originTimestamp: originTimestamp ?? defaults.originTimestamp,
    payload: typeof payload === "string" ? UTF8.encode(payload) : payload,
    userHeaders: headers === undefined ? undefined : encodeHeaders(headers),
  };
}

function encodeHeaders(headers: Readonly<Record<string, HeaderValue>>): Uint8Array {
  return encodeUserHeaders(
    Object.entries(headers).map(([key, value]) => ({
      key: { kind: "string", value: key },
      value: field(value),
    })),
  );
}

function field(value: HeaderValue): HeaderField {
  if (typeof value === "string") return { kind: "string", value };
  if (typeof value === "boolean") return { kind: "bool", value };
  if (value instanceof Uint8Array) return { kind: "raw", value };
  if (typeof value === "object") return value;
  throw new IggyError(INVALID_HEADER_VALUE, `Header value ${value} does not say which kind it has`);
}

const UTF8 = new TextEncoder();
