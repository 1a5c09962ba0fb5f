// @ts-nocheck: AssemblyScript
/**
 * AEAD_CHACHA20_POLY1305 (RFC 8439 §2.8). Blocks 0 to 3 of the keystream come in one pass: block 0 is
 * the Poly1305 key, the others take the first 192 bytes of the message, so that a short record needs
 * no second pass. While further passes make keystream, Poly1305 runs between their quarter rounds:
 * over the ciphertext of the pass before when sealing, over that of the same pass when opening.
 *
 * @module
 */
import { AAD_AT, CHACHA_STATE_AT, CHUNK_AT, CHUNK_BYTES, KEY_AT, NONCE_AT } from "./aead_memory.ts";
import { chacha20Passes } from "./chacha20_passes.ts";
import { copy, sameTag, wipe } from "./bytes.ts";
import { polyFinish, polyPadded, polyStart } from "./poly1305.ts";

/**
 * Encrypts the `length` bytes at `from` to `to`, and writes the tag behind. Key, nonce and associated
 * data are at their places. The two ranges are the same or apart.
 */
export function sealChacha20(from: usize, to: usize, length: u32, aadLength: u32): void {
  const first = firstPass(from, length);
  copy(to, FIRST, first);
  polyPadded(AAD_AT, aadLength);
  let hashed = to;
  const rest = length - first;
  const passes = rest >> 8;
  if (passes > 0) {
    chacha20Passes(from + first, to + first, hashed, passes, FIRST_BLOCKS);
    hashed += FIRST_BYTES + ((passes - 1) << 8);
  }
  const tail = rest & 0xff;
  if (tail > 0) {
    const done = length - tail;
    copy(CHUNK_AT, from + done, tail);
    chacha20Passes(CHUNK_AT, CHUNK_AT, hashed, 1, passes > 0 ? 16 : FIRST_BLOCKS);
    copy(to + done, CHUNK_AT, tail);
    hashed = to + done;
  }
  polyPadded(hashed, <u32> (to + length - hashed));
  polyFinish(aadLength, length, to + length);
  wipe(CHUNK_AT, CHUNK_BYTES);
}

/**
 * Decrypts the `length` bytes at `from`, behind which is the tag, to `to`. Whether the tag is right;
 * when it is not, `to` is all zeros. The two ranges are the same or apart.
 */
export function openChacha20(from: usize, to: usize, length: u32, aadLength: u32): bool {
  const tag = v128.load(from + length);
  const first = firstPass(from, length);
  polyPadded(AAD_AT, aadLength);
  polyPadded(from, first);
  copy(to, FIRST, first);
  const rest = length - first;
  const passes = rest >> 8;
  if (passes > 0) chacha20Passes(from + first, to + first, from + first, passes, 16);
  const tail = rest & 0xff;
  if (tail > 0) {
    const done = length - tail;
    const blocks = (tail >> 5) << 1;
    copy(CHUNK_AT, from + done, tail);
    chacha20Passes(CHUNK_AT, CHUNK_AT, from + done, 1, blocks);
    polyPadded(from + done + (blocks << 4), tail - (blocks << 4));
    copy(to + done, CHUNK_AT, tail);
  }
  polyFinish(aadLength, length, CHUNK_AT);
  const right = sameTag(tag, v128.load(CHUNK_AT));
  if (!right) wipe(to, length);
  wipe(CHUNK_AT, CHUNK_BYTES);
  return right;
}

/** Starts Poly1305, and leaves at `FIRST` what the first bytes become; says how many they are. */
function firstPass(from: usize, length: u32): u32 {
  start();
  const first = min<u32>(length, FIRST_BYTES);
  wipe(CHUNK_AT, BLOCK_BYTES);
  copy(FIRST, from, first);
  chacha20Passes(CHUNK_AT, CHUNK_AT, CHUNK_AT, 1, 0);
  polyStart(CHUNK_AT);
  return first;
}

/** RFC 8439 §2.3: constants, key, counter, nonce; the counters of four blocks are 0 to 3. */
function start(): void {
  v128.store(CHACHA_STATE_AT, i32x4.splat(0x61707865));
  v128.store(CHACHA_STATE_AT, i32x4.splat(0x3320646e), 16);
  v128.store(CHACHA_STATE_AT, i32x4.splat(0x79622d32), 32);
  v128.store(CHACHA_STATE_AT, i32x4.splat(0x6b206574), 48);
  for (let word: usize = 0; word < 32; word += 4) {
    v128.store(CHACHA_STATE_AT + 4 * word, v128.load32_splat(KEY_AT + word), 64);
  }
  v128.store(CHACHA_STATE_AT, i32x4(0, 1, 2, 3), 192);
  for (let word: usize = 0; word < 12; word += 4) {
    v128.store(CHACHA_STATE_AT + 4 * word, v128.load32_splat(NONCE_AT + word), 208);
  }
}

const BLOCK_BYTES: u32 = 64;
const FIRST: usize = CHUNK_AT + BLOCK_BYTES;
const FIRST_BYTES: u32 = CHUNK_BYTES - BLOCK_BYTES;
const FIRST_BLOCKS: u32 = FIRST_BYTES >> 4;
