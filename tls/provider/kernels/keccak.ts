// @ts-nocheck: AssemblyScript
/**
 * SHA-3 and SHAKE (FIPS 202): one sponge, absorbed whole and squeezed a block at a time.
 *
 * @module
 */
import { WORK_AT } from "./mlkem768_memory.ts";

/** Bytes a block, and what follows the message: the suffix of §6.1 or §6.2 and the first bit of padding. */
export const SHAKE128_RATE: u32 = 168;
const SHAKE256_RATE: u32 = 136;
const SHA3_256_RATE: u32 = 136;
const SHA3_512_RATE: u32 = 72;
const SHA3_SUFFIX: u8 = 0x06;
const SHAKE_SUFFIX: u8 = 0x1f;

export function sha3_256(to: usize, at: usize, length: u32): void {
  absorb(at, length, SHA3_256_RATE, SHA3_SUFFIX);
  squeeze(to, 32);
}

export function sha3_512(to: usize, at: usize, length: u32): void {
  absorb(at, length, SHA3_512_RATE, SHA3_SUFFIX);
  squeeze(to, 64);
}

/** Squeezes once: `bytes` is at most a block. */
export function shake256(to: usize, bytes: u32, at: usize, length: u32): void {
  absorb(at, length, SHAKE256_RATE, SHAKE_SUFFIX);
  squeeze(to, bytes);
}

/** {@link squeeze} follows, as often as is wanted. */
export function absorbShake128(at: usize, length: u32): void {
  absorb(at, length, SHAKE128_RATE, SHAKE_SUFFIX);
}

/** The next bytes, at most a block. */
export function squeeze(to: usize, bytes: u32): void {
  permute();
  memory.copy(to, STATE, bytes);
}

function absorb(at: usize, length: u32, rate: u32, suffix: u8): void {
  memory.fill(STATE, 0, STATE_BYTES);
  for (; length >= rate; length -= rate) {
    addBlock(at, rate);
    permute();
    at += rate;
  }
  memory.fill(LAST_BLOCK, 0, rate);
  memory.copy(LAST_BLOCK, at, length);
  store<u8>(LAST_BLOCK + length, suffix);
  store<u8>(LAST_BLOCK + rate - 1, load<u8>(LAST_BLOCK + rate - 1) | 0x80);
  addBlock(LAST_BLOCK, rate);
}

function addBlock(at: usize, rate: u32): void {
  for (let done: u32 = 0; done < rate; done += 8) {
    store<u64>(STATE + done, load<u64>(STATE + done) ^ load<u64>(at + done));
  }
}

/** Keccak-f[1600] (§3.3): theta, then rho and pi, then chi and iota, in place. */
// deno-fmt-ignore
function permute(): void {
  for (let constants = ROUND_CONSTANTS; constants < ROUND_CONSTANTS + 192; constants += 8) {
    const a0 = load<u64>(STATE, 0), a1 = load<u64>(STATE, 8), a2 = load<u64>(STATE, 16), a3 = load<u64>(STATE, 24), a4 = load<u64>(STATE, 32);
    const a5 = load<u64>(STATE, 40), a6 = load<u64>(STATE, 48), a7 = load<u64>(STATE, 56), a8 = load<u64>(STATE, 64), a9 = load<u64>(STATE, 72);
    const a10 = load<u64>(STATE, 80), a11 = load<u64>(STATE, 88), a12 = load<u64>(STATE, 96), a13 = load<u64>(STATE, 104), a14 = load<u64>(STATE, 112);
    const a15 = load<u64>(STATE, 120), a16 = load<u64>(STATE, 128), a17 = load<u64>(STATE, 136), a18 = load<u64>(STATE, 144), a19 = load<u64>(STATE, 152);
    const a20 = load<u64>(STATE, 160), a21 = load<u64>(STATE, 168), a22 = load<u64>(STATE, 176), a23 = load<u64>(STATE, 184), a24 = load<u64>(STATE, 192);
    const c0 = a0 ^ a5 ^ a10 ^ a15 ^ a20;
    const c1 = a1 ^ a6 ^ a11 ^ a16 ^ a21;
    const c2 = a2 ^ a7 ^ a12 ^ a17 ^ a22;
    const c3 = a3 ^ a8 ^ a13 ^ a18 ^ a23;
    const c4 = a4 ^ a9 ^ a14 ^ a19 ^ a24;
    const d0 = c4 ^ rotl(c1, 1);
    const d1 = c0 ^ rotl(c2, 1);
    const d2 = c1 ^ rotl(c3, 1);
    const d3 = c2 ^ rotl(c4, 1);
    const d4 = c3 ^ rotl(c0, 1);
    const b0 = a0 ^ d0, b1 = rotl(a6 ^ d1, 44), b2 = rotl(a12 ^ d2, 43),
      b3 = rotl(a18 ^ d3, 21), b4 = rotl(a24 ^ d4, 14);
    store<u64>(STATE, b0 ^ (~b1 & b2) ^ load<u64>(constants), 0);
    store<u64>(STATE, b1 ^ (~b2 & b3), 8);
    store<u64>(STATE, b2 ^ (~b3 & b4), 16);
    store<u64>(STATE, b3 ^ (~b4 & b0), 24);
    store<u64>(STATE, b4 ^ (~b0 & b1), 32);
    const b5 = rotl(a3 ^ d3, 28), b6 = rotl(a9 ^ d4, 20), b7 = rotl(a10 ^ d0, 3),
      b8 = rotl(a16 ^ d1, 45), b9 = rotl(a22 ^ d2, 61);
    store<u64>(STATE, b5 ^ (~b6 & b7), 40);
    store<u64>(STATE, b6 ^ (~b7 & b8), 48);
    store<u64>(STATE, b7 ^ (~b8 & b9), 56);
    store<u64>(STATE, b8 ^ (~b9 & b5), 64);
    store<u64>(STATE, b9 ^ (~b5 & b6), 72);
    const b10 = rotl(a1 ^ d1, 1), b11 = rotl(a7 ^ d2, 6), b12 = rotl(a13 ^ d3, 25),
      b13 = rotl(a19 ^ d4, 8), b14 = rotl(a20 ^ d0, 18);
    store<u64>(STATE, b10 ^ (~b11 & b12), 80);
    store<u64>(STATE, b11 ^ (~b12 & b13), 88);
    store<u64>(STATE, b12 ^ (~b13 & b14), 96);
    store<u64>(STATE, b13 ^ (~b14 & b10), 104);
    store<u64>(STATE, b14 ^ (~b10 & b11), 112);
    const b15 = rotl(a4 ^ d4, 27), b16 = rotl(a5 ^ d0, 36), b17 = rotl(a11 ^ d1, 10),
      b18 = rotl(a17 ^ d2, 15), b19 = rotl(a23 ^ d3, 56);
    store<u64>(STATE, b15 ^ (~b16 & b17), 120);
    store<u64>(STATE, b16 ^ (~b17 & b18), 128);
    store<u64>(STATE, b17 ^ (~b18 & b19), 136);
    store<u64>(STATE, b18 ^ (~b19 & b15), 144);
    store<u64>(STATE, b19 ^ (~b15 & b16), 152);
    const b20 = rotl(a2 ^ d2, 62), b21 = rotl(a8 ^ d3, 55), b22 = rotl(a14 ^ d4, 39),
      b23 = rotl(a15 ^ d0, 41), b24 = rotl(a21 ^ d1, 2);
    store<u64>(STATE, b20 ^ (~b21 & b22), 160);
    store<u64>(STATE, b21 ^ (~b22 & b23), 168);
    store<u64>(STATE, b22 ^ (~b23 & b24), 176);
    store<u64>(STATE, b23 ^ (~b24 & b20), 184);
    store<u64>(STATE, b24 ^ (~b20 & b21), 192);
  }
}

const STATE: usize = WORK_AT;
const STATE_BYTES: usize = 200;
const LAST_BLOCK: usize = STATE + STATE_BYTES;
/** Where the work of others begins. */
export const KECCAK_WORK_END: usize = WORK_AT + 0x180;

/** §3.2.5. */
// deno-fmt-ignore
const ROUND_CONSTANTS: usize = memory.data<u64>([
  0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
  0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
  0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
  0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
  0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
  0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
]);
