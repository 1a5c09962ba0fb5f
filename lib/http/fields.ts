/**
 * Schemas of the values that many bodies share (HTTP.md section 1): for checking what comes in, and for
 * the documentation of both directions.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Identifier } from "../../protocol/primitives.ts";

/** A u32. */
export const U32 = z.int().min(0).max(0xffff_ffff);

/** A u32 in a path or a query. */
export const U32_TEXT = z.string().regex(/^\d{1,10}$/, "invalid digit found in string")
  .transform(Number).refine(
    (value) => value <= 0xffff_ffff,
    "number too large to fit in target type",
  )
  .openapi({ type: "integer", minimum: 0, maximum: 0xffff_ffff });

/** A u64: read as a `bigint`, whatever its size, and written as a bare integer. */
export const U64 = z.union([z.int().min(0), z.bigint().min(0n).max(0xffff_ffff_ffff_ffffn)])
  .transform(BigInt)
  .openapi({ type: "integer", format: "uint64", minimum: 0 });

/** A u64 in a query; one past 2^53 is past every offset and time, and reads as 2^53 - 1. */
export const U64_TEXT = z.string().regex(/^\d{1,20}$/, "invalid digit found in string")
  .transform(BigInt).refine(
    (value) => value <= 0xffff_ffff_ffff_ffffn,
    "number too large to fit in target type",
  )
  .transform(clamped)
  .openapi({ type: "integer", format: "uint64", minimum: 0 });

/** The same in a body. */
export const U64_CLAMPED = z.union([
  z.int().min(0),
  z.bigint().min(0n).max(0xffff_ffff_ffff_ffffn).transform(clamped),
]).openapi({ type: "integer", format: "uint64", minimum: 0 });

/** A yes or no in a query. */
export const BOOL_TEXT = z.enum(["true", "false"]).transform((word) => word === "true")
  .openapi({ type: "boolean" });

/** An offset or a count: a u64 that stays below 2^53. */
export const OFFSET = z.int().min(0).openapi({ type: "integer", format: "uint64", minimum: 0 });

/** Micros since the Unix epoch. */
export const TIMESTAMP = OFFSET.describe("Microseconds since the Unix epoch");

/** `"1.5 KiB"`. */
export const BYTE_SIZE = z.string().regex(/^\d+(?:\.\d{1,3})? (?:[KMGTPE]i?)?B$/)
  .openapi({ example: "1.5 KiB" });

/** A stream, topic, user or group in a path: a number, or else a name (HTTP.md section 1). */
export const IDENTIFIER_TEXT = z.string().min(1)
  .refine((text) => UTF8.encode(text).length <= 255, "identifier is longer than 255 bytes")
  .transform(identifierOf)
  .openapi({ type: "string", minLength: 1, maxLength: 255, description: "A number, or a name" });

/** The same in a body, where a number may also be one. */
export const IDENTIFIER = z.union([U32, IDENTIFIER_TEXT]).openapi({
  type: ["integer", "string"],
  description: "A number, or a name",
});

/** Names a topic in a path. */
export const TOPIC_PARAMS = z.object({ stream_id: IDENTIFIER_TEXT, topic_id: IDENTIFIER_TEXT });

/** What a refusal says. */
export const ERROR = z.object({
  id: U32.describe("Iggy's error code, or the HTTP status where HTTP itself refuses"),
  code: z.string().describe("The code's name"),
  reason: z.string().describe("For people; never to be parsed"),
  field: z.string().nullable().describe("The field of the request that is wrong"),
}).openapi("Error");

/** The largest number that stands for it, of a u64 that may be past 2^53. */
function clamped(value: bigint): number {
  return value > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(value);
}

/** A text that is a u32 is a number; anything else, digits past a u32 included, is a name. */
export function identifierOf(text: string): Identifier {
  return /^\+?\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff ? Number(text) : text;
}

const UTF8 = new TextEncoder();
