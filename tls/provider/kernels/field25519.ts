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

/**
 * All of these may be given the same element as source and destination.
 *
 * Karatsuba's way: of five lower and four upper limbs, the products within each and of the sums of
 * both make 66 multiplications instead of 81. A sum on the way may wrap, the columns do not.
 */
export function multiply(to: usize, a: usize, b: usize): void {
  const a0 = <i64> load<i32>(a), b0 = <i64> load<i32>(b);
  const a1 = <i64> load<i32>(a, 4), b1 = <i64> load<i32>(b, 4);
  const a2 = <i64> load<i32>(a, 8), b2 = <i64> load<i32>(b, 8);
  const a3 = <i64> load<i32>(a, 12), b3 = <i64> load<i32>(b, 12);
  const a4 = <i64> load<i32>(a, 16), b4 = <i64> load<i32>(b, 16);
  const a5 = <i64> load<i32>(a, 20), b5 = <i64> load<i32>(b, 20);
  const a6 = <i64> load<i32>(a, 24), b6 = <i64> load<i32>(b, 24);
  const a7 = <i64> load<i32>(a, 28), b7 = <i64> load<i32>(b, 28);
  const a8 = <i64> load<i32>(a, 32), b8 = <i64> load<i32>(b, 32);
  const a05 = a0 + a5, b05 = b0 + b5;
  const a16 = a1 + a6, b16 = b1 + b6;
  const a27 = a2 + a7, b27 = b2 + b7;
  const a38 = a3 + a8, b38 = b3 + b8;
  const lower0 = a0 * b0;
  const lower1 = a0 * b1 + a1 * b0;
  const lower2 = a0 * b2 + a1 * b1 + a2 * b0;
  const lower3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0;
  const lower4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0;
  const lower5 = a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1;
  const lower6 = a2 * b4 + a3 * b3 + a4 * b2;
  const lower7 = a3 * b4 + a4 * b3;
  const lower8 = a4 * b4;
  const upper0 = a5 * b5;
  const upper1 = a5 * b6 + a6 * b5;
  const upper2 = a5 * b7 + a6 * b6 + a7 * b5;
  const upper3 = a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5;
  const upper4 = a6 * b8 + a7 * b7 + a8 * b6;
  const upper5 = a7 * b8 + a8 * b7;
  const upper6 = a8 * b8;
  const cross0 = a05 * b05 - lower0 - upper0;
  const cross1 = a05 * b16 + a16 * b05 - lower1 - upper1;
  const cross2 = a05 * b27 + a16 * b16 + a27 * b05 - lower2 - upper2;
  const cross3 = a05 * b38 + a16 * b27 + a27 * b16 + a38 * b05 - lower3 - upper3;
  const cross4 = a05 * b4 + a16 * b38 + a27 * b27 + a38 * b16 + a4 * b05 - lower4 - upper4;
  const cross5 = a16 * b4 + a27 * b38 + a38 * b27 + a4 * b16 - lower5 - upper5;
  const cross6 = a27 * b4 + a38 * b38 + a4 * b27 - lower6 - upper6;
  const cross7 = a38 * b4 + a4 * b38 - lower7;
  const high1 = cross5 + upper0;
  const high2 = cross6 + upper1;
  const high3 = cross7 + upper2;
  const low0 = lower0 + FOLD * (cross4 & LIMB);
  const low1 = lower1 + FOLD * ((high1 & LIMB) + (cross4 >> 29));
  const low2 = lower2 + FOLD * ((high2 & LIMB) + (high1 >> 29));
  const low3 = lower3 + FOLD * ((high3 & LIMB) + (high2 >> 29));
  const low4 = lower4 + FOLD * ((upper3 & LIMB) + (high3 >> 29));
  const low5 = lower5 + cross0 + FOLD * ((upper4 & LIMB) + (upper3 >> 29));
  const low6 = lower6 + cross1 + FOLD * ((upper5 & LIMB) + (upper4 >> 29));
  const low7 = lower7 + cross2 + FOLD * ((upper6 & LIMB) + (upper5 >> 29));
  const low8 = lower8 + cross3 + FOLD * (upper6 >> 29);
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
