// @ts-nocheck: AssemblyScript
/**
 * AES on eight blocks at once. The compiler sees the text that scripts/kernels/aes_pass.ts writes in
 * place of this file.
 *
 * @module
 */

/**
 * Encrypts the counter block at `counter`, whose last three bits are zero, and the seven after it,
 * and writes their sum with the 128 bytes at `from` to `to`. `rounds` is 10, 12 or 14; the round
 * keys are at `AES_KEYS_AT` as `loadAes` leaves them.
 */
export declare function aesPass(from: usize, to: usize, counter: usize, rounds: u32): void;

/** SubBytes of the 16 bytes of a vector (FIPS 197 §5.1.1). */
export declare function subBytes(bytes: v128): v128;
