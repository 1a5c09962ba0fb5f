/**
 * JSON with whole numbers of any size (HTTP.md section 1.1): Iggy writes a u64 and a u128 as bare
 * integers, which JavaScript's own reader would round.
 *
 * @module
 */

/**
 * Reads JSON. An integer that a `number` cannot hold exactly comes as a `bigint`.
 *
 * @throws {SyntaxError} when the text is no JSON.
 */
export function parseJson(text: string): unknown {
  // Reading with a reviver costs a call per value: only texts with a long number pay for it.
  return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits as Reviver) : JSON.parse(text);
}

/** Writes JSON, on one line unless it is to be indented; a `bigint` becomes a bare integer. */
export function stringifyJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, bareInteger, indent);
}

/** A response with a JSON body. */
export function jsonResponse(status: number, value: unknown, headers: HeadersInit = {}): Response {
  const response = new Response(stringifyJson(value), { status, headers });
  response.headers.set("content-type", "application/json");
  return response;
}

function keepDigits(_key: string, value: unknown, { source }: { readonly source: string }) {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return INTEGER.test(source) ? BigInt(source) : value;
}

function bareInteger(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? RAW_JSON.rawJSON(String(value)) : value;
}

// The checker's library does not know these two parts of the language yet.
type Reviver = (this: unknown, key: string, value: unknown) => unknown;
const RAW_JSON = JSON as unknown as { rawJSON(text: string): unknown };

const LONG_NUMBER = /\d{16}/;
const INTEGER = /^-?\d+$/;
