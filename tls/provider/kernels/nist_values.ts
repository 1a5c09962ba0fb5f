// @ts-nocheck: AssemblyScript
/**
 * Numbers as limbs (see `nist_field.ts`): to and from bytes, and down to their one canonical form.
 * Nothing here branches on a value or uses one as an address.
 *
 * @module
 */
import { SLOTS_AT } from "./nist_memory.ts";
import { LIMB_BITS, LIMBS, VALUE_BYTES } from "./nist_constants.ts";

/** Bytes from one number at work to the next. */
export const SLOT: i32 = 160;
/** Slots that belong to this file. */
const REDUCED: usize = SLOTS_AT;

const MASK: i64 = ((<i64> 1) << LIMB_BITS) - 1;

/** Big-endian bytes to limbs. */
export function unpack(out: usize, from: usize): void {
  let bits: i64 = 0;
  let count = 0;
  let at = out;
  for (let i = VALUE_BYTES - 1; i >= 0; i--) {
    bits |= (<i64> load<u8>(from + i)) << count;
    count += 8;
    if (count < LIMB_BITS) continue;
    store<i64>(at, bits & MASK);
    at += 8;
    bits >>= LIMB_BITS;
    count -= LIMB_BITS;
  }
  for (; at < out + 8 * LIMBS; at += 8) {
    store<i64>(at, bits);
    bits = 0;
  }
}

/** Limbs of a canonical number to big-endian bytes. */
export function pack(out: usize, from: usize): void {
  let bits: i64 = 0;
  let count = 0;
  let at = from;
  for (let i = VALUE_BYTES - 1; i >= 0; i--) {
    if (count < 8) {
      bits |= load<i64>(at) << count;
      at += 8;
      count += LIMB_BITS;
    }
    store<u8>(out + i, <u8> bits);
    bits >>= 8;
    count -= 8;
  }
}

/** Rewrites `fromCount` limbs of `fromBits` bits as `toCount` limbs of `toBits` bits. */
export function repack(
  out: usize,
  toBits: i32,
  toCount: i32,
  from: usize,
  fromBits: i32,
  fromCount: i32,
): void {
  const mask: i64 = ((<i64> 1) << toBits) - 1;
  let bits: i64 = 0;
  let count = 0;
  let next = 0;
  for (let i = 0; i < toCount; i++) {
    while (count < toBits && next < fromCount) {
      bits |= load<i64>(from + 8 * next++) << count;
      count += fromBits;
    }
    store<i64>(out + 8 * i, bits & mask);
    bits >>= toBits;
    count -= toBits;
  }
}

/** -1 when a < b, else 0; both with limbs that fit. */
export function isBelow(a: usize, b: usize): i64 {
  let t: i64 = 0;
  for (let at = 0; at < 8 * LIMBS; at += 8) {
    t = load<i64>(a + at) - load<i64>(b + at) + (t >> LIMB_BITS);
  }
  return t >> 63;
}

/** -1 when all limbs are 0, else 0. */
export function isZero(a: usize): i64 {
  let seen: i64 = 0;
  for (let at = 0; at < 8 * LIMBS; at += 8) seen |= load<i64>(a + at);
  return ((seen | -seen) >> 63) ^ -1;
}

/** `a`, between -1 and 2 times the modulus, to what is congruent between 0 and the modulus. */
export function reduce(out: usize, a: usize, modulus: usize): void {
  let t: i64 = 0;
  for (let at = 0; at < 8 * LIMBS; at += 8) {
    t += load<i64>(a + at) + load<i64>(modulus + at);
    store<i64>(out + at, at < 8 * (LIMBS - 1) ? t & MASK : t);
    t >>= LIMB_BITS;
  }
  reduceOnce(out, modulus);
  reduceOnce(out, modulus);
}

/** Takes the modulus off if the number is not below it. The limbs must fit. */
export function reduceOnce(out: usize, modulus: usize): void {
  let t: i64 = 0;
  for (let at = 0; at < 8 * LIMBS; at += 8) {
    t += load<i64>(out + at) - load<i64>(modulus + at);
    store<i64>(REDUCED + at, at < 8 * (LIMBS - 1) ? t & MASK : t);
    t >>= LIMB_BITS;
  }
  const isNegative = load<i64>(REDUCED, 8 * (LIMBS - 1)) >> 63;
  for (let at = 0; at < 8 * LIMBS; at += 8) {
    const kept = load<i64>(out + at) & isNegative;
    store<i64>(out + at, kept | (load<i64>(REDUCED + at) & ~isNegative));
  }
}

/** Bits `position` to `position + count - 1` of a canonical number; the place is public, the value not. */
export function bitsOf(a: usize, position: i32, count: i32): i32 {
  const limb = position / LIMB_BITS;
  const shift = position % LIMB_BITS;
  let bits = limb < LIMBS ? load<i64>(a + 8 * limb) >> shift : 0;
  if (shift + count > LIMB_BITS && limb + 1 < LIMBS) {
    bits |= load<i64>(a + 8 * limb + 8) << (LIMB_BITS - shift);
  }
  return <i32> (bits & (((<i64> 1) << count) - 1));
}
