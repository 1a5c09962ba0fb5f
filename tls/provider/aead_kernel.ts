/**
 * AEADs by a WebAssembly module (`kernels/`) with memory of its own: ChaCha20-Poly1305 and AES-GCM.
 * One per isolate. A message in a buffer of {@link kernelBuffers} is worked on where it lies; any
 * other is copied in and out.
 *
 * The module holds one key at a time, that of the last call; each key keeps its few hundred bytes
 * itself. No function here waits, so nobody else runs between loading a key and using it.
 *
 * @module
 */
import { MemoryPool } from "./buffer_pool.ts";
import * as kernel from "./kernels/aead.wasm";
import {
  AAD_AT,
  AAD_BYTES,
  AES_STATE_BYTES,
  KEY_AT,
  MESSAGE_AT,
  MESSAGE_BYTES,
  NONCE_AT,
  POOL_AT,
  STATE_AT,
  STATE_BYTES,
} from "./kernels/aead_memory.ts";
import type { Aead, AeadKey, BufferPool } from "./provider.ts";

/** AEAD_CHACHA20_POLY1305 (RFC 8439). */
export const chacha20Poly1305: KernelAead = aead({
  keyBytes: 32,
  expandedBytes: 32,
  expand: () => {},
  load: () => {},
  seal: kernel.sealChacha20,
  open: (from, to, length, aadLength) => kernel.openChacha20(from, to, length, aadLength) !== 0,
});

/** AEAD_AES_128_GCM (RFC 5116 §5.1). */
export const aes128Gcm: KernelAead = aead(aesGcm(16, 10));

/** AEAD_AES_256_GCM (RFC 5116 §5.2). */
export const aes256Gcm: KernelAead = aead(aesGcm(32, 14));

const memory = new Uint8Array(kernel.memory.buffer as ArrayBuffer);

/** The module's memory: for handshake messages, for a record, for a batch of 16 records. */
export const kernelBuffers: BufferPool = new MemoryPool(memory, POOL_AT, [
  { bytes: 4 * 1024, count: 1024 },
  { bytes: 18 * 1024, count: 512 },
  { bytes: 272 * 1024, count: 120 },
]);

/** An AEAD whose keys can also seal from one place to another. */
export interface KernelAead extends Aead {
  load(key: Uint8Array): KernelKey;
}

/** What the module does for one AEAD; addresses and lengths are within its memory. */
interface Cipher {
  readonly keyBytes: number;
  /** What a key keeps. */
  readonly expandedBytes: number;
  /** Makes of the key, at its place, what a key keeps. */
  expand(): void;
  /** Prepares to work with what is at the key's place. */
  load(): void;
  seal(from: number, to: number, length: number, aadLength: number): void;
  open(from: number, to: number, length: number, aadLength: number): boolean;
}

function aesGcm(keyBytes: number, rounds: number): Cipher {
  return {
    keyBytes,
    expandedBytes: AES_STATE_BYTES,
    expand: () => kernel.expandAesGcm(rounds),
    load: () => kernel.loadAesGcm(rounds),
    seal: (from, to, length, aadLength) => kernel.sealAesGcm(from, to, length, aadLength, rounds),
    open: (from, to, length, aadLength) =>
      kernel.openAesGcm(from, to, length, aadLength, rounds) !== 0,
  };
}

function aead(cipher: Cipher): KernelAead {
  return {
    keyBytes: cipher.keyBytes,
    load: (key) => new KernelKey(cipher, key),
  };
}

/** The key that the module's state was derived from last. */
let loaded: KernelKey | undefined;

/** Keys and nonces of a wrong length, and messages too long or outside the pool, throw a `RangeError`. */
class KernelKey implements AeadKey {
  readonly #cipher: Cipher;
  #expanded: Uint8Array | undefined;

  constructor(cipher: Cipher, key: Uint8Array) {
    if (key.length !== cipher.keyBytes) {
      throw new RangeError(`Key has ${key.length} bytes, not ${cipher.keyBytes}`);
    }
    this.#cipher = cipher;
    loaded = undefined;
    memory.set(key, KEY_AT);
    cipher.expand();
    this.#expanded = memory.slice(KEY_AT, KEY_AT + cipher.expandedBytes);
  }

  seal(nonce: Uint8Array, aad: Uint8Array, bytes: Uint8Array): void {
    const length = bodyLength(bytes);
    this.#prepare(nonce, aad);
    const at = placeOf(bytes);
    this.#cipher.seal(at, at, length, aad.length);
    if (at === MESSAGE_AT) bytes.set(memory.subarray(at, at + bytes.length));
  }

  /**
   * Encrypts `plaintext` into `bytes`, which is 16 bytes longer. Without a copy when both came from
   * the provider's `buffers` and do not overlap.
   */
  sealFrom(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, bytes: Uint8Array): void {
    const length = bodyLength(bytes);
    if (plaintext.length !== length) {
      throw new RangeError(`Plaintext has ${plaintext.length} bytes, its place ${length}`);
    }
    if (!isInside(plaintext) || !isInside(bytes) || overlap(plaintext, bytes)) {
      bytes.set(plaintext);
      this.seal(nonce, aad, bytes);
      return;
    }
    this.#prepare(nonce, aad);
    this.#cipher.seal(placeOf(plaintext), placeOf(bytes), length, aad.length);
  }

  /** As {@link AeadKey.open}; when the tag is wrong, `bytes` are zeros in front of it. */
  open(nonce: Uint8Array, aad: Uint8Array, bytes: Uint8Array): boolean {
    if (bytes.length < TAG_BYTES) return false;
    const length = bytes.length - TAG_BYTES;
    this.#prepare(nonce, aad);
    const at = placeOf(bytes);
    const right = this.#cipher.open(at, at, length, aad.length);
    if (at === MESSAGE_AT) {
      bytes.set(memory.subarray(at, at + length));
      memory.fill(0, at, at + length);
    }
    return right;
  }

  destroy(): void {
    this.#expanded?.fill(0);
    this.#expanded = undefined;
    // Whichever key is loaded, what an earlier one left may lie beside it.
    memory.fill(0, STATE_AT, STATE_AT + STATE_BYTES);
    loaded = undefined;
  }

  #prepare(nonce: Uint8Array, aad: Uint8Array): void {
    if (this.#expanded === undefined) throw new Error("Key was destroyed");
    if (nonce.length !== NONCE_BYTES) {
      throw new RangeError(`Nonce has ${nonce.length} bytes, not ${NONCE_BYTES}`);
    }
    if (aad.length > AAD_BYTES) {
      throw new RangeError(`Associated data of ${aad.length} bytes is longer than ${AAD_BYTES}`);
    }
    if (loaded !== this) {
      memory.set(this.#expanded, KEY_AT);
      this.#cipher.load();
      loaded = this;
    }
    place(nonce, NONCE_AT);
    place(aad, AAD_AT);
  }
}

/** A few bytes are faster one by one than through `set`. */
function place(bytes: Uint8Array, at: number): void {
  if (bytes.length > 32) memory.set(bytes, at);
  else for (let index = 0; index < bytes.length; index++) memory[at + index] = bytes[index];
}

function bodyLength(bytes: Uint8Array): number {
  if (bytes.length < TAG_BYTES) {
    throw new RangeError(`Message of ${bytes.length} bytes has no place for its tag`);
  }
  return bytes.length - TAG_BYTES;
}

function isInside(bytes: Uint8Array): boolean {
  return bytes.buffer === memory.buffer;
}

function overlap(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteOffset < b.byteOffset + b.length && b.byteOffset < a.byteOffset + a.length;
}

/** The address of `bytes`; of their copy, `MESSAGE_AT`, when they are not in the pool. */
function placeOf(bytes: Uint8Array): number {
  if (isInside(bytes)) {
    const at = bytes.byteOffset;
    if (at < POOL_AT || at + bytes.length > MESSAGE_AT) {
      throw new RangeError(`Message of ${bytes.length} bytes at ${at} is outside the pool`);
    }
    return at;
  }
  if (bytes.length > MESSAGE_BYTES) {
    throw new RangeError(`Message of ${bytes.length} bytes is longer than ${MESSAGE_BYTES}`);
  }
  memory.set(bytes, MESSAGE_AT);
  return MESSAGE_AT;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
