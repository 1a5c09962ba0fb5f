// @ts-nocheck: AssemblyScript
/**
 * AES-GCM (NIST SP 800-38D §7) with 12-byte nonces. Counters 0 to 7 come in one pass: 0 is nobody's,
 * 1 masks the tag, the others take the first 96 bytes of the message.
 *
 * @module
 */
import { AAD_AT, CHUNK_AT, H_POWERS_OFFSET, KEY_AT, NONCE_AT } from "./aead_memory.ts";
import { expandAes, spreadAes } from "./aes.ts";
import { aesPass } from "./aes_pass.ts";
import { copy, sameTag, wipe } from "./bytes.ts";
import {
  ghashFinish,
  ghashFlush,
  ghashGroup,
  ghashPadded,
  ghashStart,
  loadH,
  raiseH,
} from "./ghash.ts";

/** Makes of the 16 (10 rounds) or 32 bytes (14) at `KEY_AT` what a key keeps, in their place. */
export function expandAesGcm(rounds: u32): void {
  expandAes(rounds);
  spreadAes(rounds);
  // H is the cipher of zeros: block 0 of nonce 0, counter 0.
  v128.store(COUNTER, i64x2.splat(0));
  wipe(CHUNK_AT, PASS_BYTES);
  aesPass(CHUNK_AT, CHUNK_AT, COUNTER, rounds);
  copy(KEY_AT + H_POWERS_OFFSET, CHUNK_AT, 16);
  raiseH();
  wipe(CHUNK_AT, PASS_BYTES);
}

/** Derives from the state at `KEY_AT` what sealing and opening work with. */
export function loadAesGcm(rounds: u32): void {
  spreadAes(rounds);
  loadH();
}

/**
 * Encrypts the `length` bytes at `from` to `to`, and writes the tag behind. Nonce and associated data
 * are at their places, the key was loaded. The two ranges are the same or apart.
 */
export function sealAesGcm(
  from: usize,
  to: usize,
  length: u32,
  aadLength: u32,
  rounds: u32,
): void {
  const first = firstPass(from, length, rounds);
  const mask = v128.load(CHUNK_AT, 16);
  copy(to, FIRST, first);
  ghashPadded(AAD_AT, aadLength);
  ghashPadded(to, first);
  let done = first;
  if (length - done >= PASS_BYTES) ghashFlush();
  for (; length - done >= PASS_BYTES; done += PASS_BYTES) {
    nextPass(from + done, to + done, rounds);
    ghashGroup(to + done);
  }
  if (done < length) {
    copy(CHUNK_AT, from + done, length - done);
    nextPass(CHUNK_AT, CHUNK_AT, rounds);
    copy(to + done, CHUNK_AT, length - done);
    ghashPadded(to + done, length - done);
  }
  v128.store(to + length, v128.xor(ghashFinish(aadLength, length), mask));
  wipe(CHUNK_AT, PASS_BYTES);
}

/**
 * Decrypts the `length` bytes at `from`, behind which is the tag, to `to`. Whether the tag is right;
 * when it is not, `to` is all zeros. The two ranges are the same or apart.
 */
export function openAesGcm(
  from: usize,
  to: usize,
  length: u32,
  aadLength: u32,
  rounds: u32,
): bool {
  const tag = v128.load(from + length);
  const first = firstPass(from, length, rounds);
  const mask = v128.load(CHUNK_AT, 16);
  ghashPadded(AAD_AT, aadLength);
  ghashPadded(from, first);
  copy(to, FIRST, first);
  let done = first;
  if (length - done >= PASS_BYTES) ghashFlush();
  for (; length - done >= PASS_BYTES; done += PASS_BYTES) {
    ghashGroup(from + done);
    nextPass(from + done, to + done, rounds);
  }
  if (done < length) {
    ghashPadded(from + done, length - done);
    copy(CHUNK_AT, from + done, length - done);
    nextPass(CHUNK_AT, CHUNK_AT, rounds);
    copy(to + done, CHUNK_AT, length - done);
  }
  const right = sameTag(tag, v128.xor(ghashFinish(aadLength, length), mask));
  if (!right) wipe(to, length);
  wipe(CHUNK_AT, PASS_BYTES);
  return right;
}

/** Starts a message; leaves the tag's mask in the chunk and, at `FIRST`, what the first bytes become. */
function firstPass(from: usize, length: u32, rounds: u32): u32 {
  ghashStart();
  store<u64>(COUNTER, load<u64>(NONCE_AT));
  store<u64>(COUNTER, load<u32>(NONCE_AT, 8), 8);
  counter = 0;
  const first = min<u32>(length, FIRST_BYTES);
  wipe(CHUNK_AT, PASS_BYTES - FIRST_BYTES);
  copy(FIRST, from, first);
  aesPass(CHUNK_AT, CHUNK_AT, COUNTER, rounds);
  return first;
}

function nextPass(from: usize, to: usize, rounds: u32): void {
  counter += 8;
  store<u32>(COUNTER, bswap(counter), 12);
  aesPass(from, to, COUNTER, rounds);
}

let counter: u32 = 0;
const COUNTER: usize = memory.data(16, 16);
const PASS_BYTES: u32 = 128;
const FIRST_BYTES: u32 = 96;
const FIRST: usize = CHUNK_AT + 32;
