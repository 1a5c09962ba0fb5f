/**
 * The system's random bytes.
 *
 * @module
 */
import type { Entropy } from "../ports.ts";

/** `getrandom` and its like, by way of the runtime. */
export const systemEntropy: Entropy = {
  fill(into) {
    for (let at = 0; at < into.length; at += CHUNK_BYTES_MAX) {
      crypto.getRandomValues(into.subarray(at, at + CHUNK_BYTES_MAX) as Uint8Array<ArrayBuffer>);
    }
  },
};

/** What one call of `getRandomValues` gives at most (Web Crypto API). */
const CHUNK_BYTES_MAX = 65_536;
