/**
 * X25519 and Ed25519 by WebAssembly (`kernels/curve25519.ts`). The kernel's memory belongs to whoever
 * runs now: every function here fills it, calls and takes the result out; nothing secret stays behind.
 *
 * @module
 */
import { kernelHashes } from "./hash_kernel.ts";
import * as kernel from "./kernels/curve25519.wasm";
import {
  CHALLENGE_AT,
  NONCE_AT,
  POINT_AT,
  RESULT_AT,
  SECRET_AT,
} from "./kernels/curve25519_memory.ts";
import type { Ed25519, X25519 } from "./parts.ts";

const memory = new Uint8Array(kernel.memory.buffer as ArrayBuffer);

export const x25519: X25519 = Object.freeze({
  publicKey(secret: Uint8Array): Uint8Array {
    memory.set(secret, SECRET_AT);
    kernel.x25519Base();
    return takeResult();
  },

  shared(secret: Uint8Array, point: Uint8Array): Uint8Array {
    memory.set(secret, SECRET_AT);
    memory.set(point, POINT_AT);
    kernel.x25519();
    return takeResult();
  },
});

/**
 * Verifies by RFC 8032 §5.1.7 with the strict reading: encodings are canonical, S is below the order,
 * and public keys of small order are refused.
 */
export const ed25519: Ed25519 = Object.freeze({
  publicKey: (secret: Uint8Array) => keyOf(secret).publicKey.slice(),

  sign(secret: Uint8Array, message: Uint8Array): Uint8Array {
    const key = keyOf(secret);
    const nonce = sha512.digest(key.prefix, message);
    memory.set(nonce, NONCE_AT);
    nonce.fill(0);
    kernel.ed25519Commit();
    const commitment = memory.slice(RESULT_AT, RESULT_AT + 32);
    memory.set(sha512.digest(commitment, key.publicKey, message), CHALLENGE_AT);
    memory.set(key.scalar, SECRET_AT);
    kernel.ed25519Respond();
    return memory.slice(RESULT_AT, RESULT_AT + 64);
  },

  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const commitment = signature.subarray(0, 32);
    memory.set(publicKey, POINT_AT);
    memory.set(signature, RESULT_AT);
    memory.set(sha512.digest(commitment, publicKey, message), CHALLENGE_AT);
    return kernel.ed25519Verify() !== 0;
  },
});

const { sha512 } = kernelHashes;

/** What RFC 8032 §5.1.5 makes of a secret. */
interface Key {
  readonly scalar: Uint8Array;
  readonly prefix: Uint8Array;
  readonly publicKey: Uint8Array;
}

/**
 * Public keys of the secrets in use, by the very bytes: half of a signature's time. A secret that was
 * overwritten gives another scalar and so is made a key of anew: signing with the public key of
 * another secret would give the secret away.
 */
const keys = new WeakMap<Uint8Array, Key>();

function keyOf(secret: Uint8Array): Key {
  const expanded = sha512.digest(secret);
  expanded[0] &= 248;
  expanded[31] = expanded[31] & 127 | 64;
  const known = keys.get(secret);
  const scalar = expanded.subarray(0, 32);
  if (known !== undefined && isEqual(known.scalar, scalar)) {
    expanded.fill(0);
    return known;
  }
  memory.set(scalar, SECRET_AT);
  kernel.ed25519PublicKey();
  const key = { scalar, prefix: expanded.subarray(32), publicKey: takeResult() };
  keys.set(secret, key);
  return key;
}

/** Takes the same time wherever they differ. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (let at = 0; at < 32; at++) difference |= a[at] ^ b[at];
  return difference === 0;
}

/** Hands out 32 bytes and forgets them. */
function takeResult(): Uint8Array {
  const bytes = memory.slice(RESULT_AT, RESULT_AT + 32);
  memory.fill(0, RESULT_AT, RESULT_AT + 32);
  return bytes;
}
