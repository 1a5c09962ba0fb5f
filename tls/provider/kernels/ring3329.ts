// @ts-nocheck: AssemblyScript
/**
 * Polynomials of 256 coefficients modulo q = 3329 and X^256 + 1 (FIPS 203 §4.3), eight coefficients a
 * vector of signed 16 bits. No result depends on a comparison, none is found by division.
 *
 * A product by a known factor z comes with z' = z * 2^15 / q, rounded: a z - round(a z' / 2^15) q is
 * within +-q for every a of 16 bits (Becker, Hwang, Kannwischer, Yang, Yang 2021, "Neon NTT"). A
 * product of two polynomials is divided by 2^16 on the way (Montgomery): `SCALE` undoes it.
 *
 * @module
 */
import { TABLES_AT } from "./mlkem768_memory.ts";

export const Q: i32 = 3329;
export const POLYNOMIAL_BYTES: usize = 512;

/** Coefficients within +-q become those of the transform, within +-7.4 q (algorithm 9). */
export function transform(polynomial: usize): void {
  let zeta: usize = ZETAS + 4;
  for (let bytes: usize = 256; bytes >= 16; bytes >>= 1) {
    for (let start: usize = 0; start < POLYNOMIAL_BYTES; start += 2 * bytes) {
      const factor = v128.load16_splat(zeta);
      const factorQ = v128.load16_splat(zeta, 2);
      zeta += 4;
      for (let at = polynomial + start; at < polynomial + start + bytes; at += 16) {
        const low = v128.load(at);
        const high = times(v128.load(at + bytes), factor, factorQ);
        v128.store(at, i16x8.add(low, high));
        v128.store(at + bytes, i16x8.sub(low, high));
      }
    }
  }
  for (let at: usize = 0; at < POLYNOMIAL_BYTES; at += 32) {
    transformLast(polynomial + at, ZETAS_4 + at, ZETAS_2 + at);
  }
}

/** The layers of length 4 and 2, within 16 coefficients. */
function transformLast(at: usize, zetas4: usize, zetas2: usize): void {
  const one = v128.load(at);
  const other = v128.load(at, 16);
  const high4 = times(halves(one, other, 1), v128.load(zetas4), v128.load(zetas4, 16));
  const low4 = halves(one, other, 0);
  const sum4 = i16x8.add(low4, high4);
  const difference4 = i16x8.sub(low4, high4);
  const first = halves(sum4, difference4, 0);
  const second = halves(sum4, difference4, 1);
  const low2 = i32x4.shuffle(first, second, 0, 2, 4, 6);
  const high = i32x4.shuffle(first, second, 1, 3, 5, 7);
  const high2 = times(high, v128.load(zetas2), v128.load(zetas2, 16));
  const sum2 = i16x8.add(low2, high2);
  const difference2 = i16x8.sub(low2, high2);
  v128.store(at, i32x4.shuffle(sum2, difference2, 0, 4, 1, 5));
  v128.store(at, i32x4.shuffle(sum2, difference2, 2, 6, 3, 7), 16);
}

/** The way back (algorithm 10) of a {@link product}, whose division by 2^16 it undoes: within +-q. */
export function transformBack(polynomial: usize): void {
  for (let at: usize = 0; at < POLYNOMIAL_BYTES; at += 32) {
    transformBackFirst(polynomial + at, BACK_ZETAS_2 + at, BACK_ZETAS_4 + at);
  }
  let zeta: usize = ZETAS + 4 * 31;
  for (let bytes: usize = 16; bytes <= 256; bytes <<= 1) {
    // Sums double, and began within q: they stay within 8 q.
    if (bytes === 32) reduce(polynomial);
    for (let start: usize = 0; start < POLYNOMIAL_BYTES; start += 2 * bytes) {
      const factor = v128.load16_splat(zeta);
      const factorQ = v128.load16_splat(zeta, 2);
      zeta -= 4;
      for (let at = polynomial + start; at < polynomial + start + bytes; at += 16) {
        const low = v128.load(at);
        const high = v128.load(at + bytes);
        v128.store(at, i16x8.add(low, high));
        v128.store(at + bytes, times(i16x8.sub(high, low), factor, factorQ));
      }
    }
    if (bytes === 128) reduce(polynomial);
  }
  multiplyAll(polynomial, SCALE_BY_128TH);
}

function transformBackFirst(at: usize, zetas2: usize, zetas4: usize): void {
  const one = v128.load(at);
  const other = v128.load(at, 16);
  const low2 = i32x4.shuffle(one, other, 0, 2, 4, 6);
  const high2 = i32x4.shuffle(one, other, 1, 3, 5, 7);
  const sum2 = i16x8.add(low2, high2);
  const rest2 = times(i16x8.sub(high2, low2), v128.load(zetas2), v128.load(zetas2, 16));
  const first = i32x4.shuffle(sum2, rest2, 0, 4, 1, 5);
  const second = i32x4.shuffle(sum2, rest2, 2, 6, 3, 7);
  const low4 = halves(first, second, 0);
  const high4 = halves(first, second, 1);
  const sum4 = i16x8.add(low4, high4);
  const rest4 = times(i16x8.sub(high4, low4), v128.load(zetas4), v128.load(zetas4, 16));
  v128.store(at, halves(sum4, rest4, 0));
  v128.store(at, halves(sum4, rest4, 1), 16);
}

/**
 * The sum of three products in the transform's domain (algorithm 11), divided by 2^16: within +-q.
 * `a` and `b` are three polynomials each, one after another, `a` within +-q and `b` reduced.
 */
export function product(to: usize, a: usize, b: usize): void {
  for (let at: usize = 0; at < POLYNOMIAL_BYTES; at += 16) {
    const gammas = v128.load(GAMMAS + 2 * at);
    const gammasQ = v128.load(GAMMAS + 2 * at, 16);
    let even = i32x4.splat(0);
    let odd = i32x4.splat(0);
    for (let each: usize = at; each < 3 * POLYNOMIAL_BYTES; each += POLYNOMIAL_BYTES) {
      const left = v128.load(a + each);
      const right = v128.load(b + each);
      // Pairs of coefficients: a0 b0 + a1 b1 gamma, and a0 b1 + a1 b0.
      even = i32x4.add(even, i32x4.dot_i16x8_s(left, times(right, gammas, gammasQ)));
      const swapped = v128.or(i32x4.shl(right, 16), i32x4.shr_u(right, 16));
      odd = i32x4.add(odd, i32x4.dot_i16x8_s(left, swapped));
    }
    // The sums are below 2^26, their halves after the division below 2^15.
    const low = v128.and(i32x4.shr_u(withoutLow(even), 16), i32x4.splat(0xffff));
    const high = v128.and(withoutLow(odd), i32x4.splat(0xffff0000));
    v128.store(to + at, v128.or(low, high));
  }
}

/** Takes a multiple of q off each number so that its lower 16 bits become zero. */
function withoutLow(sums: v128): v128 {
  const multiple = i16x8.mul(sums, i16x8.splat(INVERSE_OF_Q));
  return i32x4.sub(sums, i32x4.dot_i16x8_s(multiple, i32x4.splat(Q)));
}

/** Undoes what a {@link product} that stays in the transform's domain was divided by: within +-q. */
export function scale(polynomial: usize): void {
  multiplyAll(polynomial, SCALE);
}

function multiplyAll(polynomial: usize, factor: i32): void {
  const factors = i16x8.splat(<i16> factor);
  const factorsQ = i16x8.splat(<i16> partOfQ(factor));
  for (let at = polynomial; at < polynomial + POLYNOMIAL_BYTES; at += 16) {
    v128.store(at, times(v128.load(at), factors, factorsQ));
  }
}

/** Any 16 bits become what is within +-0.7 q. */
export function reduce(polynomial: usize): void {
  for (let at = polynomial; at < polynomial + POLYNOMIAL_BYTES; at += 16) {
    v128.store(at, reduced(v128.load(at)));
  }
}

/** The least residues, 0 to q - 1. */
export function canonical(polynomial: usize): void {
  for (let at = polynomial; at < polynomial + POLYNOMIAL_BYTES; at += 16) {
    const value = reduced(v128.load(at));
    const missing = v128.and(i16x8.shr_s(value, 15), i16x8.splat(<i16> Q));
    v128.store(at, i16x8.add(value, missing));
  }
}

export function addPolynomial(to: usize, other: usize): void {
  for (let at: usize = 0; at < POLYNOMIAL_BYTES; at += 16) {
    v128.store(to + at, i16x8.add(v128.load(to + at), v128.load(other + at)));
  }
}

export function subtractPolynomial(to: usize, other: usize): void {
  for (let at: usize = 0; at < POLYNOMIAL_BYTES; at += 16) {
    v128.store(to + at, i16x8.sub(v128.load(to + at), v128.load(other + at)));
  }
}

function times(value: v128, factor: v128, factorQ: v128): v128 {
  const multiple = i16x8.mul(i16x8.q15mulr_sat_s(value, factorQ), i16x8.splat(<i16> Q));
  return i16x8.sub(i16x8.mul(value, factor), multiple);
}

function reduced(value: v128): v128 {
  const multiple = i16x8.q15mulr_sat_s(value, i16x8.splat(10));
  return i16x8.sub(value, i16x8.mul(multiple, i16x8.splat(<i16> Q)));
}

/** The lower halves of two vectors, or the upper ones. */
function halves(one: v128, other: v128, upper: i32): v128 {
  return upper === 0 ? i64x2.shuffle(one, other, 0, 2) : i64x2.shuffle(one, other, 1, 3);
}

/** The powers of zeta = 17 in all the orders in which they are wanted; nothing secret. */
export function makeTables(): void {
  if (tablesAreMade) return;
  for (let index: i32 = 0; index < 128; index++) {
    const power = powerOfZeta(reversed(index));
    store<i16>(ZETAS + 4 * index, <i16> power);
    store<i16>(ZETAS + 4 * index, <i16> partOfQ(power), 2);
    // gamma = zeta^(2 rev(i) + 1), beside a factor of 1 for the even coefficient.
    const gamma = powerOfZeta(2 * reversed(index) + 1);
    const at = GAMMAS + <usize> ((index >> 2) * 32 + (index & 3) * 4);
    store<i16>(at, 1);
    store<i16>(at, <i16> gamma, 2);
    store<i16>(at, <i16> partOfQ(1), 16);
    store<i16>(at, <i16> partOfQ(gamma), 18);
  }
  for (let pair: i32 = 0; pair < 16; pair++) {
    for (let lane: i32 = 0; lane < 8; lane++) {
      storeLane(ZETAS_4, pair, lane, 32 + 2 * pair + (lane >> 2));
      storeLane(ZETAS_2, pair, lane, 64 + 4 * pair + (lane >> 1));
      storeLane(BACK_ZETAS_4, pair, lane, 63 - 2 * pair - (lane >> 2));
      storeLane(BACK_ZETAS_2, pair, lane, 127 - 4 * pair - (lane >> 1));
    }
  }
  tablesAreMade = true;
}

function storeLane(table: usize, pair: i32, lane: i32, index: i32): void {
  const at = table + <usize> (pair * 32 + lane * 2);
  store<i16>(at, load<i16>(ZETAS + 4 * index));
  store<i16>(at, load<i16>(ZETAS + 4 * index, 2), 16);
}

/** 17^exponent modulo q, within +-q/2. */
function powerOfZeta(exponent: i32): i32 {
  let power: i32 = 1;
  for (let done = 0; done < exponent; done++) power = power * 17 % Q;
  return power > Q / 2 ? power - Q : power;
}

/** factor * 2^15 / q, rounded. */
function partOfQ(factor: i32): i32 {
  return ((factor << 16) + (factor < 0 ? -Q : Q)) / (2 * Q);
}

/** Seven bits the other way round. */
function reversed(index: i32): i32 {
  let result: i32 = 0;
  for (let bit = 0; bit < 7; bit++) result |= ((index >> bit) & 1) << (6 - bit);
  return result;
}

/** q^-1 modulo 2^16. */
const INVERSE_OF_Q: i16 = -3327;
/** 2^16 modulo q, and the same divided by 128, both within +-q/2. */
const SCALE: i32 = -1044;
const SCALE_BY_128TH: i32 = 512;

let tablesAreMade = false;
/** Factors and their parts of q, in turn. */
const ZETAS: usize = TABLES_AT;
/** Vectors of eight factors and of eight parts of q, in turn. */
const ZETAS_4: usize = ZETAS + 512;
const ZETAS_2: usize = ZETAS_4 + 512;
const BACK_ZETAS_4: usize = ZETAS_2 + 512;
const BACK_ZETAS_2: usize = BACK_ZETAS_4 + 512;
const GAMMAS: usize = BACK_ZETAS_2 + 512;
