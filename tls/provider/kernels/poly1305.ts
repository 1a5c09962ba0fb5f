// @ts-nocheck: AssemblyScript
/**
 * Poly1305 (RFC 8439 §2.5) in base 2³², each limb in a u64: three limbs of 32 bits and one of 34. The
 * bit that is added to a block is 2³² in the last. With r clamped the sums of products stay below
 * 2⁶⁴ although a limb with its word of the message takes a bit more, so that a block costs 16
 * multiplications and one chain of carries. At `POLY_AT` lie, a u64 each: r in four limbs, s in
 * two, 5/4 r of limbs 1 to 3, the accumulator.
 *
 * @module
 */
import { POLY_AT } from "./aead_memory.ts";

const S: usize = POLY_AT + 32;
const FOLDED: usize = POLY_AT + 48;
const H: usize = POLY_AT + 72;

/** Starts a message under the 32-byte one-time key at `key`. */
export function polyStart(key: usize): void {
  store<u64>(POLY_AT, load<u32>(key) & 0x0fffffff);
  for (let limb: usize = 4; limb < 16; limb += 4) {
    const clamped = load<u32>(key + limb) & 0x0ffffffc;
    store<u64>(POLY_AT + 2 * limb, clamped);
    // 2¹²⁸ times a limb that is a multiple of 4 is 2¹³⁰ times its quarter, and 2¹³⁰ is 5.
    store<u64>(FOLDED - 8 + 2 * limb, clamped + (clamped >> 2));
  }
  v128.store(S, v128.load(key + 16));
  for (let limb: usize = 0; limb < 32; limb += 8) store<u64>(H + limb, 0);
}

/** Takes `count` whole blocks. */
function polyBlocks(at: usize, count: u32): void {
  const r0 = load<u64>(POLY_AT), r1 = load<u64>(POLY_AT, 8);
  const r2 = load<u64>(POLY_AT, 16), r3 = load<u64>(POLY_AT, 24);
  const s1 = load<u64>(FOLDED), s2 = load<u64>(FOLDED, 8), s3 = load<u64>(FOLDED, 16);
  let h0 = load<u64>(H), h1 = load<u64>(H, 8), h2 = load<u64>(H, 16), h3 = load<u64>(H, 24);
  for (; count > 0; count--) {
    h0 += load<u32>(at);
    h1 += load<u32>(at, 4);
    h2 += load<u32>(at, 8);
    h3 += load<u32>(at, 12) + ABOVE_BLOCK;
    const d0 = h0 * r0 + h1 * s3 + h2 * s2 + h3 * s1;
    const d1 = h0 * r1 + h1 * r0 + h2 * s3 + h3 * s2 + (d0 >> 32);
    const d2 = h0 * r2 + h1 * r1 + h2 * r0 + h3 * s3 + (d1 >> 32);
    const d3 = h0 * r3 + h1 * r2 + h2 * r1 + h3 * r0 + (d2 >> 32);
    h0 = (d0 & LIMB) + (d3 >> 34) * 5;
    h1 = (d1 & LIMB) + (h0 >> 32);
    h0 &= LIMB;
    h2 = d2 & LIMB;
    h3 = d3 & LAST_LIMB;
    at += 16;
  }
  store<u64>(H, h0);
  store<u64>(H, h1, 8);
  store<u64>(H, h2, 16);
  store<u64>(H, h3, 24);
}

/** Takes `length` bytes and zeros up to a whole block (RFC 8439 §2.8). */
export function polyPadded(at: usize, length: u32): void {
  polyBlocks(at, length >> 4);
  const rest = length & 15;
  if (rest === 0) return;
  v128.store(BLOCK, i64x2.splat(0));
  memory.copy(BLOCK, at + length - rest, rest);
  polyBlocks(BLOCK, 1);
}

/** Takes the lengths of associated data and ciphertext, and writes the tag to `to`. */
export function polyFinish(aadLength: u32, length: u32, to: usize): void {
  store<u64>(BLOCK, aadLength);
  store<u64>(BLOCK, length, 8);
  polyBlocks(BLOCK, 1);
  let h0 = load<u64>(H), h1 = load<u64>(H, 8), h2 = load<u64>(H, 16), h3 = load<u64>(H, 24);
  h2 += h1 >> 32;
  h1 &= LIMB;
  h3 += h2 >> 32;
  h2 &= LIMB;
  // What is 2¹³⁰ - 5 or more carries out of bit 130 when 5 is added: then the sum is the remainder.
  let carry = (5 + h0) >> 32;
  carry = (carry + h1) >> 32;
  carry = (carry + h2) >> 32;
  h0 += ((carry + h3) >> 34) * 5;
  h1 += h0 >> 32;
  h2 += h1 >> 32;
  h3 += h2 >> 32;
  // s, modulo 2¹²⁸.
  h0 = (h0 & LIMB) + load<u32>(S);
  h1 = (h1 & LIMB) + load<u32>(S, 4) + (h0 >> 32);
  h2 = (h2 & LIMB) + load<u32>(S, 8) + (h1 >> 32);
  h3 = (h3 & LIMB) + load<u32>(S, 12) + (h2 >> 32);
  store<u64>(to, (h0 & LIMB) | (h1 << 32));
  store<u64>(to, (h2 & LIMB) | (h3 << 32), 8);
}

const LIMB: u64 = 0xffffffff;
const LAST_LIMB: u64 = 0x3ffffffff;
const ABOVE_BLOCK: u64 = 0x100000000;
const BLOCK: usize = memory.data(16, 16);
