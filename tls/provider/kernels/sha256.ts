// @ts-nocheck: AssemblyScript
/**
 * SHA-256 (FIPS 180-4 §6.2). The message schedule is made four words at a time, sixteen words ahead
 * of the rounds that use them, so that vector and scalar units work side by side.
 *
 * @module
 */
import { forget } from "./hash_forget.ts";
import { DIGEST_AT, INPUT_AT, KEY_AT, SCHEDULE_AT, STATE_AT } from "./hash_memory.ts";

/** Leaves the hash of the first `length` bytes of the input, and forgets them. */
export function sha256(length: u32): void {
  sha256Start();
  hash(INPUT_AT, length, length);
  forget(length);
}

/** Leaves the HMAC of the first `length` bytes of the input under the key, and forgets both. */
export function hmacSha256(length: u32): void {
  const inner: usize = INPUT_AT - BLOCK_BYTES;
  xorKey(inner, 0x36);
  sha256Start();
  hash(inner, BLOCK_BYTES + length, BLOCK_BYTES + length);
  xorKey(inner, 0x5c);
  v128.store(INPUT_AT, v128.load(DIGEST_AT));
  v128.store(INPUT_AT, v128.load(DIGEST_AT, 16), 16);
  sha256Start();
  hash(inner, BLOCK_BYTES + 32, BLOCK_BYTES + 32);
  forget(length);
}

/** Sets the chaining value to that of no message. */
export function sha256Start(): void {
  v128.store(STATE_AT, v128.load(START));
  v128.store(STATE_AT, v128.load(START, 16), 16);
}

/** Takes `blocks` blocks from the start of the input. */
export function sha256Blocks(blocks: u32): void {
  compress(INPUT_AT, blocks);
}

/** Leaves the hash of a message of `total` bytes, of which the last `pending` are the input. */
export function sha256Finish(pending: u32, total: f64): void {
  hash(INPUT_AT, pending, <u64> total);
}

/** Takes the last `length` bytes of a message of `total` bytes, and what §5.1.1 pads it with. */
function hash(at: usize, length: u32, total: u64): void {
  const padded = (length + 8) / BLOCK_BYTES + 1;
  const end = at + padded * BLOCK_BYTES;
  memory.fill(at + length, 0, end - at - length);
  store<u8>(at + length, 0x80);
  store<u64>(end - 8, bswap<u64>(total << 3));
  compress(at, padded);
  v128.store(DIGEST_AT, bigEndian(v128.load(STATE_AT)));
  v128.store(DIGEST_AT, bigEndian(v128.load(STATE_AT, 16)), 16);
}

function xorKey(to: usize, byte: i8): void {
  const pad = i8x16.splat(byte);
  for (let done: u32 = 0; done < BLOCK_BYTES; done += 16) {
    v128.store(to + done, v128.xor(v128.load(KEY_AT + done), pad));
  }
}

function compress(at: usize, blocks: u32): void {
  let a = load<u32>(STATE_AT);
  let b = load<u32>(STATE_AT, 4);
  let c = load<u32>(STATE_AT, 8);
  let d = load<u32>(STATE_AT, 12);
  let e = load<u32>(STATE_AT, 16);
  let f = load<u32>(STATE_AT, 20);
  let g = load<u32>(STATE_AT, 24);
  let h = load<u32>(STATE_AT, 28);
  for (; blocks > 0; blocks--) {
    let words0 = bigEndian(v128.load(at));
    let words1 = bigEndian(v128.load(at, 16));
    let words2 = bigEndian(v128.load(at, 32));
    let words3 = bigEndian(v128.load(at, 48));
    storeSchedule(0, words0, words1, words2, words3);
    at += BLOCK_BYTES;
    for (let round: usize = 0; round < 64; round += 8) {
      if ((round & 8) === 0 && round < 48) {
        words0 = nextWords(words0, words1, words2, words3);
        words1 = nextWords(words1, words2, words3, words0);
        words2 = nextWords(words2, words3, words0, words1);
        words3 = nextWords(words3, words0, words1, words2);
        storeSchedule(round + 16, words0, words1, words2, words3);
      }
      const words = SCHEDULE + round * 4;
      h += sum1(e) + choose(e, f, g) + load<u32>(words);
      d += h;
      h += sum0(a) + majority(a, b, c);
      g += sum1(d) + choose(d, e, f) + load<u32>(words, 4);
      c += g;
      g += sum0(h) + majority(h, a, b);
      f += sum1(c) + choose(c, d, e) + load<u32>(words, 8);
      b += f;
      f += sum0(g) + majority(g, h, a);
      e += sum1(b) + choose(b, c, d) + load<u32>(words, 12);
      a += e;
      e += sum0(f) + majority(f, g, h);
      d += sum1(a) + choose(a, b, c) + load<u32>(words, 16);
      h += d;
      d += sum0(e) + majority(e, f, g);
      c += sum1(h) + choose(h, a, b) + load<u32>(words, 20);
      g += c;
      c += sum0(d) + majority(d, e, f);
      b += sum1(g) + choose(g, h, a) + load<u32>(words, 24);
      f += b;
      b += sum0(c) + majority(c, d, e);
      a += sum1(f) + choose(f, g, h) + load<u32>(words, 28);
      e += a;
      a += sum0(b) + majority(b, c, d);
    }
    a += load<u32>(STATE_AT);
    b += load<u32>(STATE_AT, 4);
    c += load<u32>(STATE_AT, 8);
    d += load<u32>(STATE_AT, 12);
    e += load<u32>(STATE_AT, 16);
    f += load<u32>(STATE_AT, 20);
    g += load<u32>(STATE_AT, 24);
    h += load<u32>(STATE_AT, 28);
    store<u32>(STATE_AT, a);
    store<u32>(STATE_AT, b, 4);
    store<u32>(STATE_AT, c, 8);
    store<u32>(STATE_AT, d, 12);
    store<u32>(STATE_AT, e, 16);
    store<u32>(STATE_AT, f, 20);
    store<u32>(STATE_AT, g, 24);
    store<u32>(STATE_AT, h, 28);
  }
}

/** Stores sixteen words of the schedule with the constants of their rounds added. */
function storeSchedule(round: usize, words0: v128, words1: v128, words2: v128, words3: v128): void {
  const to = SCHEDULE + round * 4;
  const constants = ROUND_CONSTANTS + round * 4;
  v128.store(to, i32x4.add(words0, v128.load(constants)));
  v128.store(to, i32x4.add(words1, v128.load(constants, 16)), 16);
  v128.store(to, i32x4.add(words2, v128.load(constants, 32)), 32);
  v128.store(to, i32x4.add(words3, v128.load(constants, 48)), 48);
}

/** The four words that follow the sixteen given. The last two depend on the first two. */
function nextWords(words0: v128, words1: v128, words2: v128, words3: v128): v128 {
  const zero = i32x4.splat(0);
  const back15 = i32x4.shuffle(words0, words1, 1, 2, 3, 4);
  const back7 = i32x4.shuffle(words2, words3, 1, 2, 3, 4);
  const sum = i32x4.add(i32x4.add(words0, back7), sigma0(back15));
  const low = sigma1(i32x4.shuffle(words3, words3, 2, 2, 3, 3));
  const first = i32x4.add(sum, i32x4.shuffle(low, zero, 0, 2, 4, 4));
  const high = sigma1(i32x4.shuffle(first, first, 0, 0, 1, 1));
  return i32x4.add(first, i32x4.shuffle(high, zero, 4, 4, 0, 2));
}

function sigma0(x: v128): v128 {
  const turned7 = v128.or(i32x4.shr_u(x, 7), i32x4.shl(x, 25));
  const turned18 = v128.or(i32x4.shr_u(x, 18), i32x4.shl(x, 14));
  return v128.xor(v128.xor(turned7, turned18), i32x4.shr_u(x, 3));
}

/** Of two words, each twice in its half, so that a shift of the half turns the word; lanes 0 and 2. */
function sigma1(twice: v128): v128 {
  const turned = v128.xor(i64x2.shr_u(twice, 17), i64x2.shr_u(twice, 19));
  return v128.xor(turned, i32x4.shr_u(twice, 10));
}

function bigEndian(words: v128): v128 {
  return i8x16.shuffle(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

function sum0(x: u32): u32 {
  return rotr(x, 2) ^ rotr(x, 13) ^ rotr(x, 22);
}

function sum1(x: u32): u32 {
  return rotr(x, 6) ^ rotr(x, 11) ^ rotr(x, 25);
}

function choose(x: u32, y: u32, z: u32): u32 {
  return z ^ (x & (y ^ z));
}

function majority(x: u32, y: u32, z: u32): u32 {
  return (x & y) | (z & (x | y));
}

const BLOCK_BYTES: u32 = 64;
const SCHEDULE: usize = SCHEDULE_AT;

/** §5.3.3. */
// deno-fmt-ignore
const START: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** §4.2.2. */
// deno-fmt-ignore
const ROUND_CONSTANTS: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
