import { assertEquals } from "@std/assert";
import type { KeyType, SignatureAlgorithm } from "../../../tls/provider/provider.ts";
import {
  publicKeyInfoDer,
  readPublicKeyInfo,
  readSignatureAlgorithm,
  rsaModulusBits,
  signatureAlgorithmDer,
} from "../../../tls/x509/algorithms.ts";
import { der, DerReader } from "../../../tls/x509/der.ts";
import { hex } from "../../support/codec_laws.ts";

const algorithmOf = (bytes: Uint8Array) => readSignatureAlgorithm(new DerReader(bytes)).algorithm;
const keyOf = (bytes: Uint8Array) => readPublicKeyInfo(new DerReader(bytes)).key;

const rsaKey = (bits: number, exponent = "010001") => {
  const modulus = new Uint8Array(Math.ceil(bits / 8)).fill(0xff);
  modulus[0] = 0xff >> (7 - (bits - 1) % 8);
  return der.sequence(der.integer(modulus), der.integer(hex(exponent)));
};

const ALGORITHMS: SignatureAlgorithm[] = [
  "ecdsa_sha256",
  "ecdsa_sha384",
  "ecdsa_sha512",
  "rsa_pss_sha256",
  "rsa_pss_sha384",
  "rsa_pss_sha512",
  "rsa_pkcs1_sha256",
  "rsa_pkcs1_sha384",
  "rsa_pkcs1_sha512",
  "ed25519",
  "mldsa44",
  "mldsa65",
  "mldsa87",
];

const KEYS: [KeyType, Uint8Array][] = [
  ["rsa", rsaKey(2048)],
  ["rsa-pss", rsaKey(2048)],
  ["secp256r1", Uint8Array.of(4, ...new Uint8Array(64))],
  ["secp384r1", Uint8Array.of(4, ...new Uint8Array(96))],
  ["secp521r1", Uint8Array.of(4, ...new Uint8Array(132))],
  ["ed25519", new Uint8Array(32)],
  ["mldsa44", new Uint8Array(1312)],
  ["mldsa65", new Uint8Array(1952)],
  ["mldsa87", new Uint8Array(2592)],
];

Deno.test("readSignatureAlgorithm() reads what signatureAlgorithmDer() writes", () => {
  for (const algorithm of ALGORITHMS) {
    assertEquals(algorithmOf(signatureAlgorithmDer(algorithm)), algorithm);
  }
});

Deno.test("readSignatureAlgorithm() knows the bytes of sha256WithRSAEncryption and PSS", () => {
  assertEquals(algorithmOf(hex("300d06092a864886f70d01010b0500")), "rsa_pkcs1_sha256");
  const pss = "3041 06092a864886f70d01010a 3034 a00f300d06096086480165030402010500" +
    "a11c301a06092a864886f70d010108300d06096086480165030402010500 a203020120";
  assertEquals(algorithmOf(hex(pss)), "rsa_pss_sha256");
});

Deno.test("readSignatureAlgorithm() does not know SHA-1, nor parameters where none belong", () => {
  const sha1WithRsa = hex("300d06092a864886f70d0101050500");
  assertEquals(algorithmOf(sha1WithRsa), undefined);
  const ecdsaWithNull = der.sequence(der.objectIdentifier("1.2.840.10045.4.3.2"), der.null());
  assertEquals(algorithmOf(ecdsaWithNull), undefined);
});

Deno.test("readPublicKeyInfo() reads what publicKeyInfoDer() writes", () => {
  for (const [type, bytes] of KEYS) {
    assertEquals(keyOf(publicKeyInfoDer({ type, bytes })), { type, bytes });
  }
});

Deno.test("readPublicKeyInfo() does not take a key of a wrong length or form", () => {
  for (const [type, bytes] of KEYS) {
    assertEquals(keyOf(publicKeyInfoDer({ type, bytes: bytes.subarray(1) })), undefined);
    assertEquals(keyOf(publicKeyInfoDer({ type, bytes: Uint8Array.of(...bytes, 0) })), undefined);
  }
  const compressed = Uint8Array.of(2, ...new Uint8Array(32));
  assertEquals(keyOf(publicKeyInfoDer({ type: "secp256r1", bytes: compressed })), undefined);
});

Deno.test("rsaModulusBits() counts bits, and is 0 for what is no RSA key", () => {
  for (const bits of [1024, 2047, 2048, 2052]) assertEquals(rsaModulusBits(rsaKey(bits)), bits);
  for (const exponent of ["01", "02", "010000"]) {
    assertEquals(rsaModulusBits(rsaKey(2048, exponent)), 0);
  }
  assertEquals(rsaModulusBits(hex("3000")), 0);
  assertEquals(rsaModulusBits(der.sequence(der.smallInteger(4), der.smallInteger(3))), 0);
});
