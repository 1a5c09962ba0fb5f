/**
 * Who reads, as numbers (CLASSIC.md section 3.2).
 *
 * @module
 */
import type { Consumer } from "../../protocol/primitives.ts";
import { xxh32 } from "../../protocol/xxhash.ts";

/** The number a single consumer's offsets are kept under: a name counts as its hash. */
export function consumerNumber({ id }: Consumer): number {
  return typeof id === "number" ? id : xxh32(UTF8.encode(id));
}

const UTF8 = new TextEncoder();
