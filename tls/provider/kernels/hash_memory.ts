/**
 * How the memory of the hash kernel is divided; TypeScript and AssemblyScript at once. It never
 * grows, since growing would detach every view of it.
 *
 *     0          constants of the module
 *     0x1000     digest, chaining value, HMAC key, message schedule
 *     0x2000     input, with a block of room in front of it (HMAC) and two behind it (padding)
 *     128 KiB    end
 *
 * @module
 */

/** Where a digest is left: at most 64 bytes. */
export const DIGEST_AT = 0x1000;
/** What is overwritten after a call on whole messages: chaining value, key, schedule. */
export const WORK_AT = 0x1040;
export const WORK_BYTES = 0x340;
/** The chaining value, as words of the machine's byte order: 32 bytes of SHA-256, 64 of SHA-512. */
export const STATE_AT = 0x1040;
/** The key of HMAC, at most one block; zeros between calls. */
export const KEY_AT = 0x1080;
export const SCHEDULE_AT = 0x1100;
export const INPUT_AT = 0x2000;
export const INPUT_BYTES = 0x10000;
export const HASH_MEMORY_BYTES = 0x20000;
