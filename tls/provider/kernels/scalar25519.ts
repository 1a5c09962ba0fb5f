// @ts-nocheck: AssemblyScript
/**
 * Arithmetic modulo L = 2^252 + 27742317777372353535851937790883648493, the order of the base point
 * (RFC 8032 §5.1): eight words of 32 bits, products divided by R = 2^256 on the way (Montgomery).
 *
 * @module
 */
import { EDWARDS_WORK_END } from "./edwards25519.ts";

/** The number of 64 bytes, modulo L. */
export function reduceWide(to: usize, bytes: usize): void {
  multiplyScalars(to, bytes, R);
  multiplyScalars(UPPER, bytes + 32, R_SQUARED);
  addScalars(to, to, UPPER);
}

/** a + b c. `b` is any number of 32 bytes. */
export function multiplyAdd(to: usize, a: usize, b: usize, c: usize): void {
  multiplyScalars(UPPER, b, c);
  multiplyScalars(UPPER, UPPER, R_SQUARED);
  addScalars(to, a, UPPER);
}

/** Whether 32 bytes are a number below L. Not for secrets. */
export function isReduced(bytes: usize): bool {
  for (let at: i32 = 28; at >= 0; at -= 4) {
    const word = load<u32>(bytes + at);
    const limit = load<u32>(ORDER + at);
    if (word !== limit) return word < limit;
  }
  return false;
}

function addScalars(to: usize, a: usize, b: usize): void {
  let carry: u64 = 0;
  for (let at: usize = 0; at < 32; at += 4) {
    carry += <u64> load<u32>(a + at) + load<u32>(b + at);
    store<u32>(SUM + at, <u32> carry);
    carry >>= 32;
  }
  subtractOrder(to, <u32> carry);
}

/** a b / R, below L; one factor is below L, the other any number of 32 bytes. */
function multiplyScalars(to: usize, a: usize, b: usize): void {
  memory.fill(SUM, 0, 36);
  let top: u64 = 0;
  for (let row: usize = 0; row < 32; row += 4) {
    const factor = <u64> load<u32>(b + row);
    let carry: u64 = 0;
    for (let at: usize = 0; at < 32; at += 4) {
      carry += factor * load<u32>(a + at) + load<u32>(SUM + at);
      store<u32>(SUM + at, <u32> carry);
      carry >>= 32;
    }
    top += carry;
    // A multiple of L that makes the lowest word zero, which then goes.
    const multiple: u32 = load<u32>(SUM) * MINUS_INVERSE;
    carry = (<u64> multiple * load<u32>(ORDER) + load<u32>(SUM)) >> 32;
    for (let at: usize = 4; at < 32; at += 4) {
      carry += <u64> multiple * load<u32>(ORDER + at) + load<u32>(SUM + at);
      store<u32>(SUM + at - 4, <u32> carry);
      carry >>= 32;
    }
    top += carry;
    store<u32>(SUM + 28, <u32> top);
    top >>= 32;
  }
  subtractOrder(to, <u32> top);
}

/** `SUM` with its word above, below 2 L, less L unless that is negative. */
function subtractOrder(to: usize, top: u32): void {
  let borrow: i64 = 0;
  for (let at: usize = 0; at < 32; at += 4) {
    borrow += <i64> load<u32>(SUM + at) - <i64> load<u32>(ORDER + at);
    store<u32>(REST + at, <u32> borrow);
    borrow >>= 32;
  }
  const isNegative = <u32> ((borrow + top) >> 32);
  for (let at: usize = 0; at < 32; at += 4) {
    const rest = load<u32>(REST + at);
    store<u32>(to + at, rest ^ ((rest ^ load<u32>(SUM + at)) & isNegative));
  }
}

const UPPER: usize = EDWARDS_WORK_END;
const SUM: usize = UPPER + 32;
const REST: usize = SUM + 48;
export const SCALAR_WORK_END: usize = REST + 32;

/** -1 / L modulo 2^32. */
const MINUS_INVERSE: u32 = 0x12547e1b;
/** L, then R and R^2 modulo L, lowest word first. */
// deno-fmt-ignore
const ORDER: usize = memory.data<u32>([
  0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0x00000000, 0x00000000, 0x00000000, 0x10000000,
]);
// deno-fmt-ignore
const R: usize = memory.data<u32>([
  0x8d98951d, 0xd6ec3174, 0x737dcf70, 0xc6ef5bf4, 0xfffffffe, 0xffffffff, 0xffffffff, 0x0fffffff,
]);
// deno-fmt-ignore
const R_SQUARED: usize = memory.data<u32>([
  0x449c0f01, 0xa40611e3, 0x68859347, 0xd00e1ba7, 0x17f5be65, 0xceec73d2, 0x7c309a3d, 0x0399411b,
]);
