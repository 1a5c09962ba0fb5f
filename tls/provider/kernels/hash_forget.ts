// @ts-nocheck: AssemblyScript
/**
 * What the hashes leave behind, overwritten: a message may be a secret, and so is a code.
 *
 * @module
 */
import { INPUT_AT, WORK_AT, WORK_BYTES } from "./hash_memory.ts";

/** Overwrites all that a message of `length` bytes, or its HMAC, was worked on with, but the digest. */
export function forget(length: u32): void {
  memory.fill(WORK_AT, 0, WORK_BYTES);
  memory.fill(INPUT_AT - BLOCK_BYTES, 0, BLOCK_BYTES + max<u32>(length, BLOCK_BYTES));
}

/** The larger of the two. */
const BLOCK_BYTES: u32 = 128;
