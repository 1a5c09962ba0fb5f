import { assert, assertEquals, assertThrows } from "@std/assert";
import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { hashes } from "../../../tls/provider/hashes.ts";
import { KeyError } from "../../../tls/provider/provider.ts";
import {
  modPow,
  pssOf,
  readRsaPublicKey,
  rsaPublicKey,
  toBigInt,
  toBytes,
  verifyPkcs1,
  verifyPss,
} from "../../../tls/provider/rsa.ts";
import { DIGEST_INFO } from "../../../tls/provider/signatures.ts";
import { DerError } from "../../../tls/x509/der.ts";
import { assertSurvivesTruncation } from "../../support/byte_laws.ts";
import { fromHex, utf8 } from "../../support/bytes.ts";

const MESSAGE = utf8("message");
/** 2049 bits are a byte more for the modulus than for what PSS encodes. */
const KEYS = [2048, 2049, 2056].map((modulusLength) =>
  generateKeyPairSync("rsa", { modulusLength })
);

function publicDer(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ format: "der", type: "pkcs1" }));
}

function signed(privateKey: KeyObject, hash: string, saltLength: number): Uint8Array {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return new Uint8Array(sign(hash, MESSAGE, { key: privateKey, padding, saltLength }));
}

Deno.test("verifyPss() takes what node:crypto signs, at any size of the modulus", () => {
  for (const { privateKey, publicKey } of KEYS) {
    const key = readRsaPublicKey(publicDer(publicKey));
    for (const hash of Object.values(hashes)) {
      const signature = signed(privateKey, hash.name, hash.outputBytes);
      assert(verifyPss(key, pssOf(hash), MESSAGE, signature));
      assert(!verifyPss(key, pssOf(hash), utf8("other"), signature));
      const other = hash.name === "sha256" ? hashes.sha384 : hashes.sha256;
      assert(!verifyPss(key, pssOf(other), MESSAGE, signature));
      signature[40] ^= 1;
      assert(!verifyPss(key, pssOf(hash), MESSAGE, signature));
    }
  }
});

Deno.test("verifyPss() wants the salt to be as long as it is told", () => {
  const [{ privateKey, publicKey }] = KEYS;
  const key = readRsaPublicKey(publicDer(publicKey));
  const parameters = pssOf(hashes.sha256);
  for (const saltBytes of [0, 20, 31, 33, 222]) {
    const signature = signed(privateKey, "sha256", saltBytes);
    assert(!verifyPss(key, parameters, MESSAGE, signature));
    assert(verifyPss(key, { ...parameters, saltBytes }, MESSAGE, signature));
  }
  const tooLong = { ...parameters, saltBytes: 223 };
  assert(!verifyPss(key, tooLong, MESSAGE, new Uint8Array(key.modulusBytes)));
});

Deno.test("verifyPkcs1() takes what node:crypto signs", () => {
  for (const { privateKey, publicKey } of KEYS) {
    const key = readRsaPublicKey(publicDer(publicKey));
    for (const hash of Object.values(hashes)) {
      const signature = new Uint8Array(sign(hash.name, MESSAGE, privateKey));
      const verify = (bytes: Uint8Array, message: Uint8Array) =>
        verifyPkcs1(key, hash, DIGEST_INFO[hash.name], message, bytes);
      assert(verify(signature, MESSAGE));
      assert(!verify(signature, utf8("other")));
      signature[1] ^= 1;
      assert(!verify(signature, MESSAGE));
    }
  }
});

Deno.test("verifyPkcs1() refuses a signature of a wrong length or not below the modulus", () => {
  const [{ privateKey, publicKey }] = KEYS;
  const key = readRsaPublicKey(publicDer(publicKey));
  const signature = new Uint8Array(sign("sha256", MESSAGE, privateKey));
  const verify = (bytes: Uint8Array) =>
    verifyPkcs1(key, hashes.sha256, DIGEST_INFO.sha256, MESSAGE, bytes);
  assert(!verify(Uint8Array.of(0, ...signature)));
  assert(!verify(signature.subarray(1)));
  assert(!verify(new Uint8Array(0)));
  assert(!verify(toBytes(key.modulus, 256)));
  const above = toBigInt(signature) + key.modulus;
  if (above < 1n << 2048n) assert(!verify(toBytes(above, 256)));
});

Deno.test("rsaPublicKey() refuses moduli and exponents of a wrong size", () => {
  const modulus = (bits: number) => toBytes((1n << BigInt(bits)) - 1n, Math.ceil(bits / 8));
  const refuse = (n: Uint8Array, e: string, why: string) =>
    assertThrows(() => rsaPublicKey(n, fromHex(e)), KeyError, why);
  refuse(modulus(2047), "010001", "2047 bits, not 2048 to 8192");
  refuse(modulus(8193), "010001", "8193 bits");
  refuse(new Uint8Array(0), "010001", "0 bits");
  refuse(modulus(2048), "01", "exponent is 1,");
  refuse(modulus(2048), "0100", "exponent is 256,");
  refuse(modulus(2048), "0200000001", "34 bits");
  refuse(fromHex("80".padEnd(512, "0")), "03", "even");
  assertEquals(rsaPublicKey(modulus(8192), fromHex("0100000001")).modulusBytes, 1024);
});

Deno.test("readRsaPublicKey() throws nothing but DerErrors and KeyErrors", () => {
  const bytes = publicDer(KEYS[0].publicKey);
  assertSurvivesTruncation(bytes, readRsaPublicKey, DerError);
  assertThrows(() => readRsaPublicKey(Uint8Array.of(...bytes, 0)), DerError);
  assertThrows(() => readRsaPublicKey(fromHex("3006020103020103")), KeyError, "2 bits");
});

Deno.test("modPow() agrees with multiplying over and over", () => {
  for (const modulus of [2n, 3n, 97n, 1000003n]) {
    for (const base of [0n, 1n, 2n, 96n, 1000n]) {
      let expected = 1n % modulus;
      for (let exponent = 1n; exponent < 40n; exponent++) {
        expected = expected * base % modulus;
        assertEquals(modPow(base, exponent, modulus), expected);
      }
    }
  }
});

Deno.test("toBytes() and toBigInt() are each other's inverse", () => {
  assertEquals(toBytes(0x0102n, 4), Uint8Array.of(0, 0, 1, 2));
  assertEquals(toBigInt(Uint8Array.of(0, 0, 1, 2)), 0x0102n);
  assertEquals(toBigInt(new Uint8Array(0)), 0n);
});
