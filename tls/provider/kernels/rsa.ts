// @ts-nocheck: AssemblyScript
/**
 * The RSA kernel: raises to a secret power in constant time. This is the entry point that
 * `scripts/kernels.ts` compiles to `rsa.wasm`.
 *
 * @module
 */
import {
  BASE_AT,
  EXPONENT_AT,
  NUMBER_BYTES,
  NUMBERS_AT,
  POWER_AT,
  POWERS_AT,
} from "./rsa_memory.ts";
import {
  forgetModulus,
  limbsFor,
  multiply,
  pack,
  setModulus,
  square,
  subtractModulus,
  unpack,
} from "./rsa_montgomery.ts";

const ONE: usize = NUMBERS_AT + 1 * NUMBER_BYTES;
const R_SQUARED: usize = NUMBERS_AT + 2 * NUMBER_BYTES;
const RESULT: usize = NUMBERS_AT + 3 * NUMBER_BYTES;
const FACTOR: usize = NUMBERS_AT + 4 * NUMBER_BYTES;

/** Bits of the exponent that one multiplication takes in. */
const WINDOW: i32 = 5;
const POWERS: i32 = 1 << WINDOW;

/**
 * POWER = BASE to the power of EXPONENT modulo MODULUS; all of `bytes` bytes. The modulus is odd and
 * has no leading zero byte, the base is below it. Overwrites all the rest.
 */
export function power(bytes: i32): void {
  setModulus(bytes);
  squareOfR(bytes);
  fillPowers(bytes);
  memory.copy(RESULT, POWERS_AT, NUMBER_BYTES);
  const windows = (8 * bytes + WINDOW - 1) / WINDOW;
  for (let window = windows - 1; window >= 0; window--) {
    for (let i = 0; i < WINDOW; i++) square(RESULT, RESULT);
    select(bitsAt(window * WINDOW, bytes), bytes);
    multiply(RESULT, RESULT, FACTOR);
  }
  multiply(RESULT, RESULT, ONE);
  subtractModulus(RESULT);
  pack(POWER_AT, RESULT, bytes);
  forgetModulus();
  memory.fill(BASE_AT, 0, POWER_AT - BASE_AT);
  memory.fill(NUMBERS_AT, 0, POWERS_AT + POWERS * NUMBER_BYTES - NUMBERS_AT);
}

/**
 * R_SQUARED = R^2 modulo the modulus. Doubles a power of two below the modulus until it is
 * R * 2^(bits of R / 4), which is R^2 after two squarings.
 */
function squareOfR(bytes: i32): void {
  const limbs = limbsFor(bytes);
  const start = 8 * (bytes - 1);
  store<u32>(R_SQUARED + 4 * (start / 27), 1 << (start % 27));
  for (let bits = start; bits < 27 * limbs * 5 / 4; bits++) {
    let t: u32 = 0;
    for (let at = 0; at < 4 * limbs; at += 4) {
      t += load<u32>(R_SQUARED + at) << 1;
      store<u32>(R_SQUARED + at, t & 0x7ffffff);
      t >>= 27;
    }
    subtractModulus(R_SQUARED);
  }
  square(R_SQUARED, R_SQUARED);
  square(R_SQUARED, R_SQUARED);
}

/** The powers 0 to 31 of the base, in Montgomery form. */
function fillPowers(bytes: i32): void {
  store<u32>(ONE, 1);
  multiply(POWERS_AT, R_SQUARED, ONE);
  unpack(FACTOR, BASE_AT, bytes);
  multiply(FACTOR, FACTOR, R_SQUARED);
  for (let i = 1; i < POWERS; i++) {
    const next = POWERS_AT + i * NUMBER_BYTES;
    multiply(next, next - NUMBER_BYTES, FACTOR);
  }
}

/** FACTOR = power number `index`; every one of them is read. */
function select(index: i32, bytes: i32): void {
  const wanted = i32x4.splat(index);
  const end = 4 * limbsFor(bytes);
  for (let at = 0; at < end; at += 16) {
    let found = i32x4.splat(0);
    for (let i = 0; i < POWERS; i++) {
      const mask = i32x4.eq(i32x4.splat(i), wanted);
      found = v128.or(found, v128.and(mask, v128.load(POWERS_AT + i * NUMBER_BYTES + at)));
    }
    v128.store(FACTOR + at, found);
  }
}

/** The exponent's WINDOW bits from `position` on. */
function bitsAt(position: i32, bytes: i32): i32 {
  const at = EXPONENT_AT + bytes - 1 - (position >> 3);
  const above = position >> 3 < bytes - 1 ? <i32> load<u8>(at - 1) : 0;
  return (((above << 8) | <i32> load<u8>(at)) >> (position & 7)) & (POWERS - 1);
}
