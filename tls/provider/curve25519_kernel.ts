/**
 * X25519 by WebAssembly (`kernels/curve25519.ts`). The kernel's memory belongs to whoever runs now:
 * every function here fills it, calls and takes the result out; the kernel overwrites the secret.
 *
 * @module
 */
import * as kernel from "./kernels/curve25519.wasm";
import { POINT_AT, RESULT_AT, SECRET_AT } from "./kernels/curve25519_memory.ts";

const memory = new Uint8Array(kernel.memory.buffer as ArrayBuffer);

/** The function of RFC 7748 §5. */
export const x25519 = Object.freeze({
  /** The public key, 32 bytes, of a secret of 32 bytes. */
  publicKey(secret: Uint8Array): Uint8Array {
    memory.set(secret, SECRET_AT);
    kernel.x25519Base();
    return result();
  },

  /** X25519(`secret`, `point`), both of 32 bytes; all zero when the point is of low order. */
  shared(secret: Uint8Array, point: Uint8Array): Uint8Array {
    memory.set(secret, SECRET_AT);
    memory.set(point, POINT_AT);
    kernel.x25519();
    return result();
  },
});

/** Hands out 32 bytes and forgets them. */
function result(): Uint8Array {
  const bytes = memory.slice(RESULT_AT, RESULT_AT + 32);
  memory.fill(0, RESULT_AT, RESULT_AT + 32);
  return bytes;
}
