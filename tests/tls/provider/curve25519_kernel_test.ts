import { assertEquals } from "@std/assert";
import { x25519 as slow } from "@noble/curves/ed25519.js";
import { x25519 } from "../../../tls/provider/curve25519_kernel.ts";

const hex = (text: string) => Uint8Array.fromHex(text);
const ZERO = new Uint8Array(32);
const BASE = hex("09".padEnd(64, "0"));
const P = 2n ** 255n - 19n;

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
