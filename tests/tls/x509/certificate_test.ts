import { assertEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../../tls/alert.ts";
import { publicKeyInfoDer, signatureAlgorithmDer } from "../../../tls/x509/algorithms.ts";
import {
  parseCertificate,
  parsePublicKeyInfo,
  publicKeyOf,
} from "../../../tls/x509/certificate.ts";
import { contextPrimitive, der, Tag } from "../../../tls/x509/der.ts";
import { nameText } from "../../../tls/x509/name.ts";
import { assertSurvivesDamage } from "../../support/byte_laws.ts";
import { hex } from "../../support/codec_laws.ts";
import {
  type RawCertificate,
  rawCertificate,
  rawExtension,
  rawTbs,
} from "../../support/raw_certificate.ts";

const extension = rawExtension("1.2.3", hex("0500"), true);

const refused = (fields: RawCertificate, reason: string, message: string) => {
  const error = assertThrows(() => parseCertificate(rawCertificate(fields)), TlsError, message);
  assertEquals(error.reason, reason);
};

Deno.test("parseCertificate() reads every field", () => {
  const fields = { serialNumber: der.smallInteger(300), extensions: [extension] };
  const bytes = rawCertificate(fields);
  const certificate = parseCertificate(bytes);
  assertEquals(certificate.der, bytes);
  assertEquals(certificate.tbs, rawTbs(fields));
  assertEquals(certificate.serialNumber, hex("012c"));
  assertEquals(nameText(certificate.issuer), "CN=Issuer");
  assertEquals(nameText(certificate.subject), "CN=Subject");
  assertEquals(certificate.notBeforeMs, Date.UTC(2026, 0, 1));
  assertEquals(certificate.notAfterMs, Date.UTC(2027, 0, 1));
  assertEquals(certificate.signatureAlgorithm.algorithm, "ed25519");
  assertEquals(certificate.signature, new Uint8Array(64));
  assertEquals(certificate.extensions.all, [{ oid: "1.2.3", critical: true, value: hex("0500") }]);
  assertEquals(publicKeyOf(certificate), { type: "ed25519", bytes: new Uint8Array(32) });
});

Deno.test("parseCertificate() takes version 3 only", () => {
  refused({ version: new Uint8Array() }, "unsupportedCertificate", "version 1, not 3");
  refused(
    { version: der.explicit(0, der.smallInteger(1)) },
    "unsupportedCertificate",
    "version 2, not 3",
  );
});

Deno.test("parseCertificate() refuses two opinions about the signature's algorithm", () => {
  refused(
    { outerAlgorithm: signatureAlgorithmDer("ecdsa_sha256") },
    "malformedCertificate",
    "differ",
  );
});

Deno.test("parseCertificate() refuses unique identifiers", () => {
  const uniqueIds = der.element(contextPrimitive(1), hex("0001"));
  refused({ uniqueIds }, "malformedCertificate", "Unexpected data");
});

Deno.test("parseCertificate() refuses an extension that is there twice", () => {
  refused({ extensions: [extension, extension] }, "malformedCertificate", "1.2.3 is there twice");
});

Deno.test("parseCertificate() refuses bytes behind the certificate", () => {
  const bytes = Uint8Array.of(...rawCertificate(), 0);
  assertThrows(() => parseCertificate(bytes), TlsError, "1 bytes too many");
});

Deno.test("publicKeyOf() names the algorithm of a key it does not know", () => {
  const dsa = der.sequence(der.objectIdentifier("1.2.840.10040.4.1"), der.null());
  const publicKeyInfo = der.sequence(dsa, der.bitString(hex("00")));
  const certificate = parseCertificate(rawCertificate({ publicKeyInfo }));
  const error = assertThrows(() => publicKeyOf(certificate), TlsError, "1.2.840.10040.4.1");
  assertEquals(error.alert, "unsupported_certificate");
});

Deno.test("parsePublicKeyInfo() reads a key and nothing behind it", () => {
  const key = { type: "ed25519", bytes: new Uint8Array(32) } as const;
  const bytes = publicKeyInfoDer(key);
  assertEquals(parsePublicKeyInfo(bytes), key);
  assertThrows(() => parsePublicKeyInfo(Uint8Array.of(...bytes, 0)), TlsError, "1 bytes too many");
  const unknown = publicKeyInfoDer({ ...key, bytes: new Uint8Array(31) });
  assertThrows(() => parsePublicKeyInfo(unknown), TlsError, "1.3.101.112 is not supported");
  assertSurvivesDamage(bytes, parsePublicKeyInfo, TlsError);
});

Deno.test("parseCertificate() survives damage", () => {
  const subject = der.sequence(
    der.setOf(der.sequence(der.objectIdentifier("2.5.4.3"), der.string(Tag.BMP_STRING, "ab"))),
  );
  const bytes = rawCertificate({ subject, extensions: [extension] });
  assertSurvivesDamage(bytes, parseCertificate, TlsError);
});
