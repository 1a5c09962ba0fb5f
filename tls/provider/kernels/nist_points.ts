// @ts-nocheck: AssemblyScript
/**
 * Points of the curve in Jacobian coordinates: (X, Y, Z) stands for (X / Z^2, Y / Z^3), and all zeros
 * for the point at infinity. A point is three numbers of the field, one after another, all settled.
 *
 * Formulas: "dbl-2001-b", "madd" and "add-1998-cmo-2" of the Explicit-Formulas Database, in an order
 * that keeps every factor within the bounds of `nist_field.ts`.
 *
 * @module
 */
import { SLOTS_AT } from "./nist_memory.ts";
import {
  CURVE_B,
  LIMBS,
  ONE,
  PRIME,
  R_CUBED,
  WIDE_PRIME,
  WIDE_PRIME_INVERSE,
} from "./nist_constants.ts";
import {
  add,
  difference,
  fourfoldLess,
  lessEightfold,
  lessTwice,
  multiply,
  square,
  subtract,
  triple,
} from "./nist_field.ts";
import { invert } from "./nist_inverse.ts";
import { isZero, reduce, SLOT } from "./nist_values.ts";

export const POINT: i32 = 3 * SLOT;

const A: usize = SLOTS_AT + 9 * SLOT;
const B: usize = SLOTS_AT + 10 * SLOT;
const C: usize = SLOTS_AT + 11 * SLOT;
const D: usize = SLOTS_AT + 12 * SLOT;
const E: usize = SLOTS_AT + 13 * SLOT;
const F: usize = SLOTS_AT + 14 * SLOT;
/** Never written to. */
export const ZERO: usize = SLOTS_AT + 15 * SLOT;

/** p = 2 * p. */
export function double(p: usize): void {
  const x = p, y = p + SLOT, z = p + 2 * SLOT;
  square(A, z);
  square(B, y);
  multiply(C, x, B);
  subtract(D, x, A);
  add(E, x, A);
  multiply(A, D, E);
  triple(A, A);
  add(D, z, z);
  multiply(z, D, y);
  square(D, A);
  lessEightfold(x, D, C);
  fourfoldLess(C, C, x);
  multiply(D, A, C);
  square(B, B);
  lessEightfold(y, D, B);
}

/**
 * p = p + (x2, y2). The point may be neither at infinity nor plus or minus the other one; `y2` need
 * not be settled, but must be so bounded.
 */
export function addAffine(p: usize, x2: usize, y2: usize): void {
  differFromAffine(p, x2, y2);
  joinAffine(p);
}

/** The same for any point; when it was one of those, it takes another time. */
export function addAffineChecked(p: usize, x2: usize, y2: usize): void {
  if (isMultipleOfPrime(p + 2 * SLOT)) {
    copy(p, x2);
    difference(p + SLOT, y2, ZERO);
    copy(p + 2 * SLOT, ONE);
    return;
  }
  differFromAffine(p, x2, y2);
  if (!isMultipleOfPrime(B)) joinAffine(p);
  else if (isMultipleOfPrime(C)) double(p);
  else memory.fill(p, 0, POINT);
}

/** How far x2 and y2, brought to Z's denominators, are from X and Y. */
function differFromAffine(p: usize, x2: usize, y2: usize): void {
  const x = p, y = p + SLOT, z = p + 2 * SLOT;
  square(A, z);
  multiply(B, x2, A);
  subtract(B, B, x);
  multiply(C, A, z);
  multiply(C, y2, C);
  subtract(C, C, y);
}

function joinAffine(p: usize): void {
  const x = p, y = p + SLOT, z = p + 2 * SLOT;
  multiply(z, z, B);
  square(A, B);
  multiply(D, B, A);
  multiply(E, x, A);
  square(F, C);
  lessTwice(x, F, D, E);
  subtract(E, E, x);
  multiply(E, C, E);
  multiply(D, y, D);
  difference(y, E, D);
}

/** p = p + q. Neither may be at infinity, nor may they be equal or opposite. */
export function addPoint(p: usize, q: usize): void {
  const x = p, y = p + SLOT, z = p + 2 * SLOT;
  const zq = q + 2 * SLOT;
  square(A, zq);
  multiply(E, x, A);
  multiply(A, A, zq);
  multiply(y, y, A);
  square(A, z);
  multiply(B, q, A);
  multiply(A, A, z);
  multiply(C, q + SLOT, A);
  subtract(B, B, E);
  subtract(C, C, y);
  multiply(z, z, zq);
  multiply(z, z, B);
  square(A, B);
  multiply(D, B, A);
  multiply(E, E, A);
  square(F, C);
  lessTwice(x, F, D, E);
  subtract(E, E, x);
  multiply(E, C, E);
  multiply(D, y, D);
  difference(y, E, D);
}

/** Whether (x, y), in Montgomery form, satisfies y^2 = x^3 - 3x + b. */
export function isOnCurve(x: usize, y: usize): bool {
  square(A, x);
  multiply(A, A, x);
  triple(B, x);
  difference(A, A, B);
  add(A, A, CURVE_B);
  square(B, y);
  subtract(A, A, B);
  return isMultipleOfPrime(A);
}

/** out = 1 / a, in Montgomery form; 0 for 0. */
export function invertField(out: usize, a: usize): void {
  reduce(A, a, PRIME);
  invert(A, A, WIDE_PRIME, WIDE_PRIME_INVERSE);
  // aR becomes 1 / aR, and (1 / aR) * R^3 / R = R / a.
  multiply(out, A, R_CUBED);
}

/** Whether a number that need not be settled is 0 modulo the prime. */
export function isMultipleOfPrime(a: usize): bool {
  difference(A, a, ZERO);
  reduce(A, A, PRIME);
  return isZero(A) !== 0;
}

export function copy(out: usize, a: usize): void {
  memory.copy(out, a, 8 * LIMBS);
}
