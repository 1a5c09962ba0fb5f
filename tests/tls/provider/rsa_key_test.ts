import { assert, assertEquals, assertThrows } from "@std/assert";
import { createPrivateKey, createPublicKey, verify } from "node:crypto";
import { hashes } from "../../../tls/provider/hashes.ts";
import { KeyError } from "../../../tls/provider/provider.ts";
import { encodePkcs1, toBytes } from "../../../tls/provider/rsa.ts";
import {
  expand,
  generateRsa,
  type RsaIntegers,
  type RsaPrivateKey,
  rsaPrivateKey,
  rsaPrivateKeyDer,
  rsaPublicKeyDer,
  rsaSign,
} from "../../../tls/provider/rsa_key.ts";
import { DIGEST_INFO } from "../../../tls/provider/signatures.ts";
import { systemRandom, toHex, utf8 } from "../../support/bytes.ts";

const KEY = generateRsa(2048, systemRandom);
const MESSAGE = utf8("message");
const ENCODED = encodePkcs1(256, DIGEST_INFO.sha256, hashes.sha256.digest(MESSAGE));

function integers(key: RsaPrivateKey): bigint[] {
  const { modulus, exponent } = key.public;
  return [modulus, exponent, key.d, key.p, key.q, key.dP, key.dQ, key.qInv];
}

function read(numbers: readonly bigint[]): RsaPrivateKey {
  return rsaPrivateKey(numbers.map((number) => toBytes(number, 256)) as unknown as RsaIntegers);
}

Deno.test("generateRsa() makes a key of exactly the size that node:crypto takes", () => {
  assertEquals(KEY.public.modulusBits, 2048);
  const bytes = rsaPrivateKeyDer(KEY);
  const key = createPrivateKey({ key: bytes as never, format: "der", type: "pkcs1" });
  const again = createPublicKey(key).export({ format: "der", type: "pkcs1" });
  assertEquals(toHex(again), toHex(rsaPublicKeyDer(KEY.public)));
});

Deno.test("rsaSign() gives what node:crypto verifies, whatever the mask", () => {
  const key = createPublicKey({
    key: rsaPublicKeyDer(KEY.public) as never,
    format: "der",
    type: "pkcs1",
  });
  const signature = rsaSign(KEY, ENCODED, new Uint8Array(272).fill(7));
  assert(verify("sha256", MESSAGE, key, signature));
  assertEquals(rsaSign(KEY, ENCODED, new Uint8Array(272)), signature);
});

Deno.test("rsaSign() withholds a signature that a fault has spoilt", () => {
  const faulty = { ...KEY, dQ: KEY.dQ ^ 2n };
  assertThrows(() => rsaSign(faulty, ENCODED, new Uint8Array(272)), Error, "withheld");
});

Deno.test("rsaPrivateKey() takes a key whose numbers fit, and no other", () => {
  const numbers = integers(KEY);
  assertEquals(integers(read(numbers)), numbers);
  for (const at of numbers.keys()) {
    const wrong = numbers.with(at, numbers[at] + 2n);
    assertThrows(() => read(wrong), KeyError, "inconsistent");
  }
  const [n, e, d, p, q] = numbers;
  assertThrows(() => read([n, e, d, 1n, n, 0n, 0n, 0n]), KeyError, "inconsistent");
  assertThrows(() => read([n, e, d, 0n, q, 0n, 0n, 0n]), KeyError, "inconsistent");
  assertThrows(() => read([p * p, e, d, p, p, 0n, 0n, 0n]), KeyError);
});

Deno.test("expand() gives as many bytes as asked for, by secret, label and context", () => {
  const bytes = (secret: string, label: string, context: string, length = 100) =>
    expand(hashes.sha256, utf8(secret), label, [utf8(context)], length);
  const base = bytes("s", "l", "c");
  assertEquals(base.length, 100);
  assertEquals(bytes("s", "l", "c", 33), base.subarray(0, 33));
  const others = [bytes("t", "l", "c"), bytes("s", "m", "c"), bytes("s", "l", "d")];
  assertEquals(new Set([base, ...others].map(toHex)).size, 4);
});
