/**
 * How the memory of the RSA kernel is divided; TypeScript and AssemblyScript at once. Numbers in and
 * out are big-endian and as long as the modulus, at most 512 bytes.
 *
 *     4 KiB       base, exponent, modulus, result
 *     8 KiB       numbers at work, one each 768 bytes: 27 bits in 32, and zeros after the last
 *     16 KiB      powers of the base
 *     64 KiB      end
 *
 * @module
 */

export const RSA_BYTES_MAX = 512;
export const BASE_AT = 0x1000;
export const EXPONENT_AT = 0x1200;
export const MODULUS_AT = 0x1400;
export const POWER_AT = 0x1600;
export const NUMBERS_AT = 0x2000;
export const NUMBER_BYTES = 0x300;
/** Sums of products, 64 bits each. */
export const SUMS_AT = 0x3400;
export const POWERS_AT = 0x4000;
export const RSA_MEMORY_BYTES = 0x10000;
