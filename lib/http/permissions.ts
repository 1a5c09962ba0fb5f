/**
 * Permissions as HTTP writes them (HTTP.md section 3): flags in snake case, streams and topics in maps
 * by their number as a text, or null.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Permissions, StreamPermissions } from "../../protocol/permissions.ts";

const FLAG = z.boolean();

const GLOBAL = z.object({
  manage_servers: FLAG,
  read_servers: FLAG,
  manage_users: FLAG,
  read_users: FLAG,
  manage_streams: FLAG,
  read_streams: FLAG,
  manage_topics: FLAG,
  read_topics: FLAG,
  poll_messages: FLAG,
  send_messages: FLAG,
});

const TOPIC = z.object({
  manage_topic: FLAG,
  read_topic: FLAG,
  poll_messages: FLAG,
  send_messages: FLAG,
});

const STREAM = z.object({
  manage_stream: FLAG,
  read_stream: FLAG,
  manage_topics: FLAG,
  read_topics: FLAG,
  poll_messages: FLAG,
  send_messages: FLAG,
  topics: byNumber(TOPIC),
});

/** Permissions in a body, either way. */
export const PERMISSIONS = z.object({ global: GLOBAL, streams: byNumber(STREAM) })
  .openapi("Permissions");

type PermissionsBody = z.output<typeof PERMISSIONS>;

/** What a body grants; nothing at all when it is null or missing. */
export function permissionsOf(body: PermissionsBody | null | undefined): Permissions | undefined {
  if (body === null || body === undefined) return undefined;
  return {
    global: camel(body.global),
    streams: mapOf(body.streams, ({ topics, ...flags }): StreamPermissions => (
      { ...camel(flags), topics: mapOf(topics, camel) }
    )),
  };
}

/** What a user may, for an answer. */
export function permissionsBody(permissions: Permissions | undefined): PermissionsBody | null {
  if (permissions === undefined) return null;
  return {
    global: snake(permissions.global),
    streams: recordOf(permissions.streams, ({ topics, ...flags }) => (
      { ...snake(flags), topics: recordOf(topics, snake) }
    )),
  };
}

function byNumber<Schema extends z.ZodType>(schema: Schema) {
  const number = z.string().regex(/^\d{1,10}$/).refine((text) => Number(text) <= 0xffff_ffff);
  return z.record(number, schema).nullish()
    .openapi({ type: ["object", "null"], additionalProperties: undefined })
    .describe("By the numeric id");
}

function mapOf<From, To>(
  record: Record<string, From> | null | undefined,
  convert: (value: From) => To,
): Map<number, To> {
  return new Map(
    Object.entries(record ?? {}).map(([id, value]) => [Number(id), convert(value)] as const),
  );
}

function recordOf<From, To>(
  map: ReadonlyMap<number, From>,
  convert: (value: From) => To,
): Record<string, To> | null {
  if (map.size === 0) return null;
  return Object.fromEntries(Array.from(map, ([id, value]) => [String(id), convert(value)]));
}

type Camel<Text extends string> = Text extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Text;

type CamelKeys<Flags> = { [Key in keyof Flags as Camel<Key & string>]: Flags[Key] };

/** `poll_messages` as `pollMessages`, all keys. */
function camel<Flags extends Record<string, boolean>>(flags: Flags): CamelKeys<Flags> {
  const entries = Object.entries(flags).map(([key, flag]) => [
    key.replaceAll(/_[a-z]/g, (pair) => pair[1].toUpperCase()),
    flag,
  ]);
  return Object.fromEntries(entries);
}

type Snake<Text extends string> = Text extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Tail>}`
  : Text;

type SnakeKeys<Flags> = { [Key in keyof Flags as Snake<Key & string>]: Flags[Key] };

/** The other way. */
function snake<Flags extends object>(flags: Flags): SnakeKeys<Flags> {
  const entries = Object.entries(flags).map(([key, flag]) => [
    key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    flag,
  ]);
  return Object.fromEntries(entries);
}
