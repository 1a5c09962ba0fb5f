// @ts-nocheck: AssemblyScript
/**
 * SHA-512 and SHA-384 (FIPS 180-4 §6.4, §6.5): one function with two starting values.
 *
 * @module
 */
import { forget } from "./hash_forget.ts";
import { DIGEST_AT, INPUT_AT, KEY_AT, SCHEDULE_AT, STATE_AT } from "./hash_memory.ts";

/** Leaves the SHA-512 of the first `length` bytes of the input, and forgets them. */
export function sha512(length: u32): void {
  start(START_512);
  hash(INPUT_AT, length, length);
  forget(length);
}

/** As {@link sha512}; the digest is the first 48 of the bytes left. */
export function sha384(length: u32): void {
  start(START_384);
  hash(INPUT_AT, length, length);
  forget(length);
}

/** Leaves the HMAC of the first `length` bytes of the input under the key, and forgets both. */
export function hmacSha512(length: u32): void {
  hmac(START_512, 64, length);
}

/** As {@link hmacSha512}; the code is the first 48 of the bytes left. */
export function hmacSha384(length: u32): void {
  hmac(START_384, 48, length);
}

/** Sets the chaining value to that of no message. */
export function sha512Start(): void {
  start(START_512);
}

export function sha384Start(): void {
  start(START_384);
}

/** Takes `blocks` blocks from the start of the input; SHA-384 too. */
export function sha512Blocks(blocks: u32): void {
  compress(INPUT_AT, blocks);
}

/** Leaves the hash of a message of `total` bytes, of which the last `pending` are the input. */
export function sha512Finish(pending: u32, total: f64): void {
  hash(INPUT_AT, pending, <u64> total);
}

function hmac(from: usize, digestBytes: u32, length: u32): void {
  const inner: usize = INPUT_AT - BLOCK_BYTES;
  xorKey(inner, 0x36);
  start(from);
  hash(inner, BLOCK_BYTES + length, BLOCK_BYTES + length);
  xorKey(inner, 0x5c);
  memory.copy(INPUT_AT, DIGEST_AT, digestBytes);
  start(from);
  hash(inner, BLOCK_BYTES + digestBytes, BLOCK_BYTES + digestBytes);
  forget(length);
}

function start(from: usize): void {
  memory.copy(STATE_AT, from, 64);
}

/** Takes the last `length` bytes of a message of `total` bytes, and what §5.1.2 pads it with. */
function hash(at: usize, length: u32, total: u64): void {
  const padded = (length + 16) / BLOCK_BYTES + 1;
  const end = at + padded * BLOCK_BYTES;
  memory.fill(at + length, 0, end - at - length);
  store<u8>(at + length, 0x80);
  store<u64>(end - 8, bswap<u64>(total << 3));
  compress(at, padded);
  for (let done: usize = 0; done < 64; done += 8) {
    store<u64>(<usize> DIGEST_AT + done, bswap(load<u64>(<usize> STATE_AT + done)));
  }
}

function xorKey(to: usize, byte: i8): void {
  const pad = i8x16.splat(byte);
  for (let done: u32 = 0; done < BLOCK_BYTES; done += 16) {
    v128.store(to + done, v128.xor(v128.load(KEY_AT + done), pad));
  }
}

function compress(at: usize, blocks: u32): void {
  let a = load<u64>(STATE_AT);
  let b = load<u64>(STATE_AT, 8);
  let c = load<u64>(STATE_AT, 16);
  let d = load<u64>(STATE_AT, 24);
  let e = load<u64>(STATE_AT, 32);
  let f = load<u64>(STATE_AT, 40);
  let g = load<u64>(STATE_AT, 48);
  let h = load<u64>(STATE_AT, 56);
  for (; blocks > 0; blocks--) {
    expand(at);
    at += BLOCK_BYTES;
    for (let words: usize = SCHEDULE; words < SCHEDULE + 640; words += 64) {
      h += sum1(e) + choose(e, f, g) + load<u64>(words);
      d += h;
      h += sum0(a) + majority(a, b, c);
      g += sum1(d) + choose(d, e, f) + load<u64>(words, 8);
      c += g;
      g += sum0(h) + majority(h, a, b);
      f += sum1(c) + choose(c, d, e) + load<u64>(words, 16);
      b += f;
      f += sum0(g) + majority(g, h, a);
      e += sum1(b) + choose(b, c, d) + load<u64>(words, 24);
      a += e;
      e += sum0(f) + majority(f, g, h);
      d += sum1(a) + choose(a, b, c) + load<u64>(words, 32);
      h += d;
      d += sum0(e) + majority(e, f, g);
      c += sum1(h) + choose(h, a, b) + load<u64>(words, 40);
      g += c;
      c += sum0(d) + majority(d, e, f);
      b += sum1(g) + choose(g, h, a) + load<u64>(words, 48);
      f += b;
      b += sum0(c) + majority(c, d, e);
      a += sum1(f) + choose(f, g, h) + load<u64>(words, 56);
      e += a;
      a += sum0(b) + majority(b, c, d);
    }
    a += load<u64>(STATE_AT);
    b += load<u64>(STATE_AT, 8);
    c += load<u64>(STATE_AT, 16);
    d += load<u64>(STATE_AT, 24);
    e += load<u64>(STATE_AT, 32);
    f += load<u64>(STATE_AT, 40);
    g += load<u64>(STATE_AT, 48);
    h += load<u64>(STATE_AT, 56);
    store<u64>(STATE_AT, a);
    store<u64>(STATE_AT, b, 8);
    store<u64>(STATE_AT, c, 16);
    store<u64>(STATE_AT, d, 24);
    store<u64>(STATE_AT, e, 32);
    store<u64>(STATE_AT, f, 40);
    store<u64>(STATE_AT, g, 48);
    store<u64>(STATE_AT, h, 56);
  }
}

/** Leaves the schedule of a block, with the constants of the rounds added. */
function expand(block: usize): void {
  for (let done: usize = 0; done < 128; done += 8) {
    store<u64>(SCHEDULE + done, bswap(load<u64>(block + done)));
  }
  for (let words: usize = SCHEDULE; words < SCHEDULE + 512; words += 8) {
    const sum = load<u64>(words) + sigma0(load<u64>(words, 8)) + load<u64>(words, 72);
    store<u64>(words, sum + sigma1(load<u64>(words, 112)), 128);
  }
  for (let done: usize = 0; done < 640; done += 16) {
    const words = v128.load(SCHEDULE + done);
    v128.store(SCHEDULE + done, i64x2.add(words, v128.load(ROUND_CONSTANTS + done)));
  }
}

function sigma0(x: u64): u64 {
  return rotr(x, 1) ^ rotr(x, 8) ^ (x >> 7);
}

function sigma1(x: u64): u64 {
  return rotr(x, 19) ^ rotr(x, 61) ^ (x >> 6);
}

function sum0(x: u64): u64 {
  return rotr(x, 28) ^ rotr(x, 34) ^ rotr(x, 39);
}

function sum1(x: u64): u64 {
  return rotr(x, 14) ^ rotr(x, 18) ^ rotr(x, 41);
}

function choose(x: u64, y: u64, z: u64): u64 {
  return z ^ (x & (y ^ z));
}

function majority(x: u64, y: u64, z: u64): u64 {
  return (x & y) | (z & (x | y));
}

const BLOCK_BYTES: u32 = 128;
const SCHEDULE: usize = SCHEDULE_AT;

/** §5.3.5. */
// deno-fmt-ignore
const START_512: usize = memory.data<u64>([
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
  0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
]);

/** §5.3.4. */
// deno-fmt-ignore
const START_384: usize = memory.data<u64>([
  0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
  0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
]);

/** §4.2.3. */
// deno-fmt-ignore
const ROUND_CONSTANTS: usize = memory.data<u64>([
  0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
  0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
  0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
  0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
  0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
  0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
  0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
  0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
  0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
  0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
  0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
  0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
  0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
  0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
  0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
  0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
  0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
  0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
  0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
  0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
]);
