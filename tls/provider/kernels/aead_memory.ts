/**
 * How the AEAD kernel's memory is divided; TypeScript and AssemblyScript at once. It is reserved when
 * the module loads and never grows, since growing would detach every view of it. What is not touched
 * costs no memory of the machine.
 *
 *     0           constants of the module
 *     64 KiB      state: the key loaded last and what is derived from it, one message's working values
 *     128 KiB     associated data
 *     2 MiB       pool: buffers of three sizes
 *     48 MiB      a message from other memory, which may be a whole batch of a log
 *     114 MiB     end
 *
 * @module
 */

/** What is secret and goes with the key. */
export const STATE_AT = 0x10000;
export const STATE_BYTES = 0x2000;
/** The key: 32 bytes for ChaCha20; AES round keys and powers of H in {@link AES_STATE_BYTES}. */
export const KEY_AT = 0x10000;
/** 15 round keys of 16 bytes, of which AES-128 uses 11; then H to H⁸. */
export const AES_STATE_BYTES = 368;
export const H_POWERS_OFFSET = 240;
export const NONCE_AT = 0x10200;
/** One pass of keystream, or the message's bytes that fill no pass. */
export const CHUNK_AT = 0x10300;
export const CHUNK_BYTES = 256;
/** ChaCha20's 16 words, each for four blocks at once. */
export const CHACHA_STATE_AT = 0x10400;
/** Poly1305: r, s (RFC 8439 §2.5), 5/4 r and the accumulator, one u64 a limb. */
export const POLY_AT = 0x10500;
/** GHASH: the running value, then blocks that wait for their group. */
export const GHASH_AT = 0x10600;
export const GHASH_BUFFER_AT = 0x10610;
export const GHASH_PRODUCT_AT = 0x106a0;
/** 15 round keys of 8 vectors, one a bit. */
export const AES_KEYS_AT = 0x10800;
/** The tables of H⁸ down to H, 256 bytes each; three of zeros follow. */
export const GHASH_TABLES_AT = 0x11000;

export const AAD_AT = 0x20000;
export const AAD_BYTES = 0x20000;
export const POOL_AT = 0x200000;
export const MESSAGE_AT = 0x3000000;
export const MESSAGE_BYTES = 0x4200000;
export const AEAD_MEMORY_BYTES = 0x7200000;
