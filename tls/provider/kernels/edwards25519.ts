// @ts-nocheck: AssemblyScript
/**
 * Points of the Edwards curve -x^2 + y^2 = 1 + d x^2 y^2 (RFC 8032 §5.1) in extended coordinates:
 * X, Y, Z and T with x = X / Z, y = Y / Z, x y = T / Z, each a field element, one after another.
 *
 * Multiples of the base point come from a table: for each of the 32 powers of 256, the point times
 * 1 to 8, as y - x, y + x and 2 d x y. A scalar is written in 64 digits from -8 to 8; a digit's
 * multiple is found by reading all eight, so that no address tells which. The table is computed on
 * first use.
 *
 * @module
 */
import { BASE_TABLE_AT } from "./curve25519_memory.ts";
import {
  add,
  copy,
  FIELD_BYTES,
  FIELD_WORK_END,
  invert,
  multiply,
  setSmall,
  square,
  subtract,
} from "./field25519.ts";

/** Where {@link multiplyBase} leaves its point. */
export const BASE_RESULT: usize = FIELD_WORK_END + 10 * FIELD_BYTES;

/** Leaves `scalar`, 32 bytes and below 2^255, times the base point. */
export function multiplyBase(scalar: usize): void {
  if (!tableIsMade) makeTable();
  recode(scalar);
  setIdentity(BASE_RESULT);
  for (let at: usize = 1; at < 64; at += 2) addDigit(at);
  for (let times = 0; times < 4; times++) doublePoint(BASE_RESULT, BASE_RESULT);
  for (let at: usize = 0; at < 64; at += 2) addDigit(at);
}

/** Adds a digit's multiple of a power of 256. */
function addDigit(at: usize): void {
  select(BASE_TABLE + (at >> 1) * ROW_BYTES, <i32> load<i8>(DIGITS + at));
  addEntry(BASE_RESULT, BASE_RESULT, SELECTED);
}

/** Sixty-four digits from -8 to 8 in base 16. */
export function recode(scalar: usize): void {
  let carry: i32 = 0;
  for (let at: usize = 0; at < 64; at++) {
    const nibble = (<i32> load<u8>(scalar + (at >> 1)) >> (4 * <i32> (at & 1))) & 15;
    const digit = nibble + carry;
    // The last digit is at most 8: nothing is left to carry.
    carry = (digit + 7) >> 4;
    store<i8>(DIGITS + at, <i8> (digit - (carry << 4)));
  }
}

/** Leaves the multiple by `digit`, from -8 to 8, of a row of the table in `SELECTED`. */
function select(row: usize, digit: i32): void {
  const sign = digit >> 31;
  const size = i32x4.splat((digit ^ sign) - sign);
  for (let at: usize = 0; at < ENTRY_BYTES; at += 16) {
    // The multiple by 0 is the point (0, 1): y - x and y + x are 1.
    const one = at < 2 * FIELD_BYTES && at % FIELD_BYTES === 0 ? 1 : 0;
    const isZero = i32x4.eq(size, i32x4.splat(0));
    let found = v128.and(i32x4(one, 0, 0, 0), isZero);
    for (let multiple: i32 = 1; multiple <= 8; multiple++) {
      const entry = v128.load(row + <usize> (multiple - 1) * ENTRY_BYTES + at);
      found = v128.or(found, v128.and(entry, i32x4.eq(size, i32x4.splat(multiple))));
    }
    v128.store(SELECTED + at, found);
  }
  negateEntry(i32x4.splat(sign));
}

/** -(x, y) is (-x, y): y - x and y + x change places, 2 d x y its sign, where `mask` is set. */
export function negateEntry(mask: v128): void {
  for (let at: usize = SELECTED; at < SELECTED + FIELD_BYTES; at += 16) {
    const minus = v128.load(at);
    const plus = v128.load(at, 48);
    const changed = v128.and(v128.xor(minus, plus), mask);
    v128.store(at, v128.xor(minus, changed));
    v128.store(at, v128.xor(plus, changed), 48);
    const product = v128.load(at, 96);
    v128.store(at, i32x4.sub(v128.xor(product, mask), mask), 96);
  }
}

/** Adds an entry of the table, a point with Z = 1. */
function addEntry(to: usize, point: usize, entry: usize): void {
  add(D, point + Z, point + Z);
  addScaled(to, point, entry);
}

/** Adds an entry whose Z is at `z`. */
export function addWithZ(to: usize, point: usize, entry: usize, z: usize): void {
  multiply(D, point + Z, z);
  add(D, D, D);
  addScaled(to, point, entry);
}

/** Complete for all points (Hisil, Wong, Carter, Dawson 2008, §3.1); twice the product of both Z is in D. */
function addScaled(to: usize, point: usize, entry: usize): void {
  subtract(A, point + Y, point);
  multiply(A, A, entry);
  add(B, point + Y, point);
  multiply(B, B, entry + FIELD_BYTES);
  multiply(C, point + T, entry + 2 * FIELD_BYTES);
  subtract(E, B, A);
  subtract(F, D, C);
  add(G, D, C);
  add(H, B, A);
  multiply(to, E, F);
  multiply(to + Y, G, H);
  multiply(to + Z, F, G);
  multiply(to + T, E, H);
}

/** Hisil, Wong, Carter, Dawson 2008, §3.3. */
export function doublePoint(to: usize, point: usize): void {
  add(E, point, point + Y);
  square(E, E);
  square(A, point);
  square(B, point + Y);
  square(C, point + Z);
  add(C, C, C);
  add(H, A, B);
  subtract(E, H, E);
  subtract(G, A, B);
  add(F, C, G);
  multiply(to, E, F);
  multiply(to + Y, G, H);
  multiply(to + Z, F, G);
  multiply(to + T, E, H);
}

export function setIdentity(to: usize): void {
  setSmall(to, 0);
  setSmall(to + Y, 1);
  setSmall(to + Z, 1);
  setSmall(to + T, 0);
}

/** Nothing secret in here: the same each time. */
function makeTable(): void {
  setSmall(POINTS + Z, 1);
  copy(POINTS, BASE_X);
  copy(POINTS + Y, BASE_Y);
  multiply(POINTS + T, BASE_X, BASE_Y);
  for (let row: usize = POINTS;; row += 8 * POINT_BYTES) {
    storeEntry(SELECTED, row);
    for (let last = row; last < row + 7 * POINT_BYTES; last += POINT_BYTES) {
      addWithZ(last + POINT_BYTES, last, SELECTED, row + Z);
    }
    const next = row + 8 * POINT_BYTES;
    if (next === POINTS_END) break;
    doublePoint(next, next - POINT_BYTES);
    for (let times = 0; times < 4; times++) doublePoint(next, next);
  }
  makeAffine();
  for (let at: usize = 0; at < TABLE_POINTS; at++) {
    storeEntry(BASE_TABLE + at * ENTRY_BYTES, POINTS + at * POINT_BYTES);
  }
  tableIsMade = true;
}

/** Brings all `POINTS` to Z = 1 with one inversion (Montgomery's trick). */
function makeAffine(): void {
  copy(PREFIXES, POINTS + Z);
  for (let at: usize = 1; at < TABLE_POINTS; at++) {
    const prefix = PREFIXES + at * FIELD_BYTES;
    multiply(prefix, prefix - FIELD_BYTES, POINTS + at * POINT_BYTES + Z);
  }
  invert(A, PREFIXES + (TABLE_POINTS - 1) * FIELD_BYTES);
  // The first point is the base point itself: its Z is 1.
  for (let at: usize = TABLE_POINTS - 1; at > 0; at--) {
    const point = POINTS + at * POINT_BYTES;
    multiply(B, A, PREFIXES + (at - 1) * FIELD_BYTES);
    multiply(A, A, point + Z);
    multiply(point, point, B);
    multiply(point + Y, point + Y, B);
    multiply(point + T, point, point + Y);
  }
}

/** y - x, y + x and 2 d x y, all times Z. */
export function storeEntry(to: usize, point: usize): void {
  subtract(to, point + Y, point);
  add(to + FIELD_BYTES, point + Y, point);
  multiply(to + 2 * FIELD_BYTES, point + T, TWICE_D);
}

export const Y: usize = FIELD_BYTES;
export const Z: usize = 2 * FIELD_BYTES;
export const T: usize = 3 * FIELD_BYTES;
export const POINT_BYTES: usize = 4 * FIELD_BYTES;
export const ENTRY_BYTES: usize = 3 * FIELD_BYTES;
const ROW_BYTES: usize = 8 * ENTRY_BYTES;

const BASE_TABLE: usize = BASE_TABLE_AT;
const TABLE_POINTS: usize = 256;
let tableIsMade = false;
/** While the table is made: its points, and the products of their Z. */
const POINTS: usize = BASE_TABLE + TABLE_POINTS * ENTRY_BYTES;
const POINTS_END: usize = POINTS + TABLE_POINTS * POINT_BYTES;
const PREFIXES: usize = POINTS_END;

export const SELECTED: usize = BASE_RESULT + POINT_BYTES;
export const DIGITS: usize = SELECTED + ENTRY_BYTES;
const A: usize = DIGITS + 64;
const B: usize = A + FIELD_BYTES;
const C: usize = B + FIELD_BYTES;
const D: usize = C + FIELD_BYTES;
const E: usize = D + FIELD_BYTES;
const F: usize = E + FIELD_BYTES;
const G: usize = F + FIELD_BYTES;
const H: usize = G + FIELD_BYTES;
/** Where the work of others begins. */
export const EDWARDS_WORK_END: usize = H + FIELD_BYTES;

/** The base point of RFC 8032 §5.1, y = 4 / 5, and 2 d. */
// deno-fmt-ignore
const BASE_X: usize = memory.data<i32>([
  254137626, 179399428, 157936818, -108084950, 231065235, -250020117, 268108436, -92688950, 2189623,
  0, 0, 0,
]);
// deno-fmt-ignore
const BASE_Y: usize = memory.data<i32>([
  107374168, -214748365, -107374182, 214748365, 107374182, -214748365, -107374182, 214748365, 6710886,
  0, 0, 0,
]);
// deno-fmt-ignore
const TWICE_D: usize = memory.data<i32>([
  112390489, -21701471, 15488443, 2700549, -49086450, 7960442, -207854022, -74785792, 2361050,
  0, 0, 0,
]);
