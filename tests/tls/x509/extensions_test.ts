import { assertEquals, assertThrows } from "@std/assert";
import {
  contextConstructed,
  contextPrimitive,
  der,
  DerError,
  DerReader,
} from "../../../tls/x509/der.ts";
import {
  criticality,
  ExtensionId,
  KeyUsage,
  Purpose,
  readExtensions,
  unknownCriticalExtension,
} from "../../../tls/x509/extensions.ts";
import { generalNameDer } from "../../../tls/x509/general_name.ts";
import { nameDer } from "../../../tls/x509/name.ts";
import { assertSurvivesDamage } from "../../support/byte_laws.ts";
import { hex } from "../../support/codec_laws.ts";
import { rawExtension } from "../../support/raw_certificate.ts";

type Id = keyof typeof ExtensionId;

const parse = (...all: Uint8Array[]) => readExtensions(new DerReader(der.sequence(...all)));
const one = (id: Id, value: Uint8Array, critical = false) =>
  parse(rawExtension(ExtensionId[id], value, critical));
const refused = (id: Id, value: Uint8Array, message: string) => {
  assertThrows(() => one(id, value), DerError, message);
};

const directory = der.explicit(4, nameDer("a"));
const uri = generalNameDer({ kind: "uri", text: "http://a.example/" });
const accessDescription = der.sequence(der.objectIdentifier("1.3.6.1.5.5.7.48.1"), uri);

Deno.test("readExtensions() reads basic constraints", () => {
  const read = (bytes: Uint8Array) => one("basicConstraints", bytes).basicConstraints;
  const authority = der.sequence(der.boolean(true), der.smallInteger(3));
  assertEquals(read(der.sequence()), { ca: false, pathLength: undefined });
  assertEquals(read(authority), { ca: true, pathLength: 3 });
  refused("basicConstraints", der.sequence(der.boolean(false)), "left out");
  refused("basicConstraints", der.sequence(der.smallInteger(0)), "no authority");
  refused("basicConstraints", Uint8Array.of(...authority, 0), "too many");
});

Deno.test("readExtensions() reads key usage, of which one bit is set", () => {
  const bits = KeyUsage.keyCertSign | KeyUsage.cRLSign;
  assertEquals(one("keyUsage", der.namedBits(bits)).keyUsage, bits);
  assertEquals(one("keyUsage", hex("0302 0006")).keyUsage, bits);
  refused("keyUsage", der.namedBits(0), "without a bit");
});

Deno.test("readExtensions() reads extended key usage", () => {
  const value = der.sequence(der.objectIdentifier(Purpose.serverAuth));
  assertEquals(one("extendedKeyUsage", value).extendedKeyUsage, [Purpose.serverAuth]);
  refused("extendedKeyUsage", der.sequence(), "Empty list");
});

Deno.test("readExtensions() reads alternative names, whose addresses have 4 or 16 octets", () => {
  const names = (octets: Uint8Array) => der.sequence(generalNameDer({ kind: "ip", octets }));
  const octets = Uint8Array.of(1, 2, 3, 4);
  assertEquals(one("subjectAltName", names(octets)).subjectAltName, [{ kind: "ip", octets }]);
  refused("subjectAltName", names(new Uint8Array(8)), "IP address of 8 octets");
  refused("subjectAltName", der.sequence(), "Empty list");
});

Deno.test("readExtensions() reads key identifiers", () => {
  assertEquals(
    one("subjectKeyIdentifier", der.octetString(hex("01"))).subjectKeyIdentifier,
    hex("01"),
  );
  const all = der.sequence(
    der.element(contextPrimitive(0), hex("02")),
    der.element(contextConstructed(1), directory),
    der.element(contextPrimitive(2), hex("03")),
  );
  assertEquals(one("authorityKeyIdentifier", all).authorityKeyIdentifier, {
    keyIdentifier: hex("02"),
    hasIssuer: true,
    hasSerialNumber: true,
  });
  assertEquals(one("authorityKeyIdentifier", der.sequence()).authorityKeyIdentifier, {
    keyIdentifier: undefined,
    hasIssuer: false,
    hasSerialNumber: false,
  });
});

Deno.test("readExtensions() refuses a malformed value even where it is not used", () => {
  for (const id of ["authorityInfoAccess", "crlDistributionPoints", "freshestCrl"] as const) {
    refused(id, hex("05 00"), "Expected tag");
    refused(id, der.sequence(), "Empty list");
  }
  one("authorityInfoAccess", der.sequence(accessDescription));
  refused("authorityInfoAccess", der.sequence(der.sequence(uri)), "Expected tag");
});

Deno.test("readExtensions() refuses an extension twice, and an empty list", () => {
  const extension = rawExtension("1.2.3", hex("00"));
  assertThrows(() => parse(extension, extension), DerError, "Extension 1.2.3 is there twice");
  assertThrows(() => parse(), DerError, "Empty list");
});

Deno.test("criticality() tells absent from present", () => {
  const extensions = one("keyUsage", der.namedBits(1), true);
  assertEquals(criticality(extensions, "keyUsage"), true);
  assertEquals(criticality(extensions, "subjectAltName"), undefined);
  assertEquals(criticality(one("keyUsage", der.namedBits(1)), "keyUsage"), false);
});

Deno.test("unknownCriticalExtension() finds what nobody acts on", () => {
  const unknown = (critical: boolean) => parse(rawExtension("1.2.3", hex("00"), critical));
  assertEquals(unknownCriticalExtension(unknown(true)), "1.2.3");
  assertEquals(unknownCriticalExtension(unknown(false)), undefined);
  assertEquals(unknownCriticalExtension(one("keyUsage", der.namedBits(1), true)), undefined);
  const alternative = one("issuerAltName", der.sequence(uri), true);
  assertEquals(unknownCriticalExtension(alternative), ExtensionId.issuerAltName);
});

Deno.test("readExtensions() survives damage", () => {
  const subtree = der.sequence(generalNameDer({ kind: "dns", text: "a.example" }));
  const bytes = der.sequence(
    rawExtension(ExtensionId.basicConstraints, der.sequence(der.boolean(true))),
    rawExtension(ExtensionId.keyUsage, der.namedBits(1)),
    rawExtension(
      ExtensionId.extendedKeyUsage,
      der.sequence(der.objectIdentifier(Purpose.clientAuth)),
    ),
    rawExtension(ExtensionId.subjectAltName, der.sequence(uri, directory)),
    rawExtension(
      ExtensionId.nameConstraints,
      der.sequence(der.element(contextConstructed(0), subtree)),
    ),
    rawExtension(
      ExtensionId.certificatePolicies,
      der.sequence(der.sequence(der.objectIdentifier("1.2.3"))),
    ),
    rawExtension(ExtensionId.authorityInfoAccess, der.sequence(accessDescription)),
  );
  assertSurvivesDamage(bytes, (damaged) => readExtensions(new DerReader(damaged)), DerError);
});
