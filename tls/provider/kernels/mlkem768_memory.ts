/**
 * How the memory of the ML-KEM-768 kernel is divided; TypeScript and AssemblyScript at once. It never
 * grows, since growing would detach every view of it.
 *
 *     0          constants of the module
 *     0x1000     what goes in and comes out
 *     0x3000     secrets under way: sponge, polynomials; overwritten after each call
 *     0x5000     tables, made on first use
 *     64 KiB     end
 *
 * @module
 */

/** d and z of key generation (FIPS 203 algorithm 16), 64 bytes; m of encapsulation, 32. */
export const SEED_AT = 0x1000;
export const SECRET_AT = 0x1040;
/** The encapsulation key lies where it lies within the decapsulation key. */
export const DECAPSULATION_KEY_AT = 0x1080;
export const ENCAPSULATION_KEY_AT = 0x1500;
export const CIPHERTEXT_AT = 0x1a00;
export const WORK_AT = 0x3000;
export const WORK_BYTES = 0x2000;
export const TABLES_AT = 0x5000;
export const MLKEM768_MEMORY_BYTES = 0x10000;

export const ENCAPSULATION_KEY_BYTES = 1184;
export const DECAPSULATION_KEY_BYTES = 2400;
export const CIPHERTEXT_BYTES = 1088;
