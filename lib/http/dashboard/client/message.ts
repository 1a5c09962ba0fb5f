/**
 * Messages as the browser has them: lines of the node's NDJSON, and what is made of them for people.
 *
 * @module
 */

/** A message of a poll or a tail. */
export interface BrowsedMessage {
  readonly partitionId: number;
  readonly offset: number;
  /** Micros since the Unix epoch. */
  readonly timestamp: number;
  readonly id: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The payload as text; `undefined` when it is none. */
  readonly text: string | undefined;
  readonly bytes: Uint8Array;
}

/** A message of one line; `undefined` for a line that is none, as a sign of life. */
export function messageOf(line: string): BrowsedMessage | undefined {
  if (line.trim() === "") return undefined;
  const said = JSON.parse(line);
  if (typeof said.offset !== "number") return undefined;
  const text = typeof said.payload === "string" ? said.payload : undefined;
  const bytes = text === undefined
    ? Uint8Array.from(atob(said.payload_base64 ?? ""), (each) => each.charCodeAt(0))
    : new TextEncoder().encode(text);
  return {
    partitionId: said.partition_id,
    offset: said.offset,
    timestamp: said.timestamp,
    id: String(said.id ?? ""),
    headers: said.headers ?? {},
    text,
    bytes,
  };
}

/** One line for the table, not longer than somebody reads. */
export function previewOf({ text, bytes }: BrowsedMessage): string {
  if (text === undefined) {
    return `${hexLine(bytes.subarray(0, 24))}${bytes.length > 24 ? " …" : ""}`;
  }
  return text.slice(0, PREVIEW_CHARS).replaceAll(/\s+/g, " ");
}

/** `00000000  68 65 6c 6c 6f                                   hello`, 16 bytes a line. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, HEX_BYTES_MAX); at += 16) {
    const line = bytes.subarray(at, at + 16);
    const text = String.fromCharCode(...line).replaceAll(/[^\x20-\x7e]/g, ".");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${hexLine(line).padEnd(48)} ${text}`);
  }
  if (bytes.length > HEX_BYTES_MAX) lines.push(`… ${bytes.length - HEX_BYTES_MAX} bytes more`);
  return lines.join("\n");
}

/** The JSON in a payload; `undefined` when it is none worth a tree. */
export function jsonOf({ text }: BrowsedMessage): unknown {
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What a filter lets through: `text` anywhere in payload or headers, `name=text` in a header, or
 * `$.path.to=text` in the JSON.
 */
export function filterOf(query: string): (message: BrowsedMessage) => boolean {
  const wanted = query.trim();
  if (wanted === "") return () => true;
  const [, place, value] = /^([^=\s]+)=(.*)$/.exec(wanted) ?? [];
  if (place?.startsWith("$.")) {
    const path = place.slice(2).split(".");
    return (message) => text(valueAt(jsonOf(message), path)).includes(value.toLowerCase());
  }
  const anywhere = (message: BrowsedMessage) =>
    text(message.text ?? "").includes(wanted.toLowerCase()) ||
    Object.entries(message.headers).some(([name, each]) =>
      text(`${name}=${each}`).includes(wanted.toLowerCase())
    );
  if (place === undefined) return anywhere;
  return (message) =>
    Object.hasOwn(message.headers, place)
      ? text(message.headers[place]).includes(value.toLowerCase())
      : anywhere(message);
}

/** `name=value, other=value` as headers. */
export function headersOf(list: string): Record<string, string> | undefined {
  const entries = list.split(",").map((each) => each.trim()).filter((each) => each !== "")
    .map((each) => {
      const at = each.indexOf("=");
      return at < 0 ? [each, ""] : [each.slice(0, at).trim(), each.slice(at + 1).trim()];
    });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const part of path) {
    if (typeof inner !== "object" || inner === null || !Object.hasOwn(inner, part)) {
      return undefined;
    }
    inner = (inner as Record<string, unknown>)[part];
  }
  return inner;
}

function text(value: unknown): string {
  if (value === undefined) return "";
  return (typeof value === "object" ? JSON.stringify(value) : String(value)).toLowerCase();
}

function hexLine(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

const PREVIEW_CHARS = 300;
const HEX_BYTES_MAX = 64 * 1024;
