import { assertEquals } from "@std/assert";
import type { TlsError } from "../../../tls/alert.ts";
import { refusal, timeText } from "../../../tls/x509/errors.ts";
import type { PlainName } from "../../../tls/x509/general_name.ts";
import { alternativeNames, leaf, root } from "../../support/certificates.ts";

const ROOT = root();
const certificate = leaf(ROOT).certificate;
const nameless = (...names: PlainName[]) =>
  leaf(ROOT, {
    name: "",
    extensions: {
      subjectAltName: names.length === 0 ? undefined : [alternativeNames(...names), true],
    },
  }).certificate;

const said = ({ alert, message }: TlsError) => [alert, message];

Deno.test("refusal.expired() says when, and what to do", () => {
  assertEquals(said(refusal.expired(certificate)), [
    "certificate_expired",
    "Certificate of localhost expired 2027-01-01T00:00:00Z: renew it, or check this machine's clock",
  ]);
});

Deno.test("refusal names a certificate by its subject, or by its first alternative name", () => {
  const message = (names: PlainName[]) =>
    refusal.expired(nameless(...names)).message.split(" exp")[0];
  assertEquals(message([{ kind: "dns", text: "a.example" }]), "Certificate of a.example");
  assertEquals(
    message([{ kind: "ip", octets: Uint8Array.of(1, 2, 3, 4) }]),
    "Certificate of 1.2.3.4",
  );
  assertEquals(message([]), "Certificate of (no name)");
});

Deno.test("refusal.unknownIssuer() tells a self-signed certificate from a missing authority", () => {
  assertEquals(said(refusal.unknownIssuer(ROOT.certificate)), [
    "unknown_ca",
    "Certificate of Root signed itself and is not trusted: add it to the trusted certificates",
  ]);
  assertEquals(said(refusal.unknownIssuer(certificate)), [
    "unknown_ca",
    "Certificate of localhost was issued by CN=Root, which is neither trusted nor sent along: " +
    "add that authority to the trusted certificates, or have the peer send its whole chain",
  ]);
});

Deno.test("refusal.wrongName() says what names there are", () => {
  const names = Array.from({ length: 7 }, (_, index): PlainName => ({
    kind: "dns",
    text: `${index}.example`,
  }));
  assertEquals(said(refusal.wrongName(nameless(...names), "a.example")), [
    "certificate_unknown",
    "The certificate is for 0.example, 1.example, 2.example, 3.example, 4.example and 2 more, " +
    "not for a.example: use one of its names, or have it issued anew",
  ]);
  assertEquals(
    refusal.wrongName(nameless(), "a.example").message,
    "The certificate is not for a.example: it has no subject alternative names; " +
      "have it issued anew with them",
  );
});

Deno.test("refusal lets no control character of a name into a message", () => {
  const names: PlainName[] = [{ kind: "dns", text: "a\u001b[2J\n.example" }];
  assertEquals(
    refusal.expired(nameless(...names)).message.split(" exp")[0],
    "Certificate of a?[2J?.example",
  );
});

Deno.test("refusal gives each alert its error", () => {
  assertEquals(refusal.revoked(certificate, 0, "superseded").alert, "certificate_revoked");
  assertEquals(refusal.revocationUnknown(certificate, "").alert, "certificate_unknown");
  assertEquals(refusal.badSignature(certificate).alert, "bad_certificate");
  assertEquals(
    refusal.weakKey(certificate, "an RSA key of 1024 bits").alert,
    "unsupported_certificate",
  );
});

Deno.test("refusal.unusableSignature() tells a weak algorithm from an unsupported one", () => {
  const signedWith = (oid: string) => {
    const signatureAlgorithm = { ...certificate.signatureAlgorithm, oid, algorithm: undefined };
    return refusal.unusableSignature({ ...certificate, signatureAlgorithm });
  };
  assertEquals(signedWith("1.2.840.113549.1.1.5").reason, "weakCertificate");
  assertEquals(
    signedWith("1.2.840.113549.1.1.5").message,
    "Certificate of localhost is signed with SHA-1, which can be forged: have it issued anew with SHA-256",
  );
  assertEquals(signedWith("1.2.3").reason, "unsupportedCertificate");
});

Deno.test("timeText() is in whole seconds", () => {
  assertEquals(timeText(Date.UTC(2026, 0, 1)), "2026-01-01T00:00:00Z");
});
