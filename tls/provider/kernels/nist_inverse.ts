// @ts-nocheck: AssemblyScript
/**
 * Inverses modulo an odd number in constant time, by the division steps of Bernstein and Yang ("Fast
 * constant-time gcd computation and modular inversion", 2019) in the variant that begins at 1/2. It
 * needs no more than (45907 * bits + 30179) / 19929 steps. Thirty steps at a time look at the lowest
 * 30 bits of f and g only; what they do to the numbers is a 2 x 2 matrix, applied afterwards.
 *
 * @module
 */
import { SLOTS_AT } from "./nist_memory.ts";
import { LIMB_BITS, LIMBS, SCALAR_BITS, WIDE_LIMBS } from "./nist_constants.ts";
import { repack, SLOT } from "./nist_values.ts";

const F: usize = SLOTS_AT + 1 * SLOT;
const G: usize = SLOTS_AT + 2 * SLOT;
const D: usize = SLOTS_AT + 3 * SLOT;
const E: usize = SLOTS_AT + 4 * SLOT;
/** The matrix: u, v, q, r. */
const MATRIX: usize = SLOTS_AT + 5 * SLOT;

const STEPS: i32 = (45907 * SCALAR_BITS + 30179) / 19929;
const BATCHES: i32 = (STEPS + 29) / 30;
const MASK: i64 = 0x3fffffff;
const TOP: usize = 8 * (WIDE_LIMBS - 1);

/**
 * out = 1 / a modulo a modulus, 0 for 0. `a` is canonical; `modulus` has limbs of 30 bits, `factor`
 * is 1 / modulus modulo 2^30.
 */
export function invert(out: usize, a: usize, modulus: usize, factor: i32): void {
  memory.copy(F, modulus, 8 * WIDE_LIMBS);
  repack(G, 30, WIDE_LIMBS, a, LIMB_BITS, LIMBS);
  memory.fill(D, 0, 8 * WIDE_LIMBS);
  memory.fill(E, 0, 8 * WIDE_LIMBS);
  store<i64>(E, 1);
  let zeta = -1;
  for (let batch = 0; batch < BATCHES; batch++) {
    zeta = divide(zeta, load<i32>(F), load<i32>(G));
    updateNumbers();
    updateFactors(modulus, factor);
  }
  normalise(load<i64>(F, TOP) >> 63, modulus);
  repack(out, LIMB_BITS, LIMBS, D, 30, WIDE_LIMBS);
}

/** Thirty steps; gives the new zeta, which is -(delta + 1/2), and the matrix times 2^30. */
function divide(start: i32, lowF: i32, lowG: i32): i32 {
  let zeta = start, f = lowF, g = lowG;
  let u = 1, v = 0, q = 0, r = 1;
  for (let step = 0; step < 30; step++) {
    const isNegative = zeta >> 31;
    const isOdd = -(g & 1);
    g += ((f ^ isNegative) - isNegative) & isOdd;
    q += ((u ^ isNegative) - isNegative) & isOdd;
    r += ((v ^ isNegative) - isNegative) & isOdd;
    const swaps = isNegative & isOdd;
    zeta = (zeta ^ swaps) - 1;
    f += g & swaps;
    u = (u + (q & swaps)) << 1;
    v = (v + (r & swaps)) << 1;
    g >>= 1;
  }
  store<i64>(MATRIX, u, 0);
  store<i64>(MATRIX, v, 8);
  store<i64>(MATRIX, q, 16);
  store<i64>(MATRIX, r, 24);
  return zeta;
}

/** (f, g) = matrix * (f, g) / 2^30, which is exact. */
function updateNumbers(): void {
  const u = load<i64>(MATRIX, 0), v = load<i64>(MATRIX, 8);
  const q = load<i64>(MATRIX, 16), r = load<i64>(MATRIX, 24);
  let newF = u * load<i64>(F) + v * load<i64>(G);
  let newG = q * load<i64>(F) + r * load<i64>(G);
  for (let at: usize = 8; at <= TOP; at += 8) {
    const f = load<i64>(F + at), g = load<i64>(G + at);
    newF = (newF >> 30) + u * f + v * g;
    newG = (newG >> 30) + q * f + r * g;
    store<i64>(F + at - 8, newF & MASK);
    store<i64>(G + at - 8, newG & MASK);
  }
  store<i64>(F, newF >> 30, TOP);
  store<i64>(G, newG >> 30, TOP);
}

/** (d, e) = matrix * (d, e) / 2^30 modulo the modulus; both stay between -2 and 1 times it. */
function updateFactors(modulus: usize, factor: i32): void {
  const u = load<i64>(MATRIX, 0), v = load<i64>(MATRIX, 8);
  const q = load<i64>(MATRIX, 16), r = load<i64>(MATRIX, 24);
  const signD = load<i64>(D, TOP) >> 63, signE = load<i64>(E, TOP) >> 63;
  let newD = u * load<i64>(D) + v * load<i64>(E);
  let newE = q * load<i64>(D) + r * load<i64>(E);
  // What of the modulus makes the lowest 30 bits vanish, beside once for each negative number.
  let timesD = (u & signD) + (v & signE);
  let timesE = (q & signD) + (r & signE);
  timesD -= (factor * newD + timesD) & MASK;
  timesE -= (factor * newE + timesE) & MASK;
  newD += timesD * load<i64>(modulus);
  newE += timesE * load<i64>(modulus);
  for (let at: usize = 8; at <= TOP; at += 8) {
    const d = load<i64>(D + at), e = load<i64>(E + at), m = load<i64>(modulus + at);
    newD = (newD >> 30) + u * d + v * e + timesD * m;
    newE = (newE >> 30) + q * d + r * e + timesE * m;
    store<i64>(D + at - 8, newD & MASK);
    store<i64>(E + at - 8, newE & MASK);
  }
  store<i64>(D, newD >> 30, TOP);
  store<i64>(E, newE >> 30, TOP);
}

/** d to its canonical form, or that of -d when `isNegative` is -1. */
function normalise(isNegative: i64, modulus: usize): void {
  addIf(load<i64>(D, TOP) >> 63, modulus);
  let t: i64 = 0;
  for (let at: usize = 0; at <= TOP; at += 8) {
    t += (load<i64>(D + at) ^ isNegative) - isNegative;
    store<i64>(D + at, at < TOP ? t & MASK : t);
    t >>= 30;
  }
  addIf(load<i64>(D, TOP) >> 63, modulus);
}

function addIf(mask: i64, modulus: usize): void {
  let t: i64 = 0;
  for (let at: usize = 0; at <= TOP; at += 8) {
    t += load<i64>(D + at) + (load<i64>(modulus + at) & mask);
    store<i64>(D + at, at < TOP ? t & MASK : t);
    t >>= 30;
  }
}
