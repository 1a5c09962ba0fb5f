/**
 * A message as a line of JSON: `{"payload": ..., "key": "...", "partition": 0, "headers": {...}, "id": 7}`.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";
import type { SendTarget } from "../client/messages.ts";
import type { HeaderValue, NewMessage } from "../client/new_message.ts";
import { parseJson, stringifyJson } from "../http/json.ts";
import { CommandError } from "./ports.ts";
import { headerField } from "./values.ts";

/** What a line says: the message and where it goes. */
export interface JsonMessage {
  readonly message: NewMessage;
  readonly target: SendTarget;
}

/**
 * Reads a line. A payload that is no text is sent as its JSON; with `"encoding": "base64"` or `"hex"`
 * it is bytes. What `whippet tail --json` prints is read again.
 *
 * @throws {CommandError} with `place` for a line that is none.
 */
export function jsonMessage(line: Uint8Array, place: string): JsonMessage {
  const refuse = (what: string): never => {
    throw new CommandError(`${place} ${what}`);
  };
  const fields = objectOf(line) ?? refuse('is no JSON object: a message is {"payload": ...}');
  const { payload, encoding, key, partition, headers = {}, id } = fields;
  if (payload === undefined) return refuse("has no payload");
  if (key !== undefined && typeof key !== "string") return refuse("has a key that is no text");
  if (partition !== undefined && !isWhole(partition, 0xffff_ffffn)) {
    return refuse("has a partition that is no number of one");
  }
  if (key !== undefined && partition !== undefined) {
    return refuse("has a key and a partition: give one of them");
  }
  if (id !== undefined && !isWhole(id, U128_MAX)) return refuse("has an id that is no u128");
  if (typeof headers !== "object" || headers === null) {
    return refuse("has headers that are no object");
  }
  return {
    message: {
      payload: payloadOf(payload, encoding) ?? refuse(`has a payload that is no ${encoding}`),
      ...id === undefined ? {} : { id: BigInt(id as number | bigint) },
      headers: headersOf(headers, refuse),
    },
    target: { key, partitionId: partition as number | undefined },
  };
}

function objectOf(line: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value = parseJson(UTF8.decode(line));
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

function payloadOf(payload: unknown, encoding: unknown): string | Uint8Array | undefined {
  if (typeof payload !== "string") return stringifyJson(payload);
  if (encoding === undefined) return payload;
  try {
    if (encoding === "base64") return Uint8Array.fromBase64(payload);
    return encoding === "hex" ? Uint8Array.fromHex(payload) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function headersOf(
  headers: object,
  refuse: (what: string) => never,
): Readonly<Record<string, HeaderValue>> | undefined {
  const entries = Object.entries(headers);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.map(([key, value]) => {
    if (typeof value === "string" || typeof value === "boolean") return [key, value];
    if (typeof value === "number") return [key, { kind: "float64", value }];
    const { kind, value: inner } = value as { kind?: unknown; value?: unknown };
    try {
      return [key, headerField(String(kind), String(inner))];
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      return refuse(`has a header ${key} that is none: ${error.message}`);
    }
  }));
}

function isWhole(value: unknown, max: bigint): value is number | bigint {
  const isInteger = typeof value === "bigint" || Number.isSafeInteger(value);
  return isInteger && BigInt(value as number) >= 0n && BigInt(value as number) <= max;
}

const U128_MAX = (1n << 128n) - 1n;
const UTF8 = new TextDecoder();
