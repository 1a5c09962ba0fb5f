import { assertEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../../tls/alert.ts";
import { reference } from "../../../tls/provider/reference.ts";
import type { Certificate } from "../../../tls/x509/certificate.ts";
import { der } from "../../../tls/x509/der.ts";
import { KeyUsage, Purpose } from "../../../tls/x509/extensions.ts";
import { findPath, type PathRequest } from "../../../tls/x509/path.ts";
import { TrustAnchors } from "../../../tls/x509/trust.ts";
import {
  authority,
  freshKey,
  intermediate,
  leaf,
  nameConstraints,
  NOW_MS,
  type Party,
  root,
  type Shape,
} from "../../support/certificates.ts";
import { rawExtension } from "../../support/raw_certificate.ts";

const ROOT = root();

interface Options extends Partial<Omit<PathRequest, "leaf" | "intermediates" | "anchors">> {
  readonly anchors?: readonly Party[];
}

function find(end: Party, intermediates: readonly Party[] = [], options: Options = {}) {
  const { anchors = [ROOT], ...rest } = options;
  return findPath({
    leaf: end.certificate,
    intermediates: intermediates.map((each) => each.certificate),
    anchors: new TrustAnchors(anchors.map((each) => each.certificate.der)),
    purpose: "serverAuth",
    nowMs: NOW_MS,
    profile: "webpki",
    verify: reference.verify,
    ...rest,
  });
}

function refused(
  reason: string,
  message: string,
  end: Party,
  intermediates: readonly Party[] = [],
  options: Options = {},
) {
  const error = assertThrows(() => find(end, intermediates, options), TlsError, message);
  assertEquals(error.reason, reason);
}

const encodings = (certificates: readonly Certificate[]) => certificates.map((each) => each.der);
const assertPath = (found: readonly Certificate[], ...expected: Party[]) =>
  assertEquals(encodings(found), encodings(expected.map((each) => each.certificate)));

const validity = (fromMs: number, toMs: number) => der.sequence(der.time(fromMs), der.time(toMs));
const EXPIRED = validity(NOW_MS - 2000, NOW_MS - 1000);

Deno.test("findPath() finds a path below the anchor, and through intermediates in any order", () => {
  const direct = leaf(ROOT);
  assertPath(find(direct), direct, ROOT);
  const upper = intermediate(ROOT, { name: "Upper" });
  const lower = intermediate(upper, { name: "Lower" });
  const end = leaf(lower);
  assertPath(find(end, [upper, lower]), end, lower, upper, ROOT);
  assertPath(find(end, [lower, upper, direct, ROOT]), end, lower, upper, ROOT);
});

Deno.test("findPath() says whose certificate is missing", () => {
  const upper = intermediate(ROOT, { name: "Upper" });
  const lower = intermediate(upper, { name: "Lower" });
  refused("unknownIssuer", "issued by CN=Lower, which is neither trusted", leaf(lower), [upper]);
  const own = root({ name: "Own" });
  refused("unknownIssuer", "signed itself and is not trusted", own);
});

Deno.test("findPath() is not misled by an intermediate that leads nowhere", () => {
  const key = freshKey();
  const good = intermediate(ROOT, { key });
  const expired = intermediate(ROOT, { key, validity: EXPIRED });
  const foreign = intermediate(root({ name: "Foreign" }), { key });
  const twin = intermediate(ROOT);
  const end = leaf(good);
  assertPath(find(end, [expired, foreign, twin, good]), end, good, ROOT);
});

Deno.test("findPath() ends in a circle of cross-signed authorities", () => {
  const [a, b] = [root({ name: "A" }), root({ name: "B" })];
  const aByB = intermediate(b, { name: "A", key: a.key });
  const bByA = intermediate(a, { name: "B", key: b.key });
  const end = leaf(a);
  refused("unknownIssuer", "neither trusted", end, [aByB, bByA]);
  assertPath(find(end, [aByB, bByA], { anchors: [b] }), end, aByB, b);
});

Deno.test("findPath() gives up after a bounded number of signature checks", () => {
  const others = Array.from({ length: 101 }, () => intermediate(ROOT, { name: "Same" }));
  const end = leaf(intermediate(root({ name: "Foreign" }), { name: "Same" }));
  refused("unknownIssuer", "within 100 signature checks", end, others);
});

Deno.test("findPath() gives up when names and constraints are too many to compare", () => {
  const names = Array.from({ length: 510 }, (_, index) => ({
    kind: "dns" as const,
    text: `a${index}.example`,
  }));
  const constrained = root({ extensions: { nameConstraints: [nameConstraints(names), true] } });
  const subjectAltName = der.sequence(...names.map(({ text }) => der.string(0x82, text)));
  const end = leaf(constrained, { extensions: { subjectAltName } });
  refused("unknownIssuer", "250000 comparisons of names", end, [], { anchors: [constrained] });
});

Deno.test("findPath() refuses a signature that is not the issuer's", () => {
  const other = root();
  refused("badCertificateSignature", "not signed by the key of CN=Root", leaf(other));
});

Deno.test("findPath() refuses certificates outside of their time, to the second", () => {
  const end = (fromMs: number, toMs: number) => leaf(ROOT, { validity: validity(fromMs, toMs) });
  const hour = 3_600_000;
  refused(
    "certificateExpired",
    "Certificate of localhost expired 2026-05-31T23:59:59Z: renew it",
    end(NOW_MS - hour, NOW_MS - 1000),
  );
  refused(
    "certificateNotYetValid",
    "valid from 2026-06-01T00:00:01Z",
    end(NOW_MS + 1000, NOW_MS + hour),
  );
  find(end(NOW_MS, NOW_MS + hour));
  find(end(NOW_MS - hour, NOW_MS), [], { nowMs: NOW_MS + 999 });
  refused("certificateExpired", "Certificate of Intermediate", leaf(ROOT_EXPIRED), [ROOT_EXPIRED]);
  const old = root({ validity: EXPIRED });
  refused("certificateExpired", "Certificate of Root", leaf(old), [], { anchors: [old] });
});

const ROOT_EXPIRED = intermediate(ROOT, { validity: EXPIRED });

Deno.test("findPath() has authorities be authorities", () => {
  const through = (shape: Shape) => {
    const middle = intermediate(ROOT, shape);
    return [leaf(middle), [middle]] as const;
  };
  const cases: [Shape["extensions"], string][] = [
    [{ basicConstraints: undefined }, "do not make it an authority"],
    [{ basicConstraints: [der.sequence(), true] }, "do not make it an authority"],
    [{ keyUsage: der.namedBits(KeyUsage.digitalSignature) }, "does not let it sign"],
    [
      { extendedKeyUsage: der.sequence(der.objectIdentifier(Purpose.clientAuth)) },
      "does not allow serverAuth",
    ],
  ];
  for (const [extensions, message] of cases) {
    refused("issuerNotAuthority", message, ...through({ extensions }));
  }
});

Deno.test("findPath() counts a path length without self-issued certificates", () => {
  const top = root({ extensions: { basicConstraints: [authority(0), true] } });
  const again = intermediate(top, { name: "Root" });
  const end = leaf(again);
  assertPath(find(end, [again], { anchors: [top] }), end, again, top);
  const below = intermediate(again);
  const message = "More than 0 authorities are below the certificate of Root";
  refused("certificateChainTooLong", message, leaf(below), [again, below], { anchors: [top] });
});

Deno.test("findPath() bounds the authorities between leaf and anchor", () => {
  const middle = intermediate(ROOT);
  const end = leaf(middle);
  assertPath(find(end, [middle], { intermediatesMax: 1 }), end, middle, ROOT);
  refused("certificateChainTooLong", "More than 0", end, [middle], { intermediatesMax: 0 });
});

Deno.test("findPath() wants a leaf for the purpose, where it says what it is for", () => {
  const purposes = (...ids: string[]) => ({
    extensions: { extendedKeyUsage: der.sequence(...ids.map((id) => der.objectIdentifier(id))) },
  });
  refused(
    "certificateNotForPurpose",
    "not for serverAuth",
    leaf(ROOT, purposes(Purpose.clientAuth)),
  );
  find(leaf(ROOT, purposes(Purpose.clientAuth)), [], { purpose: "clientAuth" });
  find(leaf(ROOT, purposes(Purpose.anyExtendedKeyUsage)));
  find(leaf(ROOT, { extensions: { extendedKeyUsage: undefined } }));
});

Deno.test("findPath() refuses a critical extension that it does not understand, wherever it is", () => {
  const more = [rawExtension("1.2.3", der.null(), true)];
  refused("unsupportedCertificate", "critical extension 1.2.3", leaf(ROOT, { more }));
  const middle = intermediate(ROOT, { more });
  refused("unsupportedCertificate", "critical extension 1.2.3", leaf(middle), [middle]);
  const top = root({ more });
  refused("unsupportedCertificate", "1.2.3", leaf(top), [], { anchors: [top] });
  find(leaf(ROOT, { more: [rawExtension("1.2.3", der.null())] }));
});

Deno.test("findPath() applies name constraints to all below, self-issued authorities excepted", () => {
  const dns = (text: string) => ({ kind: "dns", text } as const);
  const constraints = [nameConstraints([dns("example.com")]), true] as const;
  const top = root({ extensions: { nameConstraints: constraints } });
  const options = { anchors: [top] };
  find(leaf(top, { name: "a.example.com" }), [], options);
  const message =
    "breaks the name constraints of CN=Root: Name localhost is in no permitted subtree";
  refused("nameConstraintViolated", message, leaf(top), [], options);
  const named = (name: string) =>
    intermediate(top, {
      name,
      extensions: { subjectAltName: der.sequence(der.string(0x82, "elsewhere.example")) },
    });
  const [own, other] = [named("Root"), named("Other")];
  find(leaf(own, { name: "example.com" }), [own], options);
  const end = leaf(other, { name: "example.com" });
  refused("nameConstraintViolated", "elsewhere.example", end, [other], options);
});

Deno.test("findPath() wants a policy where one is required", () => {
  const policies = (id: string) => der.sequence(der.sequence(der.objectIdentifier(id)));
  const required = der.sequence(der.string(0x80, "\u0000"));
  const middle = intermediate(ROOT, {
    extensions: {
      certificatePolicies: policies("1.2.1"),
      policyConstraints: [required, true],
    },
  });
  const end = (id: string) => leaf(middle, { extensions: { certificatePolicies: policies(id) } });
  find(end("1.2.1"), [middle]);
  refused("certificatePolicyViolated", "none of the policies", end("1.2.2"), [middle]);
});

Deno.test("findPath() believes a leaf that is an anchor itself, as webpki only", () => {
  const own = leaf(ROOT);
  assertPath(find(own, [], { anchors: [own] }), own);
  refused("unknownIssuer", "neither trusted", own, [], {
    anchors: [own],
    profile: "rfc5280-strict",
  });
});

Deno.test("findPath() holds certificates to the rules of a strict profile", () => {
  const end = leaf(ROOT, { extensions: { authorityKeyIdentifier: undefined } });
  find(end);
  refused("nonConformingCertificate", "RFC 5280 §4.2.1.1", end, [], { profile: "rfc5280-strict" });
});
