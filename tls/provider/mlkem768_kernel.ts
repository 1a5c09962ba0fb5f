/**
 * ML-KEM-768 by WebAssembly (`kernels/mlkem768.ts`). The kernel's memory belongs to whoever runs now:
 * every function here fills it, calls and takes the result out; nothing secret stays behind.
 *
 * @module
 */
import * as kernel from "./kernels/mlkem768.wasm";
import {
  CIPHERTEXT_AT,
  CIPHERTEXT_BYTES,
  DECAPSULATION_KEY_AT,
  DECAPSULATION_KEY_BYTES,
  ENCAPSULATION_KEY_AT,
  ENCAPSULATION_KEY_BYTES,
  SECRET_AT,
  SEED_AT,
} from "./kernels/mlkem768_memory.ts";
import type { Kem } from "./parts.ts";

const memory = new Uint8Array(kernel.memory.buffer as ArrayBuffer);

export const mlKem768: Kem = Object.freeze({
  encapsulationKeyBytes: ENCAPSULATION_KEY_BYTES,
  ciphertextBytes: CIPHERTEXT_BYTES,

  keygen(seed: Uint8Array) {
    memory.set(seed, SEED_AT);
    kernel.keygen();
    const encapsulationKey = copyOf(ENCAPSULATION_KEY_AT, ENCAPSULATION_KEY_BYTES);
    const decapsulationKey = copyOf(DECAPSULATION_KEY_AT, DECAPSULATION_KEY_BYTES);
    memory.fill(0, DECAPSULATION_KEY_AT, DECAPSULATION_KEY_AT + DECAPSULATION_KEY_BYTES);
    return { encapsulationKey, decapsulationKey };
  },

  encapsulate(encapsulationKey: Uint8Array, message: Uint8Array) {
    if (encapsulationKey.length !== ENCAPSULATION_KEY_BYTES) return undefined;
    memory.set(encapsulationKey, ENCAPSULATION_KEY_AT);
    memory.set(message, SEED_AT);
    const isSound = kernel.encapsulate();
    const secret = takeSecret();
    if (!isSound) return undefined;
    return { ciphertext: copyOf(CIPHERTEXT_AT, CIPHERTEXT_BYTES), secret };
  },

  decapsulate(decapsulationKey: Uint8Array, ciphertext: Uint8Array) {
    if (decapsulationKey.length !== DECAPSULATION_KEY_BYTES) return undefined;
    if (ciphertext.length !== CIPHERTEXT_BYTES) return undefined;
    memory.set(decapsulationKey, DECAPSULATION_KEY_AT);
    memory.set(ciphertext, CIPHERTEXT_AT);
    const isSound = kernel.decapsulate();
    const secret = takeSecret();
    return isSound ? secret : undefined;
  },
});

function takeSecret(): Uint8Array {
  const secret = copyOf(SECRET_AT, 32);
  memory.fill(0, SECRET_AT, SECRET_AT + 32);
  return secret;
}

function copyOf(at: number, bytes: number): Uint8Array {
  return memory.slice(at, at + bytes);
}
