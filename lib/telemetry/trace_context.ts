/**
 * The W3C trace context in a message's user headers (`traceparent`, `tracestate`): what a producer was
 * at when it made the message.
 *
 * @module
 */
import { createTraceState, type SpanContext } from "@opentelemetry/api";
import type { Dialect } from "../../protocol/command.ts";
import {
  BATCH_HEADER_BYTES,
  CLASSIC_HEADER_BYTES,
  CLASSIC_PAYLOAD_LENGTH,
  CLASSIC_USER_HEADERS_LENGTH,
  FRAME_HEADER_BYTES,
  FRAME_PAYLOAD_LENGTH,
  FRAME_USER_HEADERS_LENGTH,
} from "../../protocol/message_layout.ts";
import { decodeUserHeaders, type HeaderField } from "../../protocol/user_headers.ts";

/**
 * What the first message of `bytes` says. `undefined` when it says nothing, or when there is no message
 * or none that can be read: whoever admits or serves them says what is wrong with it.
 *
 * @param bytes Messages in the form of `dialect`, without classic's index section.
 */
export function traceContextOf(dialect: Dialect, bytes: Uint8Array): SpanContext | undefined {
  const headers = firstUserHeaders(dialect, bytes);
  if (headers === undefined) return undefined;
  let parent: string | undefined;
  let state: string | undefined;
  try {
    for (const { key, value } of decodeUserHeaders(headers)) {
      const name = textOf(key);
      if (name === "traceparent") parent = textOf(value);
      else if (name === "tracestate") state = textOf(value);
    }
  } catch {
    // A node does not judge user headers.
    return undefined;
  }
  return parent === undefined ? undefined : parsed(parent, state);
}

function firstUserHeaders(dialect: Dialect, bytes: Uint8Array): Uint8Array | undefined {
  const { headAt, headBytes, payloadAt, headersAt } = LAYOUTS[dialect];
  if (bytes.length < headAt + headBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(headAt + headersAt, true);
  const start = headAt + headBytes + view.getUint32(headAt + payloadAt, true);
  const isThere = length > 0 && start + length <= bytes.length;
  return isThere ? bytes.subarray(start, start + length) : undefined;
}

function textOf({ kind, value }: HeaderField): string | undefined {
  if (kind === "string") return value;
  return kind === "raw" ? new TextDecoder().decode(value) : undefined;
}

/** W3C Trace Context section 3.2: a later version begins as this one does. */
function parsed(traceparent: string, tracestate: string | undefined): SpanContext | undefined {
  const match = TRACEPARENT.exec(traceparent);
  if (match === null || match[1] === "ff") return undefined;
  const [, version, traceId, spanId, flags, rest] = match;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId) || (version === "00" && rest !== undefined)) {
    return undefined;
  }
  return {
    traceId,
    spanId,
    traceFlags: parseInt(flags, 16),
    isRemote: true,
    traceState: tracestate === undefined ? undefined : createTraceState(tracestate),
  };
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Where the first message's lengths lie. */
const LAYOUTS = {
  classic: {
    headAt: 0,
    headBytes: CLASSIC_HEADER_BYTES,
    payloadAt: CLASSIC_PAYLOAD_LENGTH,
    headersAt: CLASSIC_USER_HEADERS_LENGTH,
  },
  vsr_0_11: {
    headAt: BATCH_HEADER_BYTES,
    headBytes: FRAME_HEADER_BYTES,
    payloadAt: FRAME_PAYLOAD_LENGTH,
    headersAt: FRAME_USER_HEADERS_LENGTH,
  },
} as const;
