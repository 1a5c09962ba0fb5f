/**
 * Messages for people and for programs: payloads as text, JSON or hex, headers in a line.
 *
 * @module
 */
import type { ReceivedMessage } from "../client/polled.ts";
import { parseJson, stringifyJson } from "../http/json.ts";
import { printable } from "./output.ts";

/** How payloads are shown. `auto` takes text where the bytes are UTF-8. */
export const PAYLOAD_FORMATS = ["auto", "text", "json", "hex", "base64"] as const;
export type PayloadFormat = (typeof PAYLOAD_FORMATS)[number];

/** A payload for people, in one line. */
export function payloadText(payload: Uint8Array, format: PayloadFormat): string {
  switch (format) {
    case "hex":
      return payload.toHex();
    case "base64":
      return payload.toBase64();
    case "json": {
      const value = jsonOf(payload);
      return value === undefined ? printable(LOOSE.decode(payload)) : stringifyJson(value);
    }
    case "text":
      return printable(LOOSE.decode(payload));
    case "auto": {
      const text = strictText(payload);
      return text === undefined ? payload.toHex() : printable(text);
    }
  }
}

/** A message for programs; ids and numbers exact. */
export function messageFacts(message: ReceivedMessage, format: PayloadFormat): object {
  const { partitionId, offset, id, timestamp, originTimestamp, payload } = message;
  const headers = Object.fromEntries(
    headersOf(message).map(({ key, value }) => [String(key.value), value]),
  );
  const facts = { partitionId, offset, id, timestamp, originTimestamp, headers };
  if (format === "hex" || format === "base64") {
    return { ...facts, payload: payloadText(payload, format), encoding: format };
  }
  const value = format === "json" ? jsonOf(payload) : undefined;
  if (value !== undefined) return { ...facts, payload: value };
  const text = strictText(payload);
  return text === undefined
    ? { ...facts, payload: payload.toBase64(), encoding: "base64" }
    : { ...facts, payload: text };
}

/** Texts of a message's cells. */
export const messageRow = {
  /** `key=value` of each header, in order. */
  headers(message: ReceivedMessage): string {
    return headersOf(message).map(({ key, value }) => {
      const shown = value.value instanceof Uint8Array ? value.value.toHex() : String(value.value);
      return `${printable(String(key.value))}=${printable(shown)}`;
    }).join(" ");
  },
};

/** Headers in a format of others' are no reason not to show a message. */
function headersOf(message: ReceivedMessage): ReceivedMessage["headers"] {
  try {
    return message.headers;
  } catch {
    return [];
  }
}

function strictText(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes);
  } catch {
    return undefined;
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseJson(STRICT.decode(bytes));
  } catch {
    return undefined;
  }
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LOOSE = new TextDecoder("utf-8", { ignoreBOM: true });
