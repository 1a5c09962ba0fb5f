// @ts-nocheck: AssemblyScript
/**
 * Montgomery's multiplication modulo an odd number of any length: limbs of 27 bits, four in a vector,
 * so that 64 bits hold a sum of 2^10 products and carries wait until the end. Numbers at work are
 * below twice the modulus, and R is more than four times it, so that nothing need be subtracted.
 *
 * @module
 */
import { MODULUS_AT, NUMBER_BYTES, NUMBERS_AT, SUMS_AT } from "./rsa_memory.ts";

const MODULUS: usize = NUMBERS_AT;
const TWICE: usize = NUMBERS_AT + 5 * NUMBER_BYTES;
/** The multiples of the modulus that clear the next four limbs. */
const MULTIPLES: usize = TWICE + NUMBER_BYTES - 16;

const LIMB_BITS: i32 = 27;
const MASK: u32 = (1 << LIMB_BITS) - 1;

let limbs: i32 = 0;
/** -1 / modulus modulo 2^27. */
let factor: u64 = 0;

/** Limbs for a modulus of so many bytes: a multiple of four, for the vectors. */
export function limbsFor(bytes: i32): i32 {
  return ((8 * bytes + 2 + LIMB_BITS - 1) / LIMB_BITS + 3) & ~3;
}

/** Takes the modulus from where the caller put it. */
export function setModulus(bytes: i32): void {
  limbs = limbsFor(bytes);
  unpack(MODULUS, MODULUS_AT, bytes);
  const lowest = load<u32>(MODULUS);
  // Newton: each step doubles the bits that are right, and an odd number is its own inverse in three.
  let inverse = lowest;
  for (let bits = 3; bits < LIMB_BITS; bits *= 2) inverse *= 2 - lowest * inverse;
  factor = (0 - inverse) & MASK;
}

/** Overwrites what {@link setModulus} keeps outside of the memory. */
export function forgetModulus(): void {
  factor = 0;
}

/** out = a * b / R. */
export function multiply(out: usize, a: usize, b: usize): void {
  clearSums();
  for (let at = 0; at < 4 * limbs; at += 16) {
    addCorner(SUMS_AT + 2 * at, a + at, b);
    addRows(SUMS_AT + 2 * at, a + at, b, 0);
  }
  reduce(out);
}

/** out = a * a / R: what is beside the diagonal is taken once and twice as large. */
export function square(out: usize, a: usize): void {
  clearSums();
  for (let at = 0; at < 4 * limbs; at += 16) {
    const limb = v128.load(a + at);
    v128.store(TWICE + at, i32x4.add(limb, limb));
  }
  for (let at = 0; at < 4 * limbs; at += 16) {
    const sums = SUMS_AT + 4 * at;
    const a0: u64 = load<u32>(a + at), a1: u64 = load<u32>(a + at, 4);
    const a2: u64 = load<u32>(a + at, 8), a3: u64 = load<u32>(a + at, 12);
    addTo(sums, a0 * a0);
    addTo(sums + 8, 2 * a0 * a1);
    addTo(sums + 16, 2 * a0 * a2 + a1 * a1);
    addTo(sums + 24, 2 * (a0 * a3 + a1 * a2));
    // The rows begin with a corner of which they take too much.
    addTo(sums + 32, 0 - a2 * a2 - 2 * a1 * a3);
    addTo(sums + 40, 0 - 2 * a2 * a3);
    addTo(sums + 48, 0 - a3 * a3);
    addRows(SUMS_AT + 2 * at, a + at, TWICE, at);
  }
  reduce(out);
}

/** out = the sums / R: four limbs at a time, each cleared by a multiple of the modulus. */
function reduce(out: usize): void {
  const n0: u64 = load<u32>(MODULUS), n1: u64 = load<u32>(MODULUS, 4);
  const n2: u64 = load<u32>(MODULUS, 8), n3: u64 = load<u32>(MODULUS, 12);
  for (let at = 0; at < 4 * limbs; at += 16) {
    const sums = SUMS_AT + 2 * at;
    let t = load<u64>(sums);
    const m0 = (t * factor) & MASK;
    t = ((t + m0 * n0) >> LIMB_BITS) + load<u64>(sums, 8) + m0 * n1;
    const m1 = (t * factor) & MASK;
    t = ((t + m1 * n0) >> LIMB_BITS) + load<u64>(sums, 16) + m0 * n2 + m1 * n1;
    const m2 = (t * factor) & MASK;
    t = ((t + m2 * n0) >> LIMB_BITS) + load<u64>(sums, 24) + m0 * n3 + m1 * n2 + m2 * n1;
    const m3 = (t * factor) & MASK;
    addTo(sums + 32, (t + m3 * n0) >> LIMB_BITS);
    store<u32>(MULTIPLES, <u32> m0);
    store<u32>(MULTIPLES, <u32> m1, 4);
    store<u32>(MULTIPLES, <u32> m2, 8);
    store<u32>(MULTIPLES, <u32> m3, 12);
    addRows(sums, MULTIPLES, MODULUS, 0);
  }
  let t: u64 = 0;
  for (let at = 0; at < 4 * limbs; at += 4) {
    t += load<u64>(SUMS_AT + 8 * limbs + 2 * at);
    store<u32>(out + at, <u32> t & MASK);
    t >>= LIMB_BITS;
  }
}

function clearSums(): void {
  const zero = i64x2.splat(0);
  for (let at = 0; at < 16 * limbs + 64; at += 16) v128.store(SUMS_AT + at, zero);
}

function addTo(sum: usize, value: u64): void {
  store<u64>(sum, load<u64>(sum) + value);
}

/** Adds the first four sums of limbs `a` and `b`, which {@link addRows} leaves out. */
function addCorner(sums: usize, a: usize, b: usize): void {
  const a0: u64 = load<u32>(a), a1: u64 = load<u32>(a, 4);
  const a2: u64 = load<u32>(a, 8), a3: u64 = load<u32>(a, 12);
  const b0: u64 = load<u32>(b), b1: u64 = load<u32>(b, 4);
  const b2: u64 = load<u32>(b, 8), b3: u64 = load<u32>(b, 12);
  addTo(sums, a0 * b0);
  addTo(sums + 8, a0 * b1 + a1 * b0);
  addTo(sums + 16, a0 * b2 + a1 * b1 + a2 * b0);
  addTo(sums + 24, a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0);
}

/**
 * Adds a0 * b[j] + a1 * b[j - 1] + a2 * b[j - 2] + a3 * b[j - 3] to sum number j, for all j from 4 + the
 * limb at `from` on.
 */
function addRows(sums: usize, a: usize, b: usize, from: i32): void {
  const a0 = v128.load32_splat(a), a1 = v128.load32_splat(a, 4);
  const a2 = v128.load32_splat(a, 8), a3 = v128.load32_splat(a, 12);
  for (let at = from; at < 4 * limbs; at += 16) {
    const b0 = v128.load(b + at, 16), b1 = v128.load(b + at, 12);
    const b2 = v128.load(b + at, 8), b3 = v128.load(b + at, 4);
    const to = sums + 2 * at;
    let low = v128.load(to, 32), high = v128.load(to, 48);
    low = i64x2.add(low, i64x2.extmul_low_i32x4_u(a0, b0));
    high = i64x2.add(high, i64x2.extmul_high_i32x4_u(a0, b0));
    low = i64x2.add(low, i64x2.extmul_low_i32x4_u(a1, b1));
    high = i64x2.add(high, i64x2.extmul_high_i32x4_u(a1, b1));
    low = i64x2.add(low, i64x2.extmul_low_i32x4_u(a2, b2));
    high = i64x2.add(high, i64x2.extmul_high_i32x4_u(a2, b2));
    low = i64x2.add(low, i64x2.extmul_low_i32x4_u(a3, b3));
    high = i64x2.add(high, i64x2.extmul_high_i32x4_u(a3, b3));
    v128.store(to, low, 32);
    v128.store(to, high, 48);
  }
}
/** Takes the modulus off unless the number is below it, in the same time. */
export function subtractModulus(a: usize): void {
  let t: i32 = 0;
  for (let at = 0; at < 4 * limbs; at += 4) {
    t = load<i32>(a + at) - load<i32>(MODULUS + at) + (t >> LIMB_BITS);
  }
  const mask = ~(t >> 31);
  t = 0;
  for (let at = 0; at < 4 * limbs; at += 4) {
    t = load<i32>(a + at) - (load<i32>(MODULUS + at) & mask) + (t >> LIMB_BITS);
    store<i32>(a + at, t & MASK);
  }
}

/** Big-endian bytes to limbs. */
export function unpack(out: usize, from: usize, bytes: i32): void {
  let bits: u64 = 0;
  let count = 0;
  for (let i = bytes - 1; i >= 0; i--) {
    bits |= (<u64> load<u8>(from + i)) << count;
    count += 8;
    if (count < LIMB_BITS) continue;
    store<u32>(out, <u32> bits & MASK);
    out += 4;
    bits >>= LIMB_BITS;
    count -= LIMB_BITS;
  }
  store<u32>(out, <u32> bits);
}

/** Limbs to big-endian bytes. */
export function pack(out: usize, from: usize, bytes: i32): void {
  let bits: u64 = 0;
  let count = 0;
  for (let i = bytes - 1; i >= 0; i--) {
    if (count < 8) {
      bits |= (<u64> load<u32>(from)) << count;
      from += 4;
      count += LIMB_BITS;
    }
    store<u8>(out + i, <u8> bits);
    bits >>= 8;
    count -= 8;
  }
}
