/**
 * Stand-in for `jsr:@std/crypto/timing-safe-equal` where JSR is out of reach.
 *
 * @module
 */

/** Compares two byte strings in a time that depends on their lengths only. */
export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}
