/**
 * What one row of the command table (`commands.ts`) holds, and the small codecs it is made of.
 *
 * @module
 */
import type { WireReader, WireWriter } from "./wire.ts";

/**
 * A generation of the protocol whose bodies differ from the others'. A connection has one, fixed at
 * its first frame (classic) or its Register (VSR). One more generation is one more name here and a
 * codec where its bytes differ.
 */
export type Dialect = "classic" | "vsr_0_11";

/** Both directions of one body. `decode` reads to the end of its value and leaves the rest. */
export interface Codec<T> {
  encode(writer: WireWriter, value: T): void;
  decode(reader: WireReader): T;
}

/** One codec for all dialects, or one for each; `undefined`: the dialect lacks the command. */
export type PerDialect<T> = Record<Dialect, Codec<T> | undefined>;

/** What a client may do, checked before a handler runs (CLASSIC.md section 4, authorization rules). */
export type Right =
  | "none"
  | "authenticated"
  | "read_servers"
  | "read_users"
  | "read_user"
  | "manage_users"
  | "read_streams"
  | "read_stream"
  | "create_stream"
  | "manage_stream"
  | "read_topics"
  | "read_topic"
  | "create_topic"
  | "manage_topic"
  | "poll_messages"
  | "send_messages";

/** What a command asks and what it answers, in every dialect that has it. */
export interface Bodies<Request, Response> {
  readonly request: PerDialect<Request>;
  readonly response: PerDialect<Response>;
}

/** One command: its numbers, its right, its bodies. */
export interface Command<Request, Response> extends Bodies<Request, Response> {
  /** Iggy's name in snake case, as `create_stream`. */
  readonly name: string;
  /** The command code (classic: bytes 4..7 of a request; VSR: bytes 196..199 of operation 2). */
  readonly code: number;
  /** The VSR operation byte (VSR.md section 4); 2 is NonReplicated. */
  readonly operation: number;
  /** Whether a VSR reply body starts with a result section (VSR.md section 4.2). */
  readonly resultFramed: boolean;
  readonly right: Right;
}

/** Both bodies of a command; a single codec stands for the same bytes in every dialect. */
export function bodies<Request, Response>(
  request: Codec<Request> | PerDialect<Request>,
  response: Codec<Response> | PerDialect<Response>,
): Bodies<Request, Response> {
  return { request: perDialect(request), response: perDialect(response) };
}

function perDialect<T>(codec: Codec<T> | PerDialect<T>): PerDialect<T> {
  return "encode" in codec ? everywhere(codec) : codec;
}

/** The same codec in every dialect. */
function everywhere<T>(codec: Codec<T>): PerDialect<T> {
  return { classic: codec, vsr_0_11: codec };
}

/** A body of no bytes. */
export const EMPTY: Codec<void> = { encode() {}, decode() {} };

/** A body that is empty when the thing asked for does not exist (CLASSIC.md section 8). */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    encode(writer, value) {
      if (value !== undefined) codec.encode(writer, value);
    },
    decode(reader) {
      return reader.remaining === 0 ? undefined : codec.decode(reader);
    },
  };
}

/** Values back to back until the body ends. */
export function untilEnd<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    encode(writer, values) {
      for (const value of values) codec.encode(writer, value);
    },
    decode(reader) {
      const values: T[] = [];
      while (reader.remaining > 0) values.push(codec.decode(reader));
      return values;
    },
  };
}
