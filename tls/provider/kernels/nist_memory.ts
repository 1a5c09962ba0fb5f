/**
 * How the memory of a curve's kernel is divided; TypeScript and AssemblyScript at once. Values
 * outside are big-endian with `VALUE_BYTES` bytes: 32 for P-256, 48 for P-384, 66 for P-521.
 *
 *     0           constants of the module
 *     8 KiB       scalars, digests and points, in and out
 *     9 KiB       numbers at work; wipe() overwrites from 8 to 16 KiB
 *     32 KiB      multiples of a peer's point
 *     64 KiB      points on their way to affine coordinates
 *     128 KiB     multiples of the generator
 *     448 KiB     end
 *
 * @module
 */

/** A private key. */
export const SCALAR_AT = 0x2000;
/** The nonce of a signature. */
export const NONCE_AT = 0x2050;
/** What is signed: the leftmost `VALUE_BYTES` of the hash. */
export const DIGEST_AT = 0x20a0;
/** A point in affine coordinates, x and then y; of a shared secret, x only. */
export const POINT_AT = 0x20f0;
/** A signature, r and then s. */
export const SIGNATURE_AT = 0x2180;

/** Where the numbers at work begin: one each 160 bytes. */
export const SLOTS_AT = 0x2400;
export const SECRETS_AT = 0x2000;
export const SECRETS_BYTES = 0x2000;
export const ROW_AT = 0x8000;
export const JACOBIANS_AT = 0x10000;
export const TABLE_AT = 0x20000;
export const NIST_MEMORY_BYTES = 0x70000;
