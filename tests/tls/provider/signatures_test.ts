import { assert, assertEquals } from "@std/assert";
import { generateKeyPairSync, sign } from "node:crypto";
import type { KeyType, SignatureAlgorithm } from "../../../tls/provider/provider.ts";
import { referenceParts } from "../../../tls/provider/reference.ts";
import {
  digestInfo,
  ecdsaSignatureDer,
  SIGNATURE_ALGORITHMS,
  verifier,
} from "../../../tls/provider/signatures.ts";
import { generateKey } from "../../../tls/provider/signing.ts";
import { SignatureScheme } from "../../../tls/registry.ts";
import { readPublicKeyInfo } from "../../../tls/x509/algorithms.ts";
import { DerReader } from "../../../tls/x509/der.ts";
import { fromHex, systemRandom, toHex, utf8 } from "../../support/bytes.ts";

const verify = verifier(referenceParts);
const MESSAGE = utf8("message");

/** Signed by a key of each type: under the algorithm that is named, and no other. */
const SIGNED: Readonly<Record<KeyType, [keyof typeof SignatureScheme, SignatureAlgorithm]>> = {
  "secp256r1": ["ecdsa_secp256r1_sha256", "ecdsa_sha256"],
  "secp384r1": ["ecdsa_secp384r1_sha384", "ecdsa_sha384"],
  "secp521r1": ["ecdsa_secp521r1_sha512", "ecdsa_sha512"],
  "ed25519": ["ed25519", "ed25519"],
  "rsa": ["rsa_pss_rsae_sha256", "rsa_pss_sha256"],
  "rsa-pss": ["rsa_pss_pss_sha384", "rsa_pss_sha384"],
  "mldsa44": ["mldsa44", "mldsa44"],
  "mldsa65": ["mldsa65", "mldsa65"],
  "mldsa87": ["mldsa87", "mldsa87"],
};

for (const [type, [scheme, algorithm]] of Object.entries(SIGNED)) {
  Deno.test(`verifier() takes a ${type} key's signature under ${algorithm} only`, async () => {
    const key = generateKey(referenceParts, type as KeyType, systemRandom);
    const signature = await key.sign(SignatureScheme[scheme], MESSAGE);
    for (const each of SIGNATURE_ALGORITHMS) {
      assertEquals(verify(each, key.publicKey, MESSAGE, signature), each === algorithm, each);
    }
    assert(!verify(algorithm, key.publicKey, utf8("other"), signature));
    assert(!verify(algorithm, key.publicKey, MESSAGE, new Uint8Array(0)));
    assert(!verify(algorithm, { ...key.publicKey, bytes: new Uint8Array(0) }, MESSAGE, signature));
  });
}

Deno.test("verifier() takes ECDSA with any hash by any curve, as X.509 has it", () => {
  for (const namedCurve of ["prime256v1", "secp384r1"]) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
    const spki = new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
    const key = readPublicKeyInfo(new DerReader(spki)).key!;
    for (const hash of ["sha256", "sha384", "sha512"] as const) {
      const signature = new Uint8Array(sign(hash, MESSAGE, privateKey));
      assert(verify(`ecdsa_${hash}`, key, MESSAGE, signature));
      assert(!verify("rsa_pss_sha256", key, MESSAGE, signature));
    }
  }
});

Deno.test("verifier() refuses an ECDSA signature that is not strict DER", async () => {
  const key = generateKey(referenceParts, "secp256r1", systemRandom);
  const signature = await key.sign(SignatureScheme.ecdsa_secp256r1_sha256, MESSAGE);
  const check = (bytes: Uint8Array) => verify("ecdsa_sha256", key.publicKey, MESSAGE, bytes);
  assert(check(signature));
  assert(!check(Uint8Array.of(...signature, 0)));
  const longForm = Uint8Array.of(0x30, 0x81, ...signature.subarray(1));
  assert(!check(longForm));
  for (let end = 0; end < signature.length; end++) assert(!check(signature.subarray(0, end)));
  const zero = Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 1);
  const negative = Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 0xff);
  for (const bad of [zero, negative]) assert(!check(bad));
});

Deno.test("verifier() refuses a number of more bytes than the curve's", () => {
  const key = generateKey(referenceParts, "secp256r1", systemRandom).publicKey;
  const long = ecdsaSignatureDer(new Uint8Array(66).fill(1));
  assert(!verify("ecdsa_sha256", key, MESSAGE, long));
});

Deno.test("digestInfo() is the prefix of RFC 8017 §9.2", () => {
  const sha256 = digestInfo("2.16.840.1.101.3.4.2.1", 32);
  assertEquals(toHex(sha256), toHex(fromHex("3031300d060960864801650304020105000420")));
});
