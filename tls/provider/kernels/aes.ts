// @ts-nocheck: AssemblyScript
/**
 * AES keys (FIPS 197 §5.2): expanded once in the usual form, which is what a key keeps, and spread
 * over bits each time it is loaded.
 *
 * @module
 */
import { AES_KEYS_AT, KEY_AT } from "./aead_memory.ts";
import { subBytes } from "./aes_pass.ts";

/** Round keys from the 16 or 32 bytes at `KEY_AT`, in their place. */
export function expandAes(rounds: u32): void {
  const words: u32 = rounds - 6;
  const end: u32 = 4 * (rounds + 1);
  let roundConstant: u32 = 1;
  for (let word = words; word < end; word++) {
    let last = load<u32>(KEY_AT + 4 * word - 4);
    if (word % words === 0) {
      // RotWord in little-endian order.
      last = subWord(rotr(last, 8)) ^ roundConstant;
      roundConstant = (roundConstant << 1) ^ ((roundConstant >> 7) * 0x11b);
    } else if (words > 6 && word % words === 4) last = subWord(last);
    store<u32>(KEY_AT + 4 * word, load<u32>(KEY_AT + 4 * (word - words)) ^ last);
  }
}

function subWord(word: u32): u32 {
  return i32x4.extract_lane(subBytes(i32x4.splat(word)), 0);
}

/**
 * Spreads the round keys at `KEY_AT` for `aesPass`: byte p of vector i is all ones where bit i of key
 * byte p is set. The S-box leaves its constant 63 to the keys of all rounds; the first key brings
 * the three low bits by which eight counters differ.
 */
export function spreadAes(rounds: u32): void {
  for (let round: u32 = 0; round <= rounds; round++) {
    let key = v128.load(KEY_AT + 16 * round);
    if (round > 0) key = v128.xor(key, i8x16.splat(0x63));
    for (let bit: u32 = 0; bit < 8; bit++) {
      const mask = i8x16.splat(<i8> <i32> (1 << bit));
      v128.store(AES_KEYS_AT + 128 * round + 16 * bit, i8x16.eq(v128.and(key, mask), mask));
    }
  }
  spreadCounters();
}

/** Block k's counter is k more: bit i of k, for all k, is a byte. */
function spreadCounters(): void {
  store<u8>(AES_KEYS_AT + 15, load<u8>(AES_KEYS_AT + 15) ^ 0b10101010);
  store<u8>(AES_KEYS_AT + 31, load<u8>(AES_KEYS_AT + 31) ^ 0b11001100);
  store<u8>(AES_KEYS_AT + 47, load<u8>(AES_KEYS_AT + 47) ^ 0b11110000);
}
