// @ts-nocheck: AssemblyScript
/**
 * Arithmetic modulo p = 2^255 - 19. An element is nine signed limbs of 29 bits, `i32` each, in 48
 * bytes, the last 12 of which hold nothing. Nine limbs make 261 bits, and 2^261 is 1216 modulo p: a
 * product's upper half folds onto its lower, times 1216.
 *
 * Bounds: a product's limbs are below 2^28.1 ("tight"). Sums and differences are not carried: factors
 * may be such that |a| * |b| stays below 2^59.7, as a sum of three tight ones times a sum of four.
 *
 * @module
 */
import { FOLD, storeCarried } from "./carry25519.ts";
import { WORK_AT } from "./curve25519_memory.ts";

/** Bytes from one element to the next. */
export const FIELD_BYTES: usize = 48;

/** All of these may be given the same element as source and destination. */
export function multiply(to: usize, a: usize, b: usize): void {
  const a0 = <i64> load<i32>(a);
  const b0 = <i64> load<i32>(b);
  const a1 = <i64> load<i32>(a, 4);
  const b1 = <i64> load<i32>(b, 4);
  const a2 = <i64> load<i32>(a, 8);
  const b2 = <i64> load<i32>(b, 8);
  const a3 = <i64> load<i32>(a, 12);
  const b3 = <i64> load<i32>(b, 12);
  const a4 = <i64> load<i32>(a, 16);
  const b4 = <i64> load<i32>(b, 16);
  const a5 = <i64> load<i32>(a, 20);
  const b5 = <i64> load<i32>(b, 20);
  const a6 = <i64> load<i32>(a, 24);
  const b6 = <i64> load<i32>(b, 24);
  const a7 = <i64> load<i32>(a, 28);
  const b7 = <i64> load<i32>(b, 28);
  const a8 = <i64> load<i32>(a, 32);
  const b8 = <i64> load<i32>(b, 32);
  const high0 = a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1;
  const high1 = a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2;
  const high2 = a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3;
  const high3 = a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4;
  const high4 = a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5;
  const high5 = a6 * b8 + a7 * b7 + a8 * b6;
  const high6 = a7 * b8 + a8 * b7;
  const high7 = a8 * b8;
  const low0 = a0 * b0 + FOLD * (high0 & LIMB);
  const low1 = a0 * b1 + a1 * b0 + FOLD * ((high1 & LIMB) + (high0 >> 29));
  const low2 = a0 * b2 + a1 * b1 + a2 * b0 + FOLD * ((high2 & LIMB) + (high1 >> 29));
  const low3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + FOLD * ((high3 & LIMB) + (high2 >> 29));
  const low4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 +
    FOLD * ((high4 & LIMB) + (high3 >> 29));
  const low5 = a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 +
    FOLD * ((high5 & LIMB) + (high4 >> 29));
  const low6 = a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 +
    FOLD * ((high6 & LIMB) + (high5 >> 29));
  const low7 = a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 +
    FOLD * ((high7 & LIMB) + (high6 >> 29));
  const low8 = a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 +
    a8 * b0 + FOLD * (high7 >> 29);
  storeCarried(to, low0, low1, low2, low3, low4, low5, low6, low7, low8);
}

export function square(to: usize, a: usize): void {
  const a0 = <i64> load<i32>(a);
  const a1 = <i64> load<i32>(a, 4);
  const a2 = <i64> load<i32>(a, 8);
  const a3 = <i64> load<i32>(a, 12);
  const a4 = <i64> load<i32>(a, 16);
  const a5 = <i64> load<i32>(a, 20);
  const a6 = <i64> load<i32>(a, 24);
  const a7 = <i64> load<i32>(a, 28);
  const a8 = <i64> load<i32>(a, 32);
  const twice0 = a0 * 2;
  const twice1 = a1 * 2;
  const twice2 = a2 * 2;
  const twice3 = a3 * 2;
  const twice4 = a4 * 2;
  const twice5 = a5 * 2;
  const twice6 = a6 * 2;
  const twice7 = a7 * 2;
  const high0 = twice1 * a8 + twice2 * a7 + twice3 * a6 + twice4 * a5;
  const high1 = twice2 * a8 + twice3 * a7 + twice4 * a6 + a5 * a5;
  const high2 = twice3 * a8 + twice4 * a7 + twice5 * a6;
  const high3 = twice4 * a8 + twice5 * a7 + a6 * a6;
  const high4 = twice5 * a8 + twice6 * a7;
  const high5 = twice6 * a8 + a7 * a7;
  const high6 = twice7 * a8;
  const high7 = a8 * a8;
  const low0 = a0 * a0 + FOLD * (high0 & LIMB);
  const low1 = twice0 * a1 + FOLD * ((high1 & LIMB) + (high0 >> 29));
  const low2 = twice0 * a2 + a1 * a1 + FOLD * ((high2 & LIMB) + (high1 >> 29));
  const low3 = twice0 * a3 + twice1 * a2 + FOLD * ((high3 & LIMB) + (high2 >> 29));
  const low4 = twice0 * a4 + twice1 * a3 + a2 * a2 + FOLD * ((high4 & LIMB) + (high3 >> 29));
  const low5 = twice0 * a5 + twice1 * a4 + twice2 * a3 + FOLD * ((high5 & LIMB) + (high4 >> 29));
  const low6 = twice0 * a6 + twice1 * a5 + twice2 * a4 + a3 * a3 +
    FOLD * ((high6 & LIMB) + (high5 >> 29));
  const low7 = twice0 * a7 + twice1 * a6 + twice2 * a5 + twice3 * a4 +
    FOLD * ((high7 & LIMB) + (high6 >> 29));
  const low8 = twice0 * a8 + twice1 * a7 + twice2 * a6 + twice3 * a5 + a4 * a4 +
    FOLD * (high7 >> 29);
  storeCarried(to, low0, low1, low2, low3, low4, low5, low6, low7, low8);
}

/** Squares `times` times. */
export function squareTimes(to: usize, a: usize, times: i32): void {
  square(to, a);
  for (let done = 1; done < times; done++) square(to, to);
}

/** `a` may be three times as large as a tight element, `by` is below 2^31. */
export function multiplySmall(to: usize, a: usize, by: i64): void {
  storeCarried(
    to,
    <i64> load<i32>(a) * by,
    <i64> load<i32>(a, 4) * by,
    <i64> load<i32>(a, 8) * by,
    <i64> load<i32>(a, 12) * by,
    <i64> load<i32>(a, 16) * by,
    <i64> load<i32>(a, 20) * by,
    <i64> load<i32>(a, 24) * by,
    <i64> load<i32>(a, 28) * by,
    <i64> load<i32>(a, 32) * by,
  );
}

export function add(to: usize, a: usize, b: usize): void {
  v128.store(to, i32x4.add(v128.load(a), v128.load(b)));
  v128.store(to, i32x4.add(v128.load(a, 16), v128.load(b, 16)), 16);
  v128.store(to, i32x4.add(v128.load(a, 32), v128.load(b, 32)), 32);
}

export function subtract(to: usize, a: usize, b: usize): void {
  v128.store(to, i32x4.sub(v128.load(a), v128.load(b)));
  v128.store(to, i32x4.sub(v128.load(a, 16), v128.load(b, 16)), 16);
  v128.store(to, i32x4.sub(v128.load(a, 32), v128.load(b, 32)), 32);
}

export function copy(to: usize, a: usize): void {
  v128.store(to, v128.load(a));
  v128.store(to, v128.load(a, 16), 16);
  v128.store(to, v128.load(a, 32), 32);
}

/** Sets an element to a number below 2^28. */
export function setSmall(to: usize, value: i32): void {
  memory.fill(to, 0, FIELD_BYTES);
  store<i32>(to, value);
}

/** 1 / a as a^(p - 2), and 0 for 0. `to` is not `a`. */
export function invert(to: usize, a: usize): void {
  powerUpTo250(to, a);
  // p - 2 = 2^255 - 21 = (2^250 - 1) * 2^5 + 11, and POWER_11 is left over.
  squareTimes(to, to, 5);
  multiply(to, to, POWER_11);
}

/** a^(2^250 - 1), with a^11 in `POWER_11`. `to` is not `a`. */
export function powerUpTo250(to: usize, a: usize): void {
  square(to, a);
  squareTimes(POWER, to, 2);
  multiply(POWER, POWER, a);
  multiply(POWER_11, POWER, to);
  square(to, POWER_11);
  // From here on: a^(2^n - 1) for n = 5, 10, 20, 40, 50, 100, 200, 250.
  multiply(to, to, POWER);
  doubleOnes(to, 5);
  copy(POWER_10, to);
  doubleOnes(to, 10);
  doubleOnes(to, 20);
  squareTimes(to, to, 10);
  multiply(to, to, POWER_10);
  copy(POWER_10, to);
  doubleOnes(to, 50);
  doubleOnes(to, 100);
  squareTimes(to, to, 50);
  multiply(to, to, POWER_10);
}

/** From a^(2^n - 1) to a^(2^2n - 1). */
function doubleOnes(to: usize, n: i32): void {
  squareTimes(POWER, to, n);
  multiply(to, to, POWER);
}

/** Reads 255 bits, little-endian; bit 255 is ignored. Reads 5 bytes beyond the 32. */
export function fromBytes(to: usize, bytes: usize): void {
  for (let at: u32 = 0; at < 9; at++) {
    const bit = at * 29;
    const limb = <i64> (load<u64>(bytes + (bit >> 3)) >> (bit & 7)) & LIMB;
    store<i32>(to + at * 4, <i32> limb);
  }
  store<i32>(to, load<i32>(to, 32) & TOP_LIMB, 32);
}

/** Writes the 32 bytes of the least residue. */
export function toBytes(bytes: usize, a: usize): void {
  for (let at: usize = 0; at < 9; at++) {
    store<i64>(LIMBS + at * 8, <i64> load<i32>(a + at * 4));
  }
  // Some 2^262 either way become a few thousand beyond 0 or 2^255, then what is within.
  carryOver(19);
  carryOver(19);
  let carry: i64 = 19;
  for (let at: usize = 0; at < 8; at++) carry = (load<i64>(LIMBS + at * 8) + carry) >> 29;
  carry = (load<i64>(LIMBS, 64) + carry) >> 23;
  // It is 1 where the value is p or above: then p goes, as 19 in and bit 255 out.
  store<i64>(LIMBS, load<i64>(LIMBS) + 19 * carry);
  carryOver(0);
  packLimbs(bytes);
}

/** Brings the limbs into 0 to 2^29; what is above bit 255 comes back in at the bottom, `weight` times. */
function carryOver(weight: i64): void {
  let carry: i64 = 0;
  for (let at: usize = 0; at < 8; at++) {
    const limb = load<i64>(LIMBS + at * 8) + carry;
    store<i64>(LIMBS + at * 8, limb & LIMB);
    carry = limb >> 29;
  }
  const top = load<i64>(LIMBS, 64) + carry;
  store<i64>(LIMBS, top & TOP_LIMB, 64);
  store<i64>(LIMBS, load<i64>(LIMBS) + weight * (top >> 23));
}

function packLimbs(bytes: usize): void {
  let bits: u64 = 0;
  let count: u32 = 0;
  let to = bytes;
  for (let at: usize = 0; at < 9; at++) {
    bits |= load<u64>(LIMBS + at * 8) << count;
    count += 29;
    for (; count >= 8; count -= 8) {
      store<u8>(to++, <u8> bits);
      bits >>= 8;
    }
  }
}

const LIMB: i64 = 0x1fffffff;
const TOP_LIMB: i64 = 0x7fffff;

/** Intermediate powers of an inversion, and the limbs of a result. */
const POWER: usize = WORK_AT;
const POWER_10: usize = WORK_AT + 48;
const POWER_11: usize = WORK_AT + 96;
const LIMBS: usize = WORK_AT + 144;
/** Where the work of others begins. */
export const FIELD_WORK_END: usize = WORK_AT + 240;
