// @ts-nocheck: AssemblyScript
/**
 * Random UUIDv4s for messages that come without an id (CLASSIC.md section 6.1), from xoshiro256**
 * (Blackman and Vigna 2018): unique is enough, nobody trusts an id to be secret.
 *
 * @module
 */

/** Starts the sequence; the four words are 32 unpredictable bytes. */
export function seedIds(word0: u64, word1: u64, word2: u64, word3: u64): void {
  state0 = word0;
  state1 = word1;
  state2 = word2;
  state3 = word3;
}

/** Writes the next id, a u128, to `to`. RFC 9562 section 5.4: version in bits 76 to 79, variant in 62 and 63. */
export function storeNextId(to: u32): void {
  store<u64>(to, (nextWord() & 0x3fffffffffffffff) | 0x8000000000000000);
  store<u64>(to, (nextWord() & 0xffffffffffff0fff) | 0x4000, 8);
}

function nextWord(): u64 {
  const result = rotl<u64>(state1 * 5, 7) * 9;
  const shifted = state1 << 17;
  state2 ^= state0;
  state3 ^= state1;
  state1 ^= state2;
  state0 ^= state3;
  state2 ^= shifted;
  state3 = rotl<u64>(state3, 45);
  return result;
}

let state0: u64 = 0;
let state1: u64 = 0;
let state2: u64 = 0;
let state3: u64 = 0;
