import { assert, assertEquals } from "@std/assert";
import { reference } from "../../tls/provider/reference.ts";
import type { KeyType } from "../../tls/provider/provider.ts";
import { SignatureScheme } from "../../tls/registry.ts";
import {
  checkSignature,
  chooseScheme,
  DEFAULT_VERIFY_SCHEMES,
  signedContent,
} from "../../tls/signatures.ts";
import { toHex } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";
import { seededRandom } from "../support/tls_pair.ts";

function keyOf(type: KeyType) {
  return reference.generateKey(type, seededRandom(1));
}

const content = signedContent("server", new Uint8Array(32));

Deno.test("signedContent() is 64 spaces, the context, a zero and the hash (RFC 8446 §4.4.3)", () => {
  const text = String.fromCharCode(...signedContent("client", Uint8Array.of(0xab)));
  assertEquals(text, " ".repeat(64) + "TLS 1.3, client CertificateVerify\0\xab");
  assertEquals(
    toHex(content.subarray(64, 98)),
    toHex(new TextEncoder().encode("TLS 1.3, server CertificateVerify\0")),
  );
});

for (const type of ["secp256r1", "secp384r1", "ed25519"] as const) {
  Deno.test(`checkSignature() believes what a ${type} key signs, and nothing else`, () => {
    const key = keyOf(type);
    const [scheme] = key.schemes;
    const signature = key.sign(scheme, content) as Uint8Array;
    checkSignature(reference, [scheme], key.publicKey, { scheme, signature }, content);
    assertRefused(
      () =>
        checkSignature(reference, [scheme], key.publicKey, { scheme, signature }, content.slice(1)),
      "badSignature",
      "decrypt_error",
    );
  });
}

Deno.test("checkSignature() refuses a scheme that was not offered, before it looks at the signature", () => {
  const key = keyOf("ed25519");
  const verify = { scheme: SignatureScheme.ed25519, signature: new Uint8Array() };
  const offered = [SignatureScheme.ecdsa_secp256r1_sha256];
  assertRefused(
    () => checkSignature(reference, offered, key.publicKey, verify, content),
    "wrongSignatureScheme",
    "illegal_parameter",
  );
});

Deno.test("checkSignature() refuses PKCS #1 even where it was offered, for certificates (RFC 8446 §4.2.3)", () => {
  const scheme = SignatureScheme.rsa_pkcs1_sha256;
  assert(DEFAULT_VERIFY_SCHEMES.includes(scheme));
  const publicKey = { type: "rsa", bytes: new Uint8Array() } as const;
  const verify = { scheme, signature: new Uint8Array() };
  assertRefused(
    () => checkSignature(reference, DEFAULT_VERIFY_SCHEMES, publicKey, verify, content),
    "wrongSignatureScheme",
  );
});

Deno.test("checkSignature() refuses a scheme that does not fit the key, its curve included", () => {
  const verify = { scheme: SignatureScheme.ecdsa_secp256r1_sha256, signature: new Uint8Array() };
  for (const type of ["secp384r1", "ed25519"] as const) {
    const { publicKey } = keyOf(type);
    assertRefused(
      () => checkSignature(reference, [verify.scheme], publicKey, verify, content),
      "wrongSignatureScheme",
    );
  }
});

Deno.test("chooseScheme() takes the credential's first scheme that the peer verifies", () => {
  const key = keyOf("secp256r1");
  const credential = { chain: [], key };
  const fits = SignatureScheme.ecdsa_secp256r1_sha256;
  assertEquals(chooseScheme(credential, [SignatureScheme.ed25519, fits]), fits);
  assertEquals(chooseScheme(credential, [SignatureScheme.ed25519]), undefined);
});

Deno.test("chooseScheme() passes over schemes that the credential names and its key cannot make", () => {
  const schemes = [SignatureScheme.ed25519, SignatureScheme.ecdsa_secp256r1_sha256];
  const credential = { chain: [], key: keyOf("secp256r1"), schemes };
  assertEquals(chooseScheme(credential, schemes), SignatureScheme.ecdsa_secp256r1_sha256);
});
