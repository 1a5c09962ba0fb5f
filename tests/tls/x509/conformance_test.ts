import { assert, assertEquals } from "@std/assert";
import type { KeyType, PublicKey } from "../../../tls/provider/provider.ts";
import { publicKeyInfoDer } from "../../../tls/x509/algorithms.ts";
import { type Certificate, parseCertificate } from "../../../tls/x509/certificate.ts";
import {
  brokenRule,
  isSelfIssued,
  type Place,
  type Profile,
} from "../../../tls/x509/conformance.ts";
import { contextConstructed, contextPrimitive, der, Tag } from "../../../tls/x509/der.ts";
import { KeyUsage, Purpose } from "../../../tls/x509/extensions.ts";
import type { PlainName } from "../../../tls/x509/general_name.ts";
import { nameDer } from "../../../tls/x509/name.ts";
import {
  alternativeNames,
  authority,
  type ExtensionValues,
  intermediate,
  leaf,
  nameConstraints,
  root,
  type Shape,
} from "../../support/certificates.ts";
import { hex } from "../../support/codec_laws.ts";
import { rawCertificate } from "../../support/raw_certificate.ts";

const ROOT = root();
const dns = (text: string): PlainName => ({ kind: "dns", text });

const ruleOf = (certificate: Certificate, role: Place["role"], profile: Profile) =>
  brokenRule(certificate, {
    role,
    purpose: "serverAuth",
    signedItself: () => isSelfIssued(certificate),
  }, profile);

/** Which profiles refuse a certificate, by the place that the rule has in its text. */
function assertBreaks(
  certificate: Certificate,
  role: Place["role"],
  place: string,
  profiles: readonly Profile[] = ["rfc5280-strict", "cabf-strict"],
) {
  for (const profile of ["webpki", "rfc5280-strict", "cabf-strict"] as const) {
    const rule = ruleOf(certificate, role, profile);
    if (profiles.includes(profile)) assert(rule?.includes(place), `${profile}: ${rule}`);
    else assertEquals(rule, undefined);
  }
}

const CABF_ONLY: readonly Profile[] = ["cabf-strict"];
const leafWith = (extensions: ExtensionValues, shape: Shape = {}) =>
  leaf(ROOT, { ...shape, extensions }).certificate;
const authorityWith = (extensions: ExtensionValues, shape: Shape = {}) =>
  intermediate(ROOT, { ...shape, extensions }).certificate;
const rootWith = (extensions: ExtensionValues) => root({ extensions }).certificate;

Deno.test("brokenRule() finds nothing in certificates as they should be", () => {
  for (const profile of ["webpki", "rfc5280-strict", "cabf-strict"] as const) {
    assertEquals(ruleOf(ROOT.certificate, "anchor", profile), undefined);
    assertEquals(ruleOf(intermediate(ROOT).certificate, "intermediate", profile), undefined);
    assertEquals(ruleOf(leaf(ROOT).certificate, "leaf", profile), undefined);
  }
});

Deno.test("brokenRule() wants serial numbers of 1 to 20 octets, positive, of all but anchors", () => {
  for (const content of ["00", "80", "01".repeat(21)]) {
    const serialNumber = der.element(2, hex(content));
    assertBreaks(leaf(ROOT, { serialNumber }).certificate, "leaf", "§4.1.2.2");
    assertEquals(ruleOf(root({ serialNumber }).certificate, "anchor", "cabf-strict"), undefined);
  }
});

Deno.test("brokenRule() wants times in the form that goes with their year", () => {
  const time = der.string(Tag.GENERALIZED_TIME, "20300101000000Z");
  const validity = der.sequence(der.time(Date.UTC(2026, 0, 1)), time);
  assertBreaks(leaf(ROOT, { validity }).certificate, "leaf", "§4.1.2.5");
  const late = der.sequence(der.time(Date.UTC(2026, 0, 1)), der.time(Date.UTC(2060, 0, 1)));
  assertEquals(ruleOf(root({ validity: late }).certificate, "anchor", "cabf-strict"), undefined);
});

Deno.test("brokenRule() wants issuers and authorities to have names", () => {
  assertBreaks(leaf(ROOT, { issuer: nameDer("") }).certificate, "leaf", "§4.1.2.4");
  const nameless = authorityWith(
    { subjectAltName: [alternativeNames(dns("a")), true] },
    { name: "" },
  );
  assertBreaks(nameless, "intermediate", "authority's subject");
  assertBreaks(
    leaf(ROOT, {
      name: "",
      extensions: {
        subjectAltName: alternativeNames(dns("localhost")),
      },
    }).certificate,
    "leaf",
    "§4.1.2.6",
  );
});

Deno.test("brokenRule() wants key identifiers", () => {
  assertBreaks(leafWith({ authorityKeyIdentifier: undefined }), "leaf", "§4.2.1.1");
  assertBreaks(leafWith({ authorityKeyIdentifier: der.sequence() }), "leaf", "§4.2.1.1");
  assertBreaks(authorityWith({ subjectKeyIdentifier: undefined }), "intermediate", "§4.2.1.2");
});

Deno.test("brokenRule() wants extensions critical, or not, as RFC 5280 says", () => {
  const id = der.octetString(hex("01"));
  assertBreaks(leafWith({ subjectKeyIdentifier: [id, true] }), "leaf", "subjectKeyIdentifier");
  const count = der.smallInteger(0);
  assertBreaks(authorityWith({ inhibitAnyPolicy: count }), "intermediate", "inhibitAnyPolicy");
  assertBreaks(authorityWith({ basicConstraints: authority() }), "intermediate", "§4.2.1.9");
});

Deno.test("brokenRule() wants key usage and basic constraints to agree", () => {
  const keyUsage = der.namedBits(KeyUsage.keyCertSign);
  assertBreaks(leafWith({ keyUsage }), "leaf", "§4.2.1.3");
  const extensions = {
    basicConstraints: [authority(0), true],
    keyUsage: der.namedBits(KeyUsage.cRLSign),
  } as const;
  assertBreaks(authorityWith(extensions), "intermediate", "§4.2.1.9");
});

Deno.test("brokenRule() wants name constraints in authorities, critical, without a leading dot", () => {
  const constraints = nameConstraints([dns("example.com")]);
  assertBreaks(leafWith({ nameConstraints: [constraints, true] }), "leaf", "only an authority");
  const dotted = nameConstraints([], [dns(".example.com")]);
  assertBreaks(authorityWith({ nameConstraints: [dotted, true] }), "intermediate", "no dot");
  const profiles: Profile[] = ["rfc5280-strict"];
  assertBreaks(
    authorityWith({ nameConstraints: constraints }),
    "intermediate",
    "critical",
    profiles,
  );
});

Deno.test("brokenRule() wants DNS names that are host names", () => {
  assertBreaks(leafWith({ subjectAltName: alternativeNames(dns("a b")) }), "leaf", "host names");
});

Deno.test("brokenRule() wants mail addresses and URIs that are whole", () => {
  const wrong: PlainName[] = [{ kind: "email", text: "a@b@c.d" }, { kind: "uri", text: "/a" }];
  for (const name of wrong) {
    const subjectAltName = alternativeNames(dns("localhost"), name);
    assertBreaks(leafWith({ subjectAltName }), "leaf", "mailboxes");
  }
  const right: PlainName[] = [{ kind: "email", text: "a@b.c" }, { kind: "uri", text: "urn:a" }];
  const subjectAltName = alternativeNames(dns("localhost"), ...right);
  assertEquals(ruleOf(leafWith({ subjectAltName }), "leaf", "cabf-strict"), undefined);
});

Deno.test("brokenRule() holds a root's extensions to the Baseline Requirements", () => {
  const purpose = der.sequence(der.objectIdentifier(Purpose.serverAuth));
  assertBreaks(rootWith({ extendedKeyUsage: purpose }), "anchor", "§7.1.2.1.2", CABF_ONLY);
  const issuer = (...parts: Uint8Array[]) => ({ authorityKeyIdentifier: der.sequence(...parts) });
  const keyId = der.element(contextPrimitive(0), ROOT.key.publicKey.bytes.subarray(0, 20));
  const named = der.element(contextConstructed(1), der.explicit(4, nameDer("Root")));
  const own = (...parts: Uint8Array[]) =>
    root({ key: ROOT.key, extensions: issuer(...parts) }).certificate;
  assertEquals(ruleOf(own(keyId), "anchor", "cabf-strict"), undefined);
  assertBreaks(own(keyId, named), "anchor", "§7.1.2.1.3", CABF_ONLY);
  const other = rootWith(issuer(keyId));
  assertBreaks(other, "anchor", "§7.1.2.1.3", CABF_ONLY);
});

Deno.test("brokenRule() holds a server's extensions to the Baseline Requirements", () => {
  const any = der.sequence(
    der.objectIdentifier(Purpose.serverAuth),
    der.objectIdentifier(Purpose.anyExtendedKeyUsage),
  );
  const server = der.sequence(der.objectIdentifier(Purpose.serverAuth));
  for (const extendedKeyUsage of [undefined, any, [server, true] as const]) {
    assertBreaks(leafWith({ extendedKeyUsage }), "leaf", "§7.1.2.7.10", CABF_ONLY);
  }
  const critical = [alternativeNames(dns("localhost")), true] as const;
  assertBreaks(leafWith({ subjectAltName: critical }), "leaf", "§7.1.2.7.12", CABF_ONLY);
  assertBreaks(intermediate(ROOT).certificate, "leaf", "§7.1.2.7.8", CABF_ONLY);
});

Deno.test("brokenRule() wants two labels behind a wildcard", () => {
  const wild = (text: string) =>
    leafWith({ subjectAltName: alternativeNames(dns(text)) }, { name: text });
  assertBreaks(wild("*.com"), "leaf", "§3.2.2.6", CABF_ONLY);
  assertEquals(ruleOf(wild("*.example.com"), "leaf", "cabf-strict"), undefined);
});

Deno.test("brokenRule() wants a common name to be a copy of an alternative name", () => {
  const named = (name: string, ...names: PlainName[]) =>
    leafWith({ subjectAltName: alternativeNames(...names) }, { name });
  const address: PlainName = { kind: "ip", octets: Uint8Array.of(192, 168, 1, 1) };
  assertEquals(ruleOf(named("192.168.1.1", dns("a"), address), "leaf", "cabf-strict"), undefined);
  assertBreaks(named("192.168.001.001", address), "leaf", "§7.1.4.3", CABF_ONLY);
  assertBreaks(named("Example.com", dns("example.com")), "leaf", "§7.1.4.3", CABF_ONLY);
});

Deno.test("brokenRule() wants RSA moduli of whole bytes", () => {
  const modulus = new Uint8Array(257).fill(0xff);
  modulus[0] = 0x0f;
  const bytes = der.sequence(der.integer(modulus), der.smallInteger(65537));
  const key: PublicKey = { type: "rsa" satisfies KeyType, bytes };
  const certificate = parseCertificate(rawCertificate({ publicKeyInfo: publicKeyInfoDer(key) }));
  const place: Place = { role: "leaf", purpose: "clientAuth", signedItself: () => true };
  assert(brokenRule(certificate, place, "cabf-strict")?.includes("§6.1.5"));
  assertEquals(brokenRule(certificate, place, "rfc5280-strict"), undefined);
});

Deno.test("isSelfIssued() compares names", () => {
  assertEquals(isSelfIssued(ROOT.certificate), true);
  assertEquals(isSelfIssued(intermediate(ROOT, { name: " root" }).certificate), true);
  assertEquals(isSelfIssued(leaf(ROOT).certificate), false);
});
