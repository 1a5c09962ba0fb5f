/**
 * How the memory of the Curve25519 kernel is divided; TypeScript and AssemblyScript at once. It never
 * grows, since growing would detach every view of it.
 *
 *     0          constants of the module
 *     0x1000     what goes in and comes out
 *     0x1100     secrets under way: field elements, digits; overwritten after each call
 *     0x4000     multiples of the base point, and what they are made of
 *     128 KiB    end
 *
 * @module
 */

export const SECRET_AT = 0x1000;
export const POINT_AT = 0x1020;
export const RESULT_AT = 0x1040;
/** The second half of a signature (RFC 8032 §5.1.6, S), 32 bytes; the first is at `RESULT_AT`. */
export const RESPONSE_AT = 0x1060;
/** SHA-512 of prefix and message, and of R, A and message, 64 bytes each. */
export const NONCE_AT = 0x1080;
export const CHALLENGE_AT = 0x10c0;
export const WORK_AT = 0x1100;
export const WORK_BYTES = 0x2f00;
export const BASE_TABLE_AT = 0x4000;
export const CURVE25519_MEMORY_BYTES = 0x20000;
