// @ts-nocheck: AssemblyScript
/**
 * Moving, wiping and comparing a few bytes, in place of calls out of the module.
 *
 * @module
 */

/** Copies bytes; the two ranges are the same or apart. */
export function copy(to: usize, from: usize, length: u32): void {
  if (to === from) return;
  for (; length >= 16; length -= 16) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
  for (; length > 0; length--) store<u8>(to++, load<u8>(from++));
}

/** Overwrites bytes with zeros. */
export function wipe(at: usize, length: u32): void {
  for (; length >= 16; length -= 16) {
    v128.store(at, i64x2.splat(0));
    at += 16;
  }
  for (; length > 0; length--) store<u8>(at++, 0);
}

/** Whether all 16 bytes are equal, in a time that does not tell which are not. */
export function sameTag(a: v128, b: v128): bool {
  return !v128.any_true(v128.xor(a, b));
}
