import { assertEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../../tls/alert.ts";
import type { Provider, Random, SigningKey } from "../../../tls/provider/provider.ts";
import { reference } from "../../../tls/provider/reference.ts";
import { CertificateType } from "../../../tls/registry.ts";
import { publicKeyInfoDer } from "../../../tls/x509/algorithms.ts";
import { parseRevocationList } from "../../../tls/x509/crl.ts";
import { der } from "../../../tls/x509/der.ts";
import { Purpose } from "../../../tls/x509/extensions.ts";
import { issueAuthority, issueLeaf, type LeafSubject } from "../../../tls/x509/issue.ts";
import { TrustAnchors } from "../../../tls/x509/trust.ts";
import {
  clientCertificateVerifier,
  rawPublicKeyVerifier,
  serverCertificateVerifier,
  type VerifierOptions,
  verifyPath,
} from "../../../tls/x509/verifier.ts";
import { assertSurvivesBitFlips } from "../../support/byte_laws.ts";
import { intermediate, leaf, NOW_MS, type Party, root } from "../../support/certificates.ts";
import { Random as Seeded } from "../../support/random.ts";

const ROOT = root();
const LEAF = leaf(ROOT);

const options = (more: Partial<VerifierOptions> = {}): VerifierOptions => ({
  verify: reference.verify,
  anchors: new TrustAnchors([ROOT.certificate.der]),
  ...more,
});
const sent = (...chain: Party[]) => ({
  chain: chain.map((each) => each.certificate.der),
  type: CertificateType.X509,
  nowMs: NOW_MS,
  serverName: "localhost",
});

Deno.test("serverCertificateVerifier() gives the key and the names of a believed server", () => {
  const middle = intermediate(ROOT);
  const server = leaf(middle);
  assertEquals(serverCertificateVerifier(options()).verify(sent(server, middle)), {
    publicKey: server.key.publicKey,
    names: [{ kind: "dns", value: "localhost" }],
  });
});

Deno.test("serverCertificateVerifier() refuses another name than the one dialled", () => {
  const verifier = serverCertificateVerifier(options());
  const error = assertThrows(
    () => verifier.verify({ ...sent(LEAF), serverName: "example.com" }),
    TlsError,
    "The certificate is for localhost, not for example.com",
  );
  assertEquals(error.alert, "certificate_unknown");
  assertThrows(() => verifier.verify({ ...sent(LEAF), serverName: undefined }), TlsError, "a name");
});

Deno.test("serverCertificateVerifier() refuses a key that is not for signatures", () => {
  const keyUsage = der.namedBits(1 << 2);
  const server = leaf(ROOT, { extensions: { keyUsage } });
  const error = assertThrows(
    () => serverCertificateVerifier(options()).verify(sent(server)),
    TlsError,
    "lacks digitalSignature",
  );
  assertEquals(error.alert, "unsupported_certificate");
});

Deno.test("clientCertificateVerifier() wants clientAuth and asks for no name", () => {
  const purposes = der.sequence(der.objectIdentifier(Purpose.clientAuth));
  const client = leaf(ROOT, { name: "alice", extensions: { extendedKeyUsage: purposes } });
  const verifier = clientCertificateVerifier(options());
  const { names } = verifier.verify({ ...sent(client), serverName: undefined });
  assertEquals(names, [{ kind: "dns", value: "alice" }]);
  assertThrows(() => verifier.verify(sent(LEAF)), TlsError, "is not for clientAuth");
});

Deno.test("rawPublicKeyVerifier() believes the keys it was given", () => {
  const info = publicKeyInfoDer(LEAF.key.publicKey);
  const peer = { type: CertificateType.RawPublicKey, chain: [info], nowMs: NOW_MS };
  const { publicKey } = rawPublicKeyVerifier([info]).verify(peer);
  assertEquals(publicKey, LEAF.key.publicKey);
  const other = publicKeyInfoDer(ROOT.key.publicKey);
  const error = assertThrows(() => rawPublicKeyVerifier([other]).verify(peer), TlsError);
  assertEquals(error.alert, "unknown_ca");
});

Deno.test("verifiers refuse the type of certificate they are not for", () => {
  const raw = { ...sent(LEAF), type: CertificateType.RawPublicKey };
  for (const verifier of [serverCertificateVerifier, clientCertificateVerifier]) {
    assertThrows(() => verifier(options()).verify(raw), TlsError, "does not show a certificate");
  }
  const verifier = rawPublicKeyVerifier([LEAF.certificate.der]);
  assertThrows(() => verifier.verify(sent(LEAF)), TlsError, "does not show a raw public key");
});

Deno.test("verifyPath() passes over certificates sent along that cannot be read", () => {
  const peer = sent(LEAF, ROOT);
  const chain = [peer.chain[0], Uint8Array.of(1, 2, 3), ...peer.chain.slice(1)];
  const path = verifyPath({ ...peer, chain }, "serverAuth", options());
  assertEquals(path.map((each) => each.der), peer.chain);
});

Deno.test("verifyPath() refuses a leaf that cannot be read", () => {
  const peer = { ...sent(), chain: [Uint8Array.of(0x30, 0)] };
  const error = assertThrows(() => verifyPath(peer, "serverAuth", options()), TlsError);
  assertEquals(error.reason, "malformedCertificate");
});

Deno.test("verifyPath() asks for revocation when it has a policy", () => {
  const revocation = { lists: [] as ReturnType<typeof parseRevocationList>[] };
  const error = assertThrows(
    () => verifyPath(sent(LEAF), "serverAuth", options({ revocation })),
    TlsError,
    "there is no list of CN=Root",
  );
  assertEquals(error.reason, "revocationUnknown");
});

Deno.test("verifyPath() takes no certificate with a flipped bit", () => {
  // A flip in the signature costs a check of the curve; all others are caught by it as well.
  const verify: Provider["verify"] = (_algorithm, _key, message, signature) =>
    equal(message, LEAF.certificate.tbs) && equal(signature, LEAF.certificate.signature);
  const bytes = LEAF.certificate.der;
  let taken = 0;
  assertSurvivesBitFlips(bytes, (damaged) => {
    verifyPath({ ...sent(), chain: [damaged] }, "serverAuth", options({ verify }));
    taken++;
  }, TlsError);
  assertEquals(taken, 0);
});

Deno.test("verifyPath() takes what issueAuthority() and issueLeaf() make, under every profile", async () => {
  const seeded = new Seeded(9525);
  const random: Random = (into) => seeded.fill(into);
  const means = { random, sha256: reference.hashes.sha256, nowMs: NOW_MS };
  const issued = async (authorityKey: SigningKey, leaf: LeafSubject) => {
    const authority = { commonName: "whippet CA", lifetimeMs: 86_400_000 };
    const anchor = await issueAuthority(authority, authorityKey, means);
    return { anchor, leaf: await issueLeaf(leaf, anchor, authorityKey, means) };
  };
  for (const type of ["secp256r1", "ed25519"] as const) {
    const [authorityKey, leafKey] = [0, 1].map(() => reference.generateKey(type, random));
    const { anchor, leaf } = await issued(authorityKey, {
      publicKey: leafKey.publicKey,
      lifetimeMs: 3_600_000,
      purposes: ["serverAuth", "clientAuth"],
      dnsNames: ["localhost", "*.example.com"],
      ipAddresses: ["::1"],
    });
    for (const profile of ["webpki", "rfc5280-strict", "cabf-strict"] as const) {
      const trusting = options({ anchors: new TrustAnchors([anchor]), profile });
      for (const serverName of ["localhost", "a.example.com", "::1"]) {
        const peer = { type: CertificateType.X509, chain: [leaf], nowMs: NOW_MS, serverName };
        const { publicKey } = serverCertificateVerifier(trusting).verify(peer);
        assertEquals(publicKey, leafKey.publicKey);
      }
      clientCertificateVerifier(trusting).verify({
        type: CertificateType.X509,
        chain: [leaf],
        nowMs: NOW_MS,
      });
    }
  }
});

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
