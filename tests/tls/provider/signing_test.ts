import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { hashes } from "../../../tls/provider/hashes.ts";
import { KeyError, type KeyType } from "../../../tls/provider/provider.ts";
import { reference, referenceParts } from "../../../tls/provider/reference.ts";
import { generateRsa } from "../../../tls/provider/rsa_key.ts";
import { ecSigningKey, generateKey, rsaSigningKey } from "../../../tls/provider/signing.ts";
import { nameOf, SignatureScheme } from "../../../tls/registry.ts";
import { fromHex, systemRandom, toHex, utf8 } from "../../support/bytes.ts";

const MESSAGE = utf8("message");

const SCHEMES: Readonly<Record<KeyType, string>> = {
  "secp256r1": "ecdsa_secp256r1_sha256",
  "secp384r1": "ecdsa_secp384r1_sha384",
  "secp521r1": "ecdsa_secp521r1_sha512",
  "ed25519": "ed25519",
  "rsa": "rsa_pss_rsae_sha256 rsa_pss_rsae_sha384 rsa_pss_rsae_sha512",
  "rsa-pss": "rsa_pss_pss_sha256 rsa_pss_pss_sha384 rsa_pss_pss_sha512",
  "mldsa44": "mldsa44",
  "mldsa65": "mldsa65",
  "mldsa87": "mldsa87",
};

for (const [type, schemes] of Object.entries(SCHEMES)) {
  Deno.test(`generateKey() makes a ${type} key that signs with ${schemes}, and survives PKCS #8`, async () => {
    const key = generateKey(referenceParts, type as KeyType, systemRandom);
    assertEquals(key.schemes.map((each) => nameOf(SignatureScheme, each)).join(" "), schemes);
    const loaded = reference.loadKey(key.toPkcs8!());
    assertEquals(loaded.publicKey, key.publicKey);
    assertEquals(loaded.schemes, key.schemes);
    for (const scheme of key.schemes) {
      // Without randomness the same message has the same signature; with it, another each time.
      const signature = await loaded.sign(scheme, MESSAGE);
      assertEquals(await loaded.sign(scheme, MESSAGE), signature);
      if (type === "ed25519") assertEquals(await key.sign(scheme, MESSAGE), signature);
      else assertNotEquals(await key.sign(scheme, MESSAGE), signature);
    }
  });
}

Deno.test("SigningKey.sign() refuses a scheme of another kind of key", () => {
  const key = generateKey(referenceParts, "secp256r1", systemRandom);
  for (const scheme of [SignatureScheme.ecdsa_secp384r1_sha384, SignatureScheme.ed25519]) {
    assertThrows(() => key.sign(scheme, MESSAGE), KeyError, "secp256r1 does not sign");
  }
});

Deno.test("rsaSigningKey() signs certificates with PKCS #1 v1.5, which is none of its schemes", async () => {
  const rsa = generateRsa(2048, systemRandom);
  const key = rsaSigningKey(referenceParts, "rsa", rsa);
  for (const hash of ["sha256", "sha384", "sha512"] as const) {
    const scheme = SignatureScheme[`rsa_pkcs1_${hash}`];
    assert(!key.schemes.includes(scheme));
    const signature = await key.sign(scheme, MESSAGE);
    assert(reference.verify(`rsa_pkcs1_${hash}`, key.publicKey, MESSAGE, signature));
  }
  const pss = rsaSigningKey(referenceParts, "rsa-pss", rsa);
  assertThrows(() => pss.sign(SignatureScheme.rsa_pkcs1_sha256, MESSAGE), KeyError);
});

Deno.test("rsaSigningKey() keeps to the one hash of a bound RSA-PSS key", async () => {
  const rsa = generateRsa(2048, systemRandom);
  const key = rsaSigningKey(referenceParts, "rsa-pss", rsa, undefined, "sha384");
  assertEquals(key.schemes, [SignatureScheme.rsa_pss_pss_sha384]);
  assertThrows(() => key.sign(SignatureScheme.rsa_pss_pss_sha256, MESSAGE), KeyError);
  const signature = await key.sign(SignatureScheme.rsa_pss_pss_sha384, MESSAGE);
  assert(reference.verify("rsa_pss_sha384", key.publicKey, MESSAGE, signature));
  assertEquals(reference.loadKey(key.toPkcs8!()).schemes, key.schemes);
});

Deno.test("ecSigningKey() signs as RFC 6979 §A.2.5, in DER", async () => {
  const secret = fromHex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
  const key = ecSigningKey(referenceParts, referenceParts.secp256r1, secret);
  assertEquals(
    toHex(await key.sign(SignatureScheme.ecdsa_secp256r1_sha256, utf8("sample"))),
    "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
      "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
  );
  assertEquals(hashes.sha256.outputBytes, secret.length);
});

Deno.test("SigningKey gives no secret away to JSON", () => {
  const key = generateKey(referenceParts, "ed25519", systemRandom);
  assertEquals(Object.keys(JSON.parse(JSON.stringify(key))), ["publicKey", "schemes"]);
});
