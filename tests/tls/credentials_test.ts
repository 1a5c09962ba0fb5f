import { assert, assertEquals } from "@std/assert";
import { certificateEntries, certificateType, fit, isPsk } from "../../tls/credentials.ts";
import { CertificateType, SignatureScheme } from "../../tls/registry.ts";
import { assertReason } from "../support/refusals.ts";
import { credential } from "../support/tls_pair.ts";

const NAME = Uint8Array.of(0x30, 0x01);
const OTHER_NAME = Uint8Array.of(0x30, 0x02);
const P256 = SignatureScheme.ecdsa_secp256r1_sha256;
const { X509, RawPublicKey } = CertificateType;
const DEMANDS = { types: [X509], schemes: [P256], authorities: undefined };

Deno.test("fit() gives the credential with the scheme to sign with", async () => {
  const own = await credential();
  const schemes = [SignatureScheme.ed25519, P256];
  assertEquals(fit(own, { ...DEMANDS, schemes }), { credential: own, scheme: P256 });
});

Deno.test("fit() refuses a key that fits none of the peer's schemes (RFC 8446 §4.4.2.2)", async () => {
  const refusal = fit(await credential("ed25519"), DEMANDS);
  assertReason(refusal, "noCommonSignatureScheme", "handshake_failure");
});

Deno.test("fit() refuses a credential whose issuers the peer does not trust (RFC 8446 §4.2.4)", async () => {
  const picky = { ...await credential(), mustMatchIssuers: [NAME] };
  const trusted = fit(picky, { ...DEMANDS, authorities: [OTHER_NAME, NAME] });
  assertEquals(trusted, { credential: picky, scheme: P256 });
  for (const authorities of [undefined, [], [OTHER_NAME]]) {
    assertReason(fit(picky, { ...DEMANDS, authorities }), "noMatchingIssuer", "handshake_failure");
  }
});

Deno.test("fit() refuses a type of certificate that the peer does not take (RFC 7250 §4.2)", async () => {
  const raw = { ...await credential(), type: RawPublicKey };
  assertReason(fit(raw, DEMANDS), "unknownCertificateType");
  assertEquals(fit(raw, { ...DEMANDS, types: [RawPublicKey] }), { credential: raw, scheme: P256 });
});

Deno.test("certificateType() is X.509 where nothing else is said", async () => {
  const own = await credential();
  assertEquals(certificateType(own), X509);
  assertEquals(certificateType({ ...own, type: RawPublicKey }), RawPublicKey);
});

Deno.test("isPsk() tells a PSK from a certificate", async () => {
  assert(isPsk({ externalIdentity: NAME, key: NAME, hash: "sha256" }));
  assert(!isPsk(await credential()));
});

Deno.test("certificateEntries() staples to the leaf what the peer asked for, and nothing else (RFC 8446 §4.4.2.1)", () => {
  const [leaf, issuer] = [Uint8Array.of(1), Uint8Array.of(2)];
  const ocspResponse = Uint8Array.of(3);
  const signedCertificateTimestamps = Uint8Array.of(4);
  const stapled = {
    chain: [leaf, issuer],
    key: { publicKey: { type: "ed25519" as const, bytes: leaf }, schemes: [], sign: () => leaf },
    ocspResponse,
    signedCertificateTimestamps,
  };
  const asked = { statusRequest: true, signedCertificateTimestamp: true };
  assertEquals(certificateEntries(stapled, asked), [
    { data: leaf, ocspResponse, signedCertificateTimestamps },
    { data: issuer },
  ]);
  const none = { ocspResponse: undefined, signedCertificateTimestamps: undefined };
  assertEquals(certificateEntries(stapled, {}), [{ data: leaf, ...none }, { data: issuer }]);
});
