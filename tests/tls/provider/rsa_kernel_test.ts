import { assert, assertEquals } from "@std/assert";
import {
  BASE_AT,
  NUMBERS_AT,
  POWER_AT,
  RSA_MEMORY_BYTES,
} from "../../../tls/provider/kernels/rsa_memory.ts";
import * as kernel from "../../../tls/provider/kernels/rsa.wasm";
import { modPow, toBigInt } from "../../../tls/provider/rsa.ts";
import { kernelPower } from "../../../tls/provider/rsa_kernel.ts";

/** A number of exactly so many bits. */
function randomNumber(bits: number): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(Math.ceil(bits / 8)));
  return BigInt.asUintN(bits, toBigInt(bytes)) | (1n << BigInt(bits - 1));
}

function assertSame(base: bigint, exponent: bigint, modulus: bigint): void {
  const what = `${base} ^ ${exponent} mod ${modulus}`;
  assertEquals(kernelPower(base, exponent, modulus), modPow(base, exponent, modulus), what);
}

Deno.test("kernelPower() equals BigInt's for moduli of all lengths up to 40 bytes", () => {
  for (let bits = 2; bits <= 320; bits++) {
    const modulus = randomNumber(bits) | 1n;
    assertSame(randomNumber(bits), randomNumber(bits) % modulus, modulus);
  }
});

Deno.test("kernelPower() equals BigInt's for the primes' lengths that keys have", () => {
  for (const bits of [1024, 1536, 2048, 4096]) {
    for (const length of [bits - 7, bits - 1, bits]) {
      const modulus = randomNumber(length) | 1n;
      assertSame(randomNumber(2 * length), randomNumber(length) % modulus, modulus);
    }
  }
});

Deno.test("kernelPower() equals BigInt's where limbs are full or empty", () => {
  const one = 1n;
  for (const bits of [26n, 27n, 28n, 108n, 216n, 1024n, 1080n]) {
    for (
      const modulus of [(one << bits) - 1n, (one << bits) + 1n, (one << bits) - (one << 9n) - 1n]
    ) {
      for (const base of [0n, 1n, 2n, modulus - 1n, modulus, modulus >> 1n, (one << bits) - 1n]) {
        for (const exponent of [0n, 1n, 2n, 31n, 32n, modulus - 2n, modulus >> 1n]) {
          assertSame(base, exponent, modulus);
        }
      }
    }
  }
});

Deno.test("kernelPower() equals BigInt's for a modulus it has no room for", () => {
  const modulus = randomNumber(4097) | 1n;
  assertSame(randomNumber(4097), 65537n, modulus);
});

Deno.test("kernelPower() leaves nothing behind in the kernel's memory", () => {
  const modulus = randomNumber(2048) | 1n;
  kernelPower(randomNumber(2048), randomNumber(2047), modulus);
  const memory = new Uint8Array(kernel.memory.buffer as ArrayBuffer);
  assert(POWER_AT > BASE_AT && NUMBERS_AT > POWER_AT && memory.length === RSA_MEMORY_BYTES);
  assert(memory.subarray(BASE_AT).every((byte) => byte === 0));
});
