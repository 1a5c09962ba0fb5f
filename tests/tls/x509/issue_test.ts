import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Hash } from "../../../tls/provider/provider.ts";
import { parseCertificate, publicKeyOf } from "../../../tls/x509/certificate.ts";
import { criticality, KeyUsage, Purpose } from "../../../tls/x509/extensions.ts";
import {
  issueAuthority,
  issueLeaf,
  type IssuingMeans,
  type LeafSubject,
} from "../../../tls/x509/issue.ts";
import { nameText, sameName } from "../../../tls/x509/name.ts";
import { webCryptoKey } from "../../support/web_crypto_key.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 24, 12);

/** No hash at all, but what it gives can be told apart. */
const sha256 = { digest: (bytes: Uint8Array) => bytes.slice(0, 32) } as Hash;
const means: IssuingMeans = { random: (into) => into.fill(0x01), sha256, nowMs: NOW_MS };

const authority = { commonName: "whippet CA", lifetimeMs: 10 * DAY_MS };

async function issued(leaf: Partial<LeafSubject>) {
  const rootKey = await webCryptoKey();
  const leafKey = await webCryptoKey();
  const root = await issueAuthority(authority, rootKey, means);
  const subject: LeafSubject = {
    publicKey: leafKey.publicKey,
    lifetimeMs: DAY_MS,
    purposes: ["serverAuth"],
    dnsNames: ["localhost"],
    ...leaf,
  };
  const certificate = parseCertificate(await issueLeaf(subject, root, rootKey, means));
  return { rootKey, leafKey, root: parseCertificate(root), certificate };
}

Deno.test("issueAuthority() makes an authority that signed itself", async () => {
  const key = await webCryptoKey();
  const root = parseCertificate(await issueAuthority(authority, key, means));
  assertEquals(nameText(root.subject), "CN=whippet CA");
  assert(sameName(root.subject, root.issuer));
  assertEquals(root.notBeforeMs, NOW_MS - 3_600_000);
  assertEquals(root.notAfterMs, NOW_MS + 10 * DAY_MS);
  assertEquals(root.extensions.basicConstraints, { ca: true, pathLength: 0 });
  assertEquals(criticality(root.extensions, "basicConstraints"), true);
  assertEquals(root.extensions.keyUsage, KeyUsage.keyCertSign | KeyUsage.cRLSign);
  assertEquals(root.extensions.subjectKeyIdentifier, key.publicKey.bytes.slice(0, 20));
  assert(await key.verify(root.signature, root.tbs));
});

Deno.test("issueLeaf() makes a leaf that names its issuer and its key", async () => {
  const { root, rootKey, leafKey, certificate } = await issued({});
  assert(sameName(certificate.issuer, root.subject));
  assertEquals(publicKeyOf(certificate), leafKey.publicKey);
  assertEquals(certificate.serialNumber.length, 17);
  assertEquals(certificate.extensions.basicConstraints, { ca: false, pathLength: undefined });
  assertEquals(certificate.extensions.keyUsage, KeyUsage.digitalSignature);
  assertEquals(
    certificate.extensions.authorityKeyIdentifier?.keyIdentifier,
    root.extensions.subjectKeyIdentifier,
  );
  assert(await rootKey.verify(certificate.signature, certificate.tbs));
});

Deno.test("issueLeaf() writes purposes and names of all kinds", async () => {
  const { certificate } = await issued({
    purposes: ["serverAuth", "clientAuth"],
    dnsNames: ["localhost", "*.example.com"],
    ipAddresses: ["127.0.0.1", "::1"],
    emails: ["a@example.com"],
    uris: ["spiffe://example.com/a"],
  });
  assertEquals(certificate.extensions.extendedKeyUsage, [Purpose.serverAuth, Purpose.clientAuth]);
  assertEquals(criticality(certificate.extensions, "subjectAltName"), true);
  assertEquals(certificate.extensions.subjectAltName, [
    { kind: "dns", text: "localhost" },
    { kind: "dns", text: "*.example.com" },
    { kind: "ip", octets: Uint8Array.of(127, 0, 0, 1) },
    { kind: "ip", octets: Uint8Array.of(...new Uint8Array(15), 1) },
    { kind: "email", text: "a@example.com" },
    { kind: "uri", text: "spiffe://example.com/a" },
  ]);
});

Deno.test("issueLeaf() does not outlive the issuer", async () => {
  const { root, certificate } = await issued({ lifetimeMs: 100 * DAY_MS });
  assertEquals(certificate.notAfterMs, root.notAfterMs);
});

Deno.test("issueLeaf() refuses names that are none", async () => {
  const rootKey = await webCryptoKey();
  const root = await issueAuthority(authority, rootKey, means);
  const wrong: [Partial<LeafSubject>, string][] = [
    [{}, "A leaf needs a name"],
    [{ dnsNames: ["a b"] }, "a b is not a host name"],
    [{ dnsNames: ["a.*.b"] }, "is not a host name"],
    [{ dnsNames: ["127.0.0.1"] }, "is not a host name"],
    [{ ipAddresses: ["localhost"] }, "localhost is not an IP address"],
    [{ uris: ["ä"] }, "ä is not ASCII text"],
  ];
  for (const [names, message] of wrong) {
    const leaf: LeafSubject = {
      publicKey: rootKey.publicKey,
      lifetimeMs: 1,
      purposes: ["clientAuth"],
      ...names,
    };
    await assertRejects(() => issueLeaf(leaf, root, rootKey, means), RangeError, message);
  }
});

Deno.test("issueAuthority() refuses an empty name", async () => {
  const key = await webCryptoKey();
  await assertRejects(
    () => issueAuthority({ commonName: "", lifetimeMs: 1 }, key, means),
    RangeError,
    "needs a name",
  );
});
