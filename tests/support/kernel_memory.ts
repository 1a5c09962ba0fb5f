/**
 * Looks for secrets in the memory of a WebAssembly module.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";

/** That none of `secrets` is anywhere in `memory`, whole or any aligned eight bytes of it. */
export function assertForgotten(
  memory: { readonly buffer: ArrayBufferLike },
  secrets: Readonly<Record<string, Uint8Array>>,
): void {
  const all = Buffer.from(new Uint8Array(memory.buffer));
  for (const [name, secret] of Object.entries(secrets)) {
    for (let at = 0; at + 8 <= secret.length; at += 8) {
      assertEquals(all.indexOf(secret.subarray(at, at + 8)), -1, `${name}, byte ${at}`);
    }
  }
}
