// @ts-nocheck: AssemblyScript
/**
 * A curve's kernel: keys, ECDH, and ECDSA on what `nist_memory.ts` holds.
 *
 * @module
 */
import {
  DIGEST_AT,
  NONCE_AT,
  POINT_AT,
  ROW_AT,
  SCALAR_AT,
  SECRETS_AT,
  SECRETS_BYTES,
  SIGNATURE_AT,
  SLOTS_AT,
} from "./nist_memory.ts";
import { LIMB_BITS, LIMBS, ONE, ORDER, PRIME, R_SQUARED, VALUE_BYTES } from "./nist_constants.ts";
import { multiply, square, subtract } from "./nist_field.ts";
import {
  fillBaseTable,
  fillPointRow,
  multiplyBase,
  multiplyPoint,
  multiplyPublic,
} from "./nist_multiples.ts";
import { copy, invertField, isMultipleOfPrime, isOnCurve } from "./nist_points.ts";
import { addScalars, invertScalar, multiplyScalars } from "./nist_scalars.ts";
import { isBelow, isZero, pack, reduce, reduceOnce, SLOT, unpack } from "./nist_values.ts";

const P: usize = SLOTS_AT + 24 * SLOT;
const U: usize = SLOTS_AT + 27 * SLOT;
const V: usize = SLOTS_AT + 28 * SLOT;
const S: usize = SLOTS_AT + 29 * SLOT;
const R: usize = SLOTS_AT + 30 * SLOT;
const K: usize = SLOTS_AT + 31 * SLOT;
/** 1, not in Montgomery form. */
const PLAIN_ONE: usize = SLOTS_AT + 32 * SLOT;
const INVERSE: usize = SLOTS_AT + 33 * SLOT;

/** Fills the table of the generator's multiples: all of it, or what {@link verify} needs. */
export function prepare(whole: bool): void {
  fillBaseTable(P, whole);
}

/** POINT = SCALAR * G. `false` when SCALAR is not between 1 and the order less 1. */
export function derive(): bool {
  if (!readScalar(K, SCALAR_AT)) return false;
  multiplyBase(P, K);
  toAffine();
  packField(POINT_AT, U);
  packField(POINT_AT + VALUE_BYTES, V);
  return true;
}

/** Whether SCALAR is between 1 and the order less 1. */
export function isScalar(): bool {
  return readScalar(K, SCALAR_AT);
}

/** x of POINT = SCALAR * POINT. `false` when SCALAR is out of range or POINT is not on the curve. */
export function agree(): bool {
  if (!readScalar(K, SCALAR_AT) || !readPoint()) return false;
  fillPointRow(ROW_AT, P);
  multiplyPoint(P, K, ROW_AT);
  toAffine();
  packField(POINT_AT, U);
  return true;
}

/**
 * SIGNATURE = that of DIGEST by SCALAR with NONCE (FIPS 186-5 §6.4.1). `false` when either is out of
 * range, or this nonce makes a zero: take another one.
 */
export function sign(): bool {
  if (!readScalar(K, NONCE_AT) || !readScalar(S, SCALAR_AT)) return false;
  multiplyBase(P, K);
  toAffine();
  packField(SIGNATURE_AT, U);
  unpack(R, SIGNATURE_AT);
  reduceOnce(R, ORDER);
  pack(SIGNATURE_AT, R);
  unpack(U, DIGEST_AT);
  reduceOnce(U, ORDER);
  multiplyScalars(V, R, S);
  addScalars(V, V, U);
  invertScalar(K, K);
  multiplyScalars(S, K, V);
  pack(SIGNATURE_AT + VALUE_BYTES, S);
  return (isZero(R) | isZero(S)) === 0;
}

/** DIGEST = DIGEST modulo the order. */
export function reduceDigest(): void {
  unpack(U, DIGEST_AT);
  reduceOnce(U, ORDER);
  pack(DIGEST_AT, U);
}

/** Whether SIGNATURE is that of DIGEST by POINT (FIPS 186-5 §6.4.2); its time depends on them. */
export function verify(): bool {
  if (!readScalar(R, SIGNATURE_AT) || !readScalar(S, SIGNATURE_AT + VALUE_BYTES)) return false;
  if (!readPoint()) return false;
  fillPointRow(ROW_AT, P);
  unpack(U, DIGEST_AT);
  reduceOnce(U, ORDER);
  invertScalar(S, S);
  multiplyScalars(U, U, S);
  multiplyScalars(V, R, S);
  multiplyPublic(P, U, V, ROW_AT);
  if (isMultipleOfPrime(P + 2 * SLOT)) return false;
  square(S, P + 2 * SLOT);
  if (isX(R)) return true;
  // x may have been taken modulo the order, which is below the prime.
  addOrder(R);
  return isBelow(R, PRIME) !== 0 && isX(R);
}

/** Overwrites secrets and what is left of them. */
export function wipe(): void {
  memory.fill(SECRETS_AT, 0, SECRETS_BYTES);
}

/** Whether X of P is `r` times S, which is Z^2. */
function isX(r: usize): bool {
  multiply(U, r, R_SQUARED);
  multiply(U, U, S);
  subtract(U, U, P);
  return isMultipleOfPrime(U);
}

function addOrder(a: usize): void {
  let t: i64 = 0;
  for (let at = 0; at < 8 * LIMBS; at += 8) {
    t += load<i64>(a + at) + load<i64>(ORDER + at);
    store<i64>(a + at, t & (((<i64> 1) << LIMB_BITS) - 1));
    t >>= LIMB_BITS;
  }
}

/** Reads a scalar; `false` when it is not between 1 and the order less 1. */
function readScalar(out: usize, from: usize): bool {
  unpack(out, from);
  return (isBelow(out, ORDER) & ~isZero(out)) !== 0;
}

/** P = POINT, in Montgomery form; `false` when it is not on the curve. */
function readPoint(): bool {
  unpack(U, POINT_AT);
  unpack(V, POINT_AT + VALUE_BYTES);
  if (isBelow(U, PRIME) === 0 || isBelow(V, PRIME) === 0) return false;
  multiply(P, U, R_SQUARED);
  multiply(P + SLOT, V, R_SQUARED);
  copy(P + 2 * SLOT, ONE);
  return isOnCurve(P, P + SLOT);
}

/** (U, V) = P in affine coordinates. */
function toAffine(): void {
  invertField(INVERSE, P + 2 * SLOT);
  square(V, INVERSE);
  multiply(U, P, V);
  multiply(V, V, INVERSE);
  multiply(V, V, P + SLOT);
}

/** A number in Montgomery form to bytes. */
function packField(out: usize, a: usize): void {
  memory.fill(PLAIN_ONE, 0, SLOT);
  store<i64>(PLAIN_ONE, 1);
  multiply(a, a, PLAIN_ONE);
  reduce(a, a, PRIME);
  pack(out, a);
}
