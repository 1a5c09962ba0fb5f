/**
 * The secret half of RSA by WebAssembly (`kernels/rsa.ts`), in constant time. Slower than BigInt, which
 * has the machine's 128-bit products; BigInt's time tells about its numbers.
 *
 * @module
 */
import { BASE_AT, EXPONENT_AT, MODULUS_AT, POWER_AT, RSA_BYTES_MAX } from "./kernels/rsa_memory.ts";
import * as kernel from "./kernels/rsa.wasm";
import type { SecretPower } from "./parts.ts";
import { modPow, toBigInt, toBytes } from "./rsa.ts";

const memory = new Uint8Array(kernel.memory.buffer as ArrayBuffer);

/**
 * `base` to the power of `exponent`, in a time that the modulus's length decides. The exponent is no
 * longer than the modulus, which is odd. Moduli above 4096 bits, which only keys of unequal primes
 * have, are left to BigInt.
 */
export const kernelPower: SecretPower = (base, exponent, modulus) => {
  const bytes = Math.ceil(modulus.toString(16).length / 2);
  if (bytes > RSA_BYTES_MAX) return modPow(base, exponent, modulus);
  place(BASE_AT, base % modulus, bytes);
  place(EXPONENT_AT, exponent, bytes);
  place(MODULUS_AT, modulus, bytes);
  kernel.power(bytes);
  const power = toBigInt(memory.subarray(POWER_AT, POWER_AT + bytes));
  memory.fill(0, POWER_AT, POWER_AT + bytes);
  return power;
};

function place(at: number, value: bigint, bytes: number): void {
  const encoded = toBytes(value, bytes);
  memory.set(encoded, at);
  encoded.fill(0);
}
