/**
 * ChaCha20-Poly1305 (RFC 8439) and AES-GCM (NIST SP 800-38D), from noble. In place by copying.
 *
 * @module
 */
import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import type { Aead, AeadKey, BufferPool } from "./provider.ts";

export const chacha20Poly1305: Aead = aead(32, chacha20poly1305);
export const aes128Gcm: Aead = aead(16, gcm);
export const aes256Gcm: Aead = aead(32, gcm);

/** Memory like any other: noble copies anyway. */
export const plainBuffers: BufferPool = {
  take: (bytes) => new Uint8Array(bytes),
  give() {},
};

type NobleAead = typeof gcm | typeof chacha20poly1305;

function aead(keyBytes: number, noble: NobleAead): Aead {
  return {
    keyBytes,
    load(key) {
      if (key.length !== keyBytes) {
        throw new RangeError(`AEAD key is ${key.length} bytes, not ${keyBytes}`);
      }
      return loaded(noble, key.slice());
    },
  };
}

function loaded(noble: NobleAead, key: Uint8Array): AeadKey {
  return {
    seal(nonce, aad, bytes) {
      checkNonce(nonce);
      if (bytes.length < TAG_BYTES) {
        throw new RangeError(`Buffer is ${bytes.length} bytes, which the tag does not fit in`);
      }
      bytes.set(noble(key, nonce, aad).encrypt(bytes.subarray(0, -TAG_BYTES)));
    },
    open(nonce, aad, bytes) {
      checkNonce(nonce);
      if (bytes.length < TAG_BYTES) return false;
      let plaintext;
      try {
        plaintext = noble(key, nonce, aad).decrypt(bytes);
      } catch {
        return false;
      }
      bytes.set(plaintext);
      return true;
    },
    destroy() {
      key.fill(0);
    },
  };
}

function checkNonce(nonce: Uint8Array): void {
  if (nonce.length === NONCE_BYTES) return;
  throw new RangeError(`Nonce is ${nonce.length} bytes, not ${NONCE_BYTES}`);
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
