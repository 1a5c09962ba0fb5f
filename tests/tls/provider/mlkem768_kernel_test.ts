import { assert, assertEquals } from "@std/assert";
import { shake128 } from "@noble/hashes/sha3.js";
import * as kernel from "../../../tls/provider/kernels/mlkem768.wasm";
import { mlKem768 as slow } from "../../../tls/provider/lattices.ts";
import { mlKem768 } from "../../../tls/provider/mlkem768_kernel.ts";
import { assertForgotten } from "../../support/kernel_memory.ts";

const Q = 3329;

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** An encapsulation key with this coefficient at `index` of 768. */
function withCoefficient(key: Uint8Array, index: number, value: number): Uint8Array {
  const changed = key.slice();
  const at = 3 * (index >> 1);
  if (index % 2 === 0) {
    changed[at] = value;
    changed[at + 1] = changed[at + 1] & 0xf0 | value >> 8;
  } else {
    changed[at + 1] = changed[at + 1] & 0x0f | value << 4;
    changed[at + 2] = value >> 4;
  }
  return changed;
}

Deno.test("mlKem768 passes C2SP's accumulated vectors, a hundred of each operation", () => {
  const [inputs, outputs] = [shake128.create(), shake128.create()];
  for (let count = 0; count < 100; count++) {
    const { encapsulationKey, decapsulationKey } = mlKem768.keygen(inputs.xof(64));
    const { ciphertext, secret } = mlKem768.encapsulate(encapsulationKey, inputs.xof(32))!;
    assertEquals(mlKem768.decapsulate(decapsulationKey, ciphertext), secret);
    const rejected = mlKem768.decapsulate(decapsulationKey, inputs.xof(1088))!;
    for (const output of [encapsulationKey, ciphertext, secret, rejected]) outputs.update(output);
  }
  assertEquals(
    outputs.xof(32).toHex(),
    "1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415",
  );
});

Deno.test("mlKem768 says what it is", () => {
  assertEquals(
    [mlKem768.encapsulationKeyBytes, mlKem768.ciphertextBytes],
    [slow.encapsulationKeyBytes, slow.ciphertextBytes],
  );
});

Deno.test("mlKem768 gives the slow twin's keys, ciphertexts and secrets", () => {
  const seeds: Uint8Array[] = [new Uint8Array(64), new Uint8Array(64).fill(0xff)];
  for (let count = 0; count < 20; count++) seeds.push(random(64));
  for (const seed of seeds) {
    const keys = mlKem768.keygen(seed);
    assertEquals(keys, slow.keygen(seed));
    for (const message of [random(32), new Uint8Array(32), new Uint8Array(32).fill(0xff)]) {
      const sent = mlKem768.encapsulate(keys.encapsulationKey, message)!;
      assertEquals(sent, slow.encapsulate(keys.encapsulationKey, message));
      assertEquals(mlKem768.decapsulate(keys.decapsulationKey, sent.ciphertext), sent.secret);
    }
  }
});

Deno.test("mlKem768.encapsulate() takes any coefficients below q", () => {
  const message = random(32);
  for (const value of [0, 1, 1664, 1665, Q - 1]) {
    let key = mlKem768.keygen(random(64)).encapsulationKey;
    for (let index = 0; index < 768; index++) key = withCoefficient(key, index, value);
    assertEquals(mlKem768.encapsulate(key, message), slow.encapsulate(key, message), `${value}`);
  }
});

Deno.test("mlKem768.encapsulate() refuses a key with one coefficient of q or above", () => {
  const { encapsulationKey } = mlKem768.keygen(random(64));
  for (let index = 0; index < 768; index++) {
    for (const value of [Q, 4095]) {
      const key = withCoefficient(encapsulationKey, index, value);
      assertEquals(mlKem768.encapsulate(key, new Uint8Array(32)), undefined, `${index}`);
    }
  }
});

Deno.test("mlKem768.encapsulate() refuses a key of a wrong length", () => {
  const { encapsulationKey } = mlKem768.keygen(random(64));
  const message = new Uint8Array(32);
  for (const length of [0, 1, 1183]) {
    assertEquals(mlKem768.encapsulate(encapsulationKey.subarray(0, length), message), undefined);
  }
  const long = new Uint8Array([...encapsulationKey, 0]);
  assertEquals(mlKem768.encapsulate(long, message), undefined);
});

Deno.test("mlKem768.decapsulate() gives the rejection's secret for a ciphertext with one bit changed", () => {
  const { encapsulationKey, decapsulationKey } = mlKem768.keygen(random(64));
  const { ciphertext, secret } = mlKem768.encapsulate(encapsulationKey, random(32))!;
  for (let at = 0; at < ciphertext.length; at += 31) {
    const changed = ciphertext.slice();
    changed[at] ^= 1 << at % 8;
    const rejected = mlKem768.decapsulate(decapsulationKey, changed)!;
    assertEquals(rejected, slow.decapsulate(decapsulationKey, changed), `byte ${at}`);
    assert(rejected.toHex() !== secret.toHex());
  }
});

Deno.test("mlKem768.decapsulate() takes any ciphertext of the right length as the slow twin does", () => {
  const { decapsulationKey } = mlKem768.keygen(random(64));
  const ciphertexts: Uint8Array[] = [0, 0xff, 0x55, 0xaa].map((byte) =>
    new Uint8Array(1088).fill(byte)
  );
  for (let count = 0; count < 20; count++) ciphertexts.push(random(1088));
  for (const ciphertext of ciphertexts) {
    assertEquals(
      mlKem768.decapsulate(decapsulationKey, ciphertext),
      slow.decapsulate(decapsulationKey, ciphertext),
    );
  }
});

Deno.test("mlKem768.decapsulate() refuses wrong lengths and a key whose hash is not the key's", () => {
  const { encapsulationKey, decapsulationKey } = mlKem768.keygen(random(64));
  const { ciphertext } = mlKem768.encapsulate(encapsulationKey, random(32))!;
  assertEquals(mlKem768.decapsulate(decapsulationKey, ciphertext.subarray(1)), undefined);
  assertEquals(mlKem768.decapsulate(decapsulationKey.subarray(1), ciphertext), undefined);
  const longer = new Uint8Array([...ciphertext, 0]);
  assertEquals(mlKem768.decapsulate(decapsulationKey, longer), undefined);
  // FIPS 203 §7.3: the encapsulation key is bytes 1152 to 2336, its hash follows.
  for (const at of [1152, 2000, 2335, 2336, 2367]) {
    const changed = decapsulationKey.slice();
    changed[at] ^= 0x80;
    assertEquals(mlKem768.decapsulate(changed, ciphertext), undefined, `byte ${at}`);
  }
});

Deno.test("mlKem768 leaves its caller's bytes alone and gives results of their own memory", () => {
  const [seed, message] = [random(64), random(32)];
  const before = [seed.slice(), message.slice()];
  const keys = mlKem768.keygen(seed);
  const sent = mlKem768.encapsulate(keys.encapsulationKey, message)!;
  const kept = structuredClone({ keys, sent });
  mlKem768.decapsulate(keys.decapsulationKey, sent.ciphertext);
  mlKem768.keygen(random(64));
  assertEquals([seed, message], before);
  assertEquals({ keys, sent }, kept);
});

Deno.test("mlKem768 leaves no secrets in the kernel's memory", () => {
  const [seed, message] = [random(64), random(32)];
  const { encapsulationKey, decapsulationKey } = mlKem768.keygen(seed);
  const vector = decapsulationKey.subarray(0, 1152);
  assertForgotten(kernel.memory, { seed, vector });
  const { ciphertext, secret } = mlKem768.encapsulate(encapsulationKey, message)!;
  assertForgotten(kernel.memory, { message, secret });
  mlKem768.decapsulate(decapsulationKey, ciphertext);
  assertForgotten(kernel.memory, { message, secret, vector, z: seed.subarray(32) });
});
