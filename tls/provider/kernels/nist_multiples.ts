// @ts-nocheck: AssemblyScript
/**
 * Multiples of points. A row is a table of a point's odd multiples 1, 3, 5, ... in affine coordinates,
 * 32 bits a limb.
 *
 * A secret scalar is made odd (k, or the order less k, and the result negated) and written in digits
 * that are odd, so that none is zero: with bits b, k is the sum of (2 * b[j + 1] - 1) * 2^j, where the
 * bit above the last counts as 1; a digit is so many neighbours of this sum, the highest first. So
 * each step adds, and the sum so far is never at infinity. Nor is it plus or minus what is added: that
 * is smaller, so neither their sum nor their difference is 0, and before the last step both are even
 * multiples of the point or below the order, so that they are not the order either, which is odd. The
 * last step checks, and takes another way for at most one scalar of all.
 *
 * @module
 */
import { JACOBIANS_AT, SLOTS_AT, TABLE_AT } from "./nist_memory.ts";
import {
  BASE_WINDOW,
  ENTRY_BYTES,
  GENERATOR_X,
  GENERATOR_Y,
  LIMB_BITS,
  LIMBS,
  ONE,
  ORDER,
  SCALAR_BITS,
} from "./nist_constants.ts";
import { choose, difference, multiply, square, subtract } from "./nist_field.ts";
import {
  addAffine,
  addAffineChecked,
  addPoint,
  copy,
  double,
  invertField,
  POINT,
  ZERO,
} from "./nist_points.ts";
import { bitsOf, SLOT } from "./nist_values.ts";

const SCALAR: usize = SLOTS_AT + 16 * SLOT;
const NEGATED: usize = SLOTS_AT + 17 * SLOT;
const X: usize = SLOTS_AT + 18 * SLOT;
const Y: usize = SLOTS_AT + 19 * SLOT;
const TWICE: usize = SLOTS_AT + 20 * SLOT;
/** An entry as a vector register's lanes have it. */
const ENTRY: usize = SLOTS_AT + 23 * SLOT;

/** The generator's table: a row for each window of BASE_WINDOW bits of a scalar. */
const BASE_ROWS: i32 = (SCALAR_BITS + BASE_WINDOW) / BASE_WINDOW;
const BASE_ROW_BYTES: i32 = (1 << (BASE_WINDOW - 1)) * ENTRY_BYTES;
/** Another point's row: 8 odd multiples. */
const WINDOW: i32 = 4;
const WINDOWS: i32 = (SCALAR_BITS + WINDOW) / WINDOW;

/** Products of the Z coordinates up to each. */
const PRODUCTS: usize = JACOBIANS_AT + 64 * POINT;
const BASE_DIGITS: usize = PRODUCTS + 64 * SLOT;
const DIGITS: usize = BASE_DIGITS + 1024;

/** Fills the generator's table, whole or its first row, which is all that verifying needs. */
export function fillBaseTable(p: usize, whole: bool): void {
  copy(p, GENERATOR_X);
  copy(p + SLOT, GENERATOR_Y);
  copy(p + 2 * SLOT, ONE);
  const rows = whole ? BASE_ROWS : 1;
  for (let row = 0; row < rows; row++) {
    fillRow(TABLE_AT + row * BASE_ROW_BYTES, p, 1 << (BASE_WINDOW - 1));
    for (let i = 0; i < BASE_WINDOW; i++) double(p);
  }
}

/** The row of 8 that the functions below need. The point is not at infinity. */
export function fillPointRow(row: usize, p: usize): void {
  fillRow(row, p, 1 << (WINDOW - 1));
}

/** p = scalar * G, for a scalar between 1 and the order less 1; in constant time. */
export function multiplyBase(p: usize, scalar: usize): void {
  const isEven = makeOdd(scalar, BASE_ROWS * BASE_WINDOW);
  startAt(p, TABLE_AT + (BASE_ROWS - 1) * BASE_ROW_BYTES, BASE_ROWS - 1, BASE_WINDOW);
  for (let window = BASE_ROWS - 2; window >= 0; window--) {
    findDigit(TABLE_AT + window * BASE_ROW_BYTES, window, BASE_WINDOW);
    if (window > 0) addAffine(p, X, Y);
    else addAffineChecked(p, X, Y);
  }
  negateIf(p, isEven);
}

/** p = scalar * (the point of a row), for a scalar between 1 and the order less 1; in constant time. */
export function multiplyPoint(p: usize, scalar: usize, row: usize): void {
  const isEven = makeOdd(scalar, WINDOWS * WINDOW);
  startAt(p, row, WINDOWS - 1, WINDOW);
  for (let window = WINDOWS - 2; window >= 0; window--) {
    for (let i = 0; i < WINDOW; i++) double(p);
    findDigit(row, window, WINDOW);
    if (window > 0) addAffine(p, X, Y);
    else addAffineChecked(p, X, Y);
  }
  negateIf(p, isEven);
}

/** p = baseScalar * G + scalar * (the point of a row), for any scalars; its time depends on them. */
export function multiplyPublic(p: usize, baseScalar: usize, scalar: usize, row: usize): void {
  writeDigits(BASE_DIGITS, baseScalar, BASE_WINDOW + 1);
  writeDigits(DIGITS, scalar, WINDOW + 1);
  memory.fill(p, 0, POINT);
  for (let place = SCALAR_BITS; place >= 0; place--) {
    double(p);
    addDigit(p, TABLE_AT, load<i8>(BASE_DIGITS + place));
    addDigit(p, row, load<i8>(DIGITS + place));
  }
}

/** Montgomery's trick: one inversion for all Z coordinates of a row. */
function fillRow(row: usize, p: usize, count: i32): void {
  memory.copy(JACOBIANS_AT, p, POINT);
  memory.copy(TWICE, p, POINT);
  double(TWICE);
  copy(PRODUCTS, p + 2 * SLOT);
  for (let i = 1; i < count; i++) {
    const next = JACOBIANS_AT + i * POINT;
    memory.copy(next, next - POINT, POINT);
    addPoint(next, TWICE);
    multiply(PRODUCTS + i * SLOT, PRODUCTS + (i - 1) * SLOT, next + 2 * SLOT);
  }
  const inverse = TWICE, one = TWICE + SLOT, power = TWICE + 2 * SLOT;
  invertField(inverse, PRODUCTS + (count - 1) * SLOT);
  for (let i = count - 1; i >= 0; i--) {
    const from = JACOBIANS_AT + i * POINT;
    if (i > 0) {
      multiply(one, inverse, PRODUCTS + (i - 1) * SLOT);
      multiply(inverse, inverse, from + 2 * SLOT);
    } else copy(one, inverse);
    square(power, one);
    multiply(from, from, power);
    multiply(power, power, one);
    multiply(from + SLOT, from + SLOT, power);
    narrow(row + i * ENTRY_BYTES, from);
    narrow(row + i * ENTRY_BYTES + 4 * LIMBS, from + SLOT);
  }
}

function narrow(out: usize, a: usize): void {
  for (let i = 0; i < LIMBS; i++) store<i32>(out + 4 * i, <i32> load<i64>(a + 8 * i));
}

function widen(out: usize, from: usize): void {
  for (let i = 0; i < LIMBS; i++) store<i64>(out + 8 * i, load<i32>(from + 4 * i));
}

/** SCALAR = the scalar or the order less it, whichever is odd, and a bit at `top`; -1 if it was even. */
function makeOdd(scalar: usize, top: i32): i64 {
  const isEven = (load<i64>(scalar) & 1) - 1;
  let t: i64 = 0;
  for (let at = 0; at < 8 * LIMBS; at += 8) {
    t += load<i64>(ORDER + at) - load<i64>(scalar + at);
    store<i64>(NEGATED + at, t & (((<i64> 1) << LIMB_BITS) - 1));
    t >>= LIMB_BITS;
  }
  copy(SCALAR, scalar);
  choose(SCALAR, NEGATED, isEven);
  const limb = SCALAR + 8 * (top / LIMB_BITS);
  store<i64>(limb, load<i64>(limb) | ((<i64> 1) << (top % LIMB_BITS)));
  return isEven;
}

function startAt(p: usize, row: usize, window: i32, width: i32): void {
  findDigit(row, window, width);
  copy(p, X);
  copy(p + SLOT, Y);
  copy(p + 2 * SLOT, ONE);
}

/** (X, Y) = a digit of SCALAR times the row's point; every entry of the row is read. */
function findDigit(row: usize, window: i32, width: i32): void {
  const bits = bitsOf(SCALAR, window * width + 1, width);
  const half = 1 << (width - 1);
  const isNegative = (bits >> (width - 1)) - 1;
  select(row, half, (bits ^ isNegative) & (half - 1));
  widen(X, ENTRY);
  widen(Y, ENTRY + 4 * LIMBS);
  subtract(NEGATED, ZERO, Y);
  choose(Y, NEGATED, isNegative);
}

/** ENTRY = the row's entry number `index`. */
function select(row: usize, count: i32, index: i32): void {
  selectVectors(row, 0, count, index);
  if (ENTRY_BYTES > 80) selectVectors(row, ENTRY_BYTES - 80, count, index);
}

/** Five vectors of the entry, from `at` on. */
function selectVectors(row: usize, at: i32, count: i32, index: i32): void {
  const wanted = i32x4.splat(index);
  const one = i32x4.splat(1);
  let number = i32x4.splat(0);
  let a = number, b = number, c = number, d = number, e = number;
  const end = row + count * ENTRY_BYTES;
  for (let entry = row; entry < end; entry += ENTRY_BYTES) {
    const mask = i32x4.eq(number, wanted);
    a = v128.or(a, v128.and(mask, v128.load(entry + at, 0)));
    b = v128.or(b, v128.and(mask, v128.load(entry + at, 16)));
    c = v128.or(c, v128.and(mask, v128.load(entry + at, 32)));
    d = v128.or(d, v128.and(mask, v128.load(entry + at, 48)));
    e = v128.or(e, v128.and(mask, v128.load(entry + at, 64)));
    number = i32x4.add(number, one);
  }
  v128.store(ENTRY + at, a, 0);
  v128.store(ENTRY + at, b, 16);
  v128.store(ENTRY + at, c, 32);
  v128.store(ENTRY + at, d, 48);
  v128.store(ENTRY + at, e, 64);
}

function negateIf(p: usize, mask: i64): void {
  difference(NEGATED, ZERO, p + SLOT);
  choose(p + SLOT, NEGATED, mask);
}

/** A scalar's non-adjacent form: digits that are 0 or odd and below 2^(width - 1), a byte each. */
function writeDigits(out: usize, scalar: usize, width: i32): void {
  memory.fill(out, 0, 1024);
  let carry = 0;
  let place = 0;
  while (place <= SCALAR_BITS) {
    if (bitsOf(scalar, place, 1) === carry) {
      place++;
      continue;
    }
    const digit = bitsOf(scalar, place, width) + carry;
    carry = digit >> (width - 1);
    store<i8>(out + place, <i8> (digit - (carry << width)));
    place += width;
  }
}

function addDigit(p: usize, row: usize, digit: i32): void {
  if (digit === 0) return;
  const entry = row + ((digit > 0 ? digit : -digit) >> 1) * ENTRY_BYTES;
  widen(X, entry);
  widen(Y, entry + 4 * LIMBS);
  if (digit < 0) subtract(Y, ZERO, Y);
  addAffineChecked(p, X, Y);
}
