// @ts-nocheck: AssemblyScript
/**
 * X25519 (RFC 7748 §5): Montgomery's ladder for a point that comes from outside, multiples of the
 * base point on the Edwards curve for a key of one's own.
 *
 * @module
 */
import { POINT_AT, RESULT_AT, SECRET_AT, WORK_AT, WORK_BYTES } from "./curve25519_memory.ts";
import { BASE_RESULT, multiplyBase } from "./edwards25519.ts";
import {
  add,
  copy,
  FIELD_BYTES,
  FIELD_WORK_END,
  fromBytes,
  invert,
  multiply,
  multiplySmall,
  setSmall,
  square,
  subtract,
  toBytes,
} from "./field25519.ts";

/** X25519 of the secret and the point: 32 bytes, all zero for a point of low order. */
export function x25519(): void {
  clamp();
  fromBytes(U, POINT_AT);
  setSmall(X2, 1);
  setSmall(Z2, 0);
  copy(X3, U);
  setSmall(Z3, 1);
  let last: u32 = 0;
  for (let at: i32 = 254; at >= 0; at--) {
    const bit = (<u32> load<u8>(<usize> SECRET_AT + (at >> 3)) >> (at & 7)) & 1;
    ladderStep(bit ^ last);
    last = bit;
  }
  swap(X2, X3, last);
  swap(Z2, Z3, last);
  invert(Z3, Z2);
  multiply(X2, X2, Z3);
  toBytes(RESULT_AT, X2);
  forget();
}

/** The public key of the secret: the u coordinate (1 + y) / (1 - y) of its multiple of the base point. */
export function x25519Base(): void {
  clamp();
  multiplyBase(SECRET_AT);
  const y = BASE_RESULT + FIELD_BYTES;
  const z = BASE_RESULT + 2 * FIELD_BYTES;
  add(X2, z, y);
  subtract(Z2, z, y);
  invert(Z3, Z2);
  multiply(X2, X2, Z3);
  toBytes(RESULT_AT, X2);
  forget();
}

/** One bit: (X2 : Z2) doubled, (X3 : Z3) added to it; the two are swapped before where `swapped` is 1. */
function ladderStep(swapped: u32): void {
  swap(X2, X3, swapped);
  swap(Z2, Z3, swapped);
  add(A, X2, Z2);
  subtract(B, X2, Z2);
  add(C, X3, Z3);
  subtract(D, X3, Z3);
  multiply(D, D, A);
  multiply(C, C, B);
  square(A, A);
  square(B, B);
  add(X3, D, C);
  subtract(Z3, D, C);
  square(X3, X3);
  subtract(E, A, B);
  square(Z3, Z3);
  multiplySmall(C, E, 121665);
  multiply(X2, A, B);
  add(A, A, C);
  multiply(Z3, Z3, U);
  multiply(Z2, A, E);
}

/** Swaps two elements where `swapped` is 1, doing the same work where it is 0. */
function swap(a: usize, b: usize, swapped: u32): void {
  const mask = i32x4.splat(-<i32> swapped);
  for (let at: usize = 0; at < FIELD_BYTES; at += 16) {
    const one = v128.load(a + at);
    const other = v128.load(b + at);
    const changed = v128.and(v128.xor(one, other), mask);
    v128.store(a + at, v128.xor(one, changed));
    v128.store(b + at, v128.xor(other, changed));
  }
}

/** RFC 7748 §5, decodeScalar25519. */
function clamp(): void {
  store<u8>(SECRET_AT, load<u8>(SECRET_AT) & 248);
  store<u8>(SECRET_AT, (load<u8>(SECRET_AT, 31) & 127) | 64, 31);
}

/** Overwrites the secret and all that was made of it but the result. */
function forget(): void {
  memory.fill(SECRET_AT, 0, 32);
  memory.fill(WORK_AT, 0, WORK_BYTES);
}

const U: usize = FIELD_WORK_END;
const X2: usize = U + FIELD_BYTES;
const Z2: usize = X2 + FIELD_BYTES;
const X3: usize = Z2 + FIELD_BYTES;
const Z3: usize = X3 + FIELD_BYTES;
const A: usize = Z3 + FIELD_BYTES;
const B: usize = A + FIELD_BYTES;
const C: usize = B + FIELD_BYTES;
const D: usize = C + FIELD_BYTES;
const E: usize = D + FIELD_BYTES;
