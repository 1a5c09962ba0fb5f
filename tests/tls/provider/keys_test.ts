import { assert, assertEquals, assertThrows } from "@std/assert";
import { generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { mldsa65 } from "../../../tls/provider/lattices.ts";
import { KeyError } from "../../../tls/provider/provider.ts";
import { reference } from "../../../tls/provider/reference.ts";
import { SignatureScheme } from "../../../tls/registry.ts";
import { publicKeyInfoDer } from "../../../tls/x509/algorithms.ts";
import { contextPrimitive, der } from "../../../tls/x509/der.ts";
import { Oid } from "../../../tls/x509/object_identifiers.ts";
import { assertSurvivesDamage, assertSurvivesTruncation } from "../../support/byte_laws.ts";
import { fromHex, toHex, utf8 } from "../../support/bytes.ts";

const EC = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const EC384 = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
const ED25519 = generateKeyPairSync("ed25519");
const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 });
const MESSAGE = utf8("message");

function exported(key: KeyObject, type: "pkcs8" | "sec1" | "pkcs1" | "spki"): Uint8Array {
  return new Uint8Array(key.export({ format: "der", type: type as "pkcs8" }));
}

function pkcs8(oid: string, key: Uint8Array, parameters?: Uint8Array): Uint8Array {
  const algorithm = [der.objectIdentifier(oid), ...(parameters ? [parameters] : [])];
  return der.sequence(der.smallInteger(0), der.sequence(...algorithm), der.octetString(key));
}

function assertRefused(bytes: Uint8Array, why: string): void {
  assertThrows(() => reference.loadKey(bytes), KeyError, why);
}

const FORMS = [
  ["PKCS #8 of P-256", exported(EC.privateKey, "pkcs8"), EC],
  ["PKCS #8 of P-384", exported(EC384.privateKey, "pkcs8"), EC384],
  ["SEC 1 of P-256", exported(EC.privateKey, "sec1"), EC],
  ["PKCS #8 of Ed25519", exported(ED25519.privateKey, "pkcs8"), ED25519],
  ["PKCS #8 of RSA", exported(RSA.privateKey, "pkcs8"), RSA],
  ["PKCS #1 of RSA", exported(RSA.privateKey, "pkcs1"), RSA],
] as const;

for (const [name, bytes, pair] of FORMS) {
  Deno.test(`loadKey() reads ${name} that node:crypto writes`, async () => {
    const key = reference.loadKey(bytes);
    assertEquals(
      toHex(publicKeyInfoDer(key.publicKey)),
      toHex(exported(pair.publicKey, "spki")),
    );
    if (pair !== RSA) {
      const signature = await key.sign(key.schemes[0], MESSAGE);
      const hash = pair === ED25519 ? null : pair === EC ? "sha256" : "sha384";
      assert(verify(hash, MESSAGE, pair.publicKey, signature));
    } else {
      const signature = await key.sign(SignatureScheme.rsa_pkcs1_sha256, MESSAGE);
      assert(verify("sha256", MESSAGE, pair.publicKey, signature));
    }
  });
}

Deno.test("loadKey() refuses a damaged key with a KeyError, or reads it", () => {
  for (const [name, bytes] of FORMS) {
    // Each flipped bit of an RSA key costs a multiplication: the laws of its reader are the same.
    const survives = name.includes("RSA") ? assertSurvivesTruncation : assertSurvivesDamage;
    survives(bytes, reference.loadKey, KeyError);
  }
});

Deno.test("loadKey() says what it was given instead of a private key", () => {
  assertRefused(utf8("-----BEGIN PRIVATE KEY-----"), "PEM text");
  assertRefused(exported(EC.publicKey, "spki"), "public key; the private key is needed");
  assertRefused(der.sequence(der.sequence(), der.octetString(MESSAGE)), "encrypted");
  assertRefused(der.sequence(der.sequence(), der.sequence()), "certificate");
  assertRefused(der.sequence(der.null()), "none of PKCS #8, SEC 1 and PKCS #1");
  assertRefused(new Uint8Array(0), "not valid DER");
});

Deno.test("loadKey() refuses algorithms and curves that it does not know", () => {
  assertRefused(pkcs8("1.2.3", MESSAGE), "unknown algorithm 1.2.3");
  const secp256k1 = der.objectIdentifier("1.3.132.0.10");
  const key = der.sequence(der.smallInteger(1), der.octetString(new Uint8Array(32).fill(1)));
  assertRefused(pkcs8(Oid.ecPublicKey, key, secp256k1), "unknown curve 1.3.132.0.10");
  assertRefused(key, "does not name its curve");
});

Deno.test("loadKey() refuses an EC key of a wrong length, range or curve", () => {
  const p256 = der.objectIdentifier(Oid.secp256r1);
  const load = (secret: Uint8Array, ...more: Uint8Array[]) =>
    pkcs8(
      Oid.ecPublicKey,
      der.sequence(der.smallInteger(1), der.octetString(secret), ...more),
      p256,
    );
  assertRefused(load(new Uint8Array(31).fill(1)), "31 bytes, not 32");
  assertRefused(load(new Uint8Array(32)), "range");
  const p384 = der.explicit(0, der.objectIdentifier(Oid.secp384r1));
  assertRefused(load(new Uint8Array(32).fill(1), p384), "two curves");
});

Deno.test("loadKey() reads an Ed25519 key with its public key (RFC 8410 §10.3)", () => {
  const key = (last: string) =>
    fromHex(
      "3072020101300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842" +
        "a01f301d060a2a864886f70d01090914310f0c0d437572646c6520436861697273" +
        `81210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad7031${last}`,
    );
  const loaded = reference.loadKey(key("66e1"));
  assertEquals(toHex(loaded.publicKey.bytes.subarray(0, 4)), "19bf4409");
  assertRefused(key("66e2"), "another key");
});

Deno.test("loadKey() refuses parameters where none are due, and a short Ed25519 key", () => {
  const inner = der.octetString(new Uint8Array(32));
  assertRefused(pkcs8(Oid.ed25519, inner, der.null()), "has parameters");
  assertRefused(pkcs8(Oid.ed25519, der.octetString(new Uint8Array(31))), "31 bytes");
});

Deno.test("loadKey() reads ML-DSA keys as a seed, expanded, and both", () => {
  const seed = new Uint8Array(32).fill(8);
  const { publicKey, secretKey } = mldsa65.keygen(seed);
  const both = der.sequence(der.octetString(seed), der.octetString(secretKey));
  const forms = [der.element(contextPrimitive(0), seed), der.octetString(secretKey), both];
  for (const form of forms) {
    const key = reference.loadKey(pkcs8(Oid.mldsa65, form));
    assertEquals(key.publicKey, { type: "mldsa65", bytes: publicKey });
  }
  const other = der.sequence(
    der.octetString(secretKey.subarray(0, 32)),
    der.octetString(secretKey),
  );
  assertRefused(pkcs8(Oid.mldsa65, other), "does not belong to the seed");
  assertRefused(pkcs8(Oid.mldsa65, der.octetString(seed)), "32 bytes, not 4032");
  // tr, the hash of the public key, is bytes 64 to 127; s1 begins behind it.
  for (const at of [64, 127]) {
    const spoilt = secretKey.with(at, secretKey[at] ^ 1);
    assertRefused(pkcs8(Oid.mldsa65, der.octetString(spoilt)), "inconsistent");
  }
  assertRefused(pkcs8(Oid.mldsa65, der.element(contextPrimitive(0), publicKey)), "not 32");
});

Deno.test("loadKey() reads RSA-PSS keys, bound to a hash or not", () => {
  const key = exported(RSA.privateKey, "pkcs1");
  const free = reference.loadKey(pkcs8(Oid["rsa-pss"], key));
  assertEquals([free.publicKey.type, free.schemes.length], ["rsa-pss", 3]);
  const sha256 = der.sequence(der.objectIdentifier(Oid.sha256), der.null());
  const parameters = (salt: number) =>
    der.sequence(
      der.explicit(0, sha256),
      der.explicit(1, der.sequence(der.objectIdentifier(Oid.mgf1), sha256)),
      der.explicit(2, der.smallInteger(salt)),
    );
  const bound = reference.loadKey(pkcs8(Oid["rsa-pss"], key, parameters(32)));
  assertEquals(bound.schemes, [SignatureScheme.rsa_pss_pss_sha256]);
  // RFC 4055 §3.3: the salt of a key is the least there may be.
  assertRefused(pkcs8(Oid["rsa-pss"], key, parameters(33)), "parameters that TLS does not have");
  assertRefused(pkcs8(Oid["rsa-pss"], key, der.sequence()), "not SHA-2");
});

Deno.test("loadKey() refuses a weak RSA key", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  assertRefused(exported(privateKey, "pkcs8"), "1024 bits, not 2048");
});
