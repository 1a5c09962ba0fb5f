import { assert, assertEquals } from "@std/assert";
import { x25519 as slow } from "@noble/curves/ed25519.js";
import { ed25519 as slowEd25519 } from "../../../tls/provider/curves.ts";
import { ed25519, x25519 } from "../../../tls/provider/curve25519_kernel.ts";
import { kernelHashes } from "../../../tls/provider/hash_kernel.ts";
import * as kernel from "../../../tls/provider/kernels/curve25519.wasm";
import { assertForgotten } from "../../support/kernel_memory.ts";

const hex = (text: string) => Uint8Array.fromHex(text);
const ZERO = new Uint8Array(32);
const BASE = hex("09".padEnd(64, "0"));
const P = 2n ** 255n - 19n;
/** The order of the base point (RFC 8032 §5.1). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** A number below 2^256 as 32 bytes, little-endian. */
function littleEndian(value: bigint): Uint8Array {
  return hex(value.toString(16).padStart(64, "0")).reverse();
}

function random32(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}

/** noble throws where the result is zero. */
function slowShared(secret: Uint8Array, point: Uint8Array): Uint8Array {
  try {
    return slow.getSharedSecret(secret, point);
  } catch {
    return ZERO;
  }
}

Deno.test("x25519.shared() gives the results of RFC 7748 §5.2", () => {
  const cases: [secret: string, point: string, result: string][] = [
    [
      "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
      "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
      "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    ],
    [
      "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
      "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
      "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
    ],
  ];
  for (const [secret, point, result] of cases) {
    assertEquals(x25519.shared(hex(secret), hex(point)).toHex(), result);
  }
});

Deno.test("x25519.shared() gives the results of RFC 7748 §5.2 after 1 and 1,000 iterations", () => {
  let [secret, point]: Uint8Array[] = [BASE, BASE];
  const results = new Map<number, string>();
  for (let iteration = 1; iteration <= 1000; iteration++) {
    [secret, point] = [x25519.shared(secret, point), secret];
    results.set(iteration, secret.toHex());
  }
  assertEquals(
    [results.get(1), results.get(1000)],
    [
      "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
      "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51",
    ],
  );
});

Deno.test("x25519 agrees on the secret of RFC 7748 §6.1", () => {
  const alice = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
  const bob = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  const [ofAlice, ofBob] = [x25519.publicKey(alice), x25519.publicKey(bob)];
  assertEquals(
    [ofAlice.toHex(), ofBob.toHex()],
    [
      "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
      "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
    ],
  );
  const secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
  assertEquals(x25519.shared(alice, ofBob).toHex(), secret);
  assertEquals(x25519.shared(bob, ofAlice).toHex(), secret);
});

Deno.test("x25519.publicKey() is the slow twin's, and the ladder's on the base point", () => {
  const secrets = [ZERO, new Uint8Array(32).fill(0xff), BASE, littleEndian(P)];
  // Digits of 7, 8 and 9 are where the signed digits carry.
  for (let digit = 0; digit < 16; digit++) secrets.push(new Uint8Array(32).fill(digit * 0x11));
  for (let count = 0; count < 100; count++) secrets.push(random32());
  for (const secret of secrets) {
    const publicKey = x25519.publicKey(secret);
    assertEquals(publicKey, slow.getPublicKey(secret), secret.toHex());
    assertEquals(publicKey, x25519.shared(secret, BASE), secret.toHex());
  }
});

Deno.test("x25519.shared() is the slow twin's for random secrets and points", () => {
  for (let count = 0; count < 100; count++) {
    const [secret, point] = [random32(), random32()];
    assertEquals(x25519.shared(secret, point), slowShared(secret, point), point.toHex());
  }
});

Deno.test("x25519.shared() takes points above p and with bit 255 set as RFC 7748 §5 says", () => {
  const secret = random32();
  for (let offset = -20n; offset < 19n; offset++) {
    const point = littleEndian(P + offset);
    const result = x25519.shared(secret, point);
    assertEquals(result, slowShared(secret, point), `p + ${offset}`);
    point[31] |= 0x80;
    assertEquals(x25519.shared(secret, point), result, `p + ${offset} + 2^255`);
  }
});

Deno.test("x25519.shared() carries through every limb", () => {
  for (let bit = 0n; bit < 255n; bit += 1n) {
    for (const value of [2n ** bit, 2n ** bit - 1n, P - 2n ** bit]) {
      const point = littleEndian(value);
      const secret = littleEndian(2n ** 254n + value);
      assertEquals(x25519.shared(secret, point), slowShared(secret, point), `${value}`);
    }
  }
});

Deno.test("x25519.shared() is all zero for each point of low order", () => {
  // Orders 1, 2, 4 and 8 on the curve and its twist, and their other encodings below 2^255.
  const order8 = [
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  ].map(hex);
  const others = [0n, 1n, P - 1n, P, P + 1n].map(littleEndian);
  for (const point of [...order8, ...others]) {
    assertEquals(x25519.shared(random32(), point), ZERO, point.toHex());
    assertEquals(x25519.shared(ZERO, point), ZERO, point.toHex());
  }
});

Deno.test("x25519 leaves its caller's bytes alone and gives results of their own memory", () => {
  const [secret, point] = [random32(), random32()];
  const before = [secret.slice(), point.slice()];
  const result = x25519.shared(secret, point);
  const kept = result.slice();
  x25519.publicKey(secret);
  assertEquals([secret, point], before);
  assertEquals(result, kept);
});

Deno.test("ed25519 signs as RFC 8032 §7.1 has it and verifies that", () => {
  const cases: [secret: string, publicKey: string, message: string, signature: string][] = [
    [
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
      "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
    [
      "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
      "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589" +
      "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ],
  ];
  for (const [secret, publicKey, message, signature] of cases) {
    assertEquals(ed25519.publicKey(hex(secret)).toHex(), publicKey);
    assertEquals(ed25519.sign(hex(secret), hex(message)).toHex(), signature);
    assert(ed25519.verify(hex(publicKey), hex(message), hex(signature)));
  }
});

Deno.test("ed25519 gives the slow twin's keys and signatures, and takes them", () => {
  const secrets: Uint8Array[] = [ZERO, new Uint8Array(32).fill(0xff)];
  for (let count = 0; count < 60; count++) secrets.push(random32());
  for (const [length, secret] of secrets.entries()) {
    const message = crypto.getRandomValues(new Uint8Array(length));
    const publicKey = ed25519.publicKey(secret);
    const signature = ed25519.sign(secret, message);
    assertEquals(publicKey, slowEd25519.publicKey(secret));
    assertEquals(signature, slowEd25519.sign(secret, message));
    assert(ed25519.verify(publicKey, message, signature), secret.toHex());
  }
});

Deno.test("ed25519.verify() is false when any bit of key, message or signature is another", () => {
  const message = random32();
  const secret = random32();
  const publicKey = ed25519.publicKey(secret);
  const signature = ed25519.sign(secret, message);
  const flipped = (bytes: Uint8Array, bit: number) => {
    const changed = bytes.slice();
    changed[bit >> 3] ^= 1 << (bit & 7);
    return changed;
  };
  for (let bit = 0; bit < 512; bit += 3) {
    assert(!ed25519.verify(publicKey, message, flipped(signature, bit)), `signature ${bit}`);
  }
  for (let bit = 0; bit < 256; bit += 3) {
    assert(!ed25519.verify(flipped(publicKey, bit), message, signature), `key ${bit}`);
    assert(!ed25519.verify(publicKey, flipped(message, bit), signature), `message ${bit}`);
  }
  assert(ed25519.verify(publicKey, message, signature));
});

Deno.test("ed25519.verify() is false for wrong lengths", () => {
  const secret = random32();
  const publicKey = ed25519.publicKey(secret);
  const signature = ed25519.sign(secret, ZERO);
  assert(!ed25519.verify(publicKey.subarray(1), ZERO, signature));
  assert(!ed25519.verify(new Uint8Array([...publicKey, 0]), ZERO, signature));
  assert(!ed25519.verify(publicKey, ZERO, signature.subarray(0, 63)));
  assert(!ed25519.verify(publicKey, ZERO, new Uint8Array([...signature, 0])));
});

Deno.test("ed25519.verify() is false for an S that is not below the order", () => {
  const secret = random32();
  const publicKey = ed25519.publicKey(secret);
  const signature = ed25519.sign(secret, ZERO);
  const s = BigInt(`0x${signature.slice(32).reverse().toHex()}`);
  for (let large = s + L; large < 2n ** 256n; large += L) {
    const changed = signature.slice();
    changed.set(littleEndian(large), 32);
    assert(!ed25519.verify(publicKey, ZERO, changed), `${large}`);
  }
});

Deno.test("ed25519.verify() is false for keys of small order, and for what encodes no point", () => {
  // The neutral R and an S of zero would pass for a neutral key, and for some messages for the others.
  const signature = new Uint8Array(64);
  signature[0] = 1;
  const order8 = [
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  ].map(hex);
  const keys = [...order8, ...[0n, 1n, P - 1n, P, P + 1n, 2n, 7n].map(littleEndian)];
  for (const key of keys) {
    for (const sign of [0, 0x80]) {
      const signed = key.slice();
      signed[31] |= sign;
      for (let message = 0; message < 16; message++) {
        const bytes = Uint8Array.of(message);
        assert(!ed25519.verify(signed, bytes, signature), `${signed.toHex()} ${message}`);
        assert(!slowEd25519.verify(signed, bytes, signature), `slow: ${signed.toHex()} ${message}`);
      }
    }
  }
});

Deno.test("ed25519.sign() signs with the secret's own public key, also when its bytes are others' now", () => {
  const secret = random32();
  ed25519.sign(secret, ZERO);
  secret.set(random32());
  const copy = secret.slice();
  assertEquals(ed25519.sign(secret, BASE), slowEd25519.sign(copy, BASE));
  assertEquals(ed25519.publicKey(secret), slowEd25519.publicKey(copy));
  const publicKey = ed25519.publicKey(secret);
  publicKey.fill(0);
  assertEquals(ed25519.sign(secret, BASE), slowEd25519.sign(copy, BASE));
});

Deno.test("x25519 and ed25519 leave no secrets in the kernel's memory", () => {
  const [secret, point] = [random32(), x25519.publicKey(random32())];
  x25519.publicKey(secret);
  assertForgotten(kernel.memory, { secret: secret.subarray(8, 24) });
  const shared = x25519.shared(secret, point);
  assertForgotten(kernel.memory, { secret: secret.subarray(8, 24), shared });
  ed25519.sign(secret, point);
  const expanded = kernelHashes.sha512.digest(secret);
  const nonce = kernelHashes.sha512.digest(expanded.subarray(32), point);
  assertForgotten(kernel.memory, { scalar: expanded.subarray(8, 24), nonce });
});
