import { assertEquals } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import {
  bindersBytes,
  type ClientHello,
  decodeClientHello,
  encodeClientHello,
  unchangingPart,
} from "../../tls/client_hello.ts";
import { ExtensionType, NamedGroup } from "../../tls/registry.ts";
import { assertSurvivesDamage } from "../support/byte_laws.ts";
import { fromHex, toHex } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";
import { fullHello, plainHello, receivedHello } from "../support/tls_samples.ts";
import trace from "../vectors/rfc8448.json" with { type: "json" };

/** A ClientHello with one more extension, put together byte by byte. */
function withExtension(type: number, content: string): Uint8Array {
  return encodeClientHello(plainHello({ otherExtensions: [{ type, data: fromHex(content) }] }));
}

/** A ClientHello without an extension block, so that its end can be written by hand. */
function fixedPart(sessionId = "", suites = "00021301", compression = "0100"): string {
  const body = `0303${"11".repeat(32)}${(sessionId.length / 2).toString(16).padStart(2, "0")}` +
    `${sessionId}${suites}${compression}`;
  return body;
}

function message(body: string): Uint8Array {
  return fromHex(`01${(body.length / 2).toString(16).padStart(6, "0")}${body}`);
}

Deno.test("decodeClientHello() gives back what encodeClientHello() was given", () => {
  const { otherExtensions: _, ...hello } = fullHello();
  const { extensionTypes, truncated: __, ...decoded } = decodeClientHello(
    encodeClientHello(fullHello()),
  );
  assertEquals(decoded, hello);
  assertEquals(extensionTypes.length, 22);
});

Deno.test("decodeClientHello() leaves fields of absent extensions out", () => {
  const { extensionTypes, truncated: _, ...decoded } = receivedHello();
  assertEquals(decoded, plainHello());
  assertEquals(extensionTypes, [
    ExtensionType.supported_versions,
    ExtensionType.supported_groups,
    ExtensionType.signature_algorithms,
    ExtensionType.key_share,
  ]);
});

for (const name of ["clientHello", "resumedClientHello"] as const) {
  Deno.test(`encodeClientHello() encodes the ${name} of RFC 8448 again to the byte`, () => {
    const bytes = fromHex(trace.messages[name]);
    const hello = decodeClientHello(bytes);
    // What has no field is handed back as it came: renegotiation_info, and session_ticket of TLS 1.2.
    const SESSION_TICKET = 35;
    const otherExtensions = [
      { type: ExtensionType.renegotiation_info, data: Uint8Array.of(0) },
      { type: SESSION_TICKET, data: new Uint8Array() },
      { type: ExtensionType.padding, data: new Uint8Array(87) },
    ].filter(({ type }) => hello.extensionTypes.includes(type));
    const again = encodeClientHello({ ...hello, otherExtensions }, hello.extensionTypes);
    assertEquals(toHex(again), trace.messages[name]);
  });
}

Deno.test("unchangingPart() is the same for hellos that differ as a retry may (RFC 8446 §4.1.2)", () => {
  const { cookie: _, preSharedKey: __, earlyData: ___, ...rest } = fullHello();
  const changed = { ...rest, keyShares: [{ group: 23, keyExchange: Uint8Array.of(4) }] };
  const part = (hello: ClientHello) => toHex(unchangingPart(encodeClientHello(hello)));
  assertEquals(part(changed), part(fullHello()));
});

Deno.test("unchangingPart() tells hellos that differ in anything else, if only in order", () => {
  const part = (hello: ClientHello, order?: number[]) =>
    toHex(unchangingPart(encodeClientHello(hello, order)));
  const hello = fullHello();
  const others = [
    part({ ...hello, random: new Uint8Array(32).fill(9) }),
    part({ ...hello, cipherSuites: [0x1303] }),
    part({ ...hello, serverName: "other.example" }),
    part({ ...hello, otherExtensions: [] }),
    part(hello, [ExtensionType.server_name]),
  ];
  assertEquals(others.filter((each) => each === part(hello)), []);
});

Deno.test("encodeClientHello() sends extensions in the order it is told, pre_shared_key last (RFC 8446 §4.2.11)", () => {
  const hello = fullHello();
  const order = [ExtensionType.pre_shared_key, ExtensionType.key_share, ExtensionType.cookie];
  const { extensionTypes } = decodeClientHello(encodeClientHello(hello, order));
  assertEquals(extensionTypes.slice(-3), [
    ExtensionType.key_share,
    ExtensionType.cookie,
    ExtensionType.pre_shared_key,
  ]);
});

Deno.test("decodeClientHello() cuts the binders off for their own hash (RFC 8446 §4.2.11.2)", () => {
  const bytes = encodeClientHello(fullHello());
  const { truncated, preSharedKey } = decodeClientHello(bytes);
  assertEquals(bindersBytes(preSharedKey), 2 + 33 + 49);
  assertEquals(truncated, bytes.subarray(0, bytes.length - 84));
  assertEquals(receivedHello().truncated, encodeClientHello(plainHello()));
});

Deno.test("decodeClientHello() takes a hello without extensions, which is one of TLS 1.2", () => {
  const hello = decodeClientHello(message(fixedPart()));
  assertEquals([hello.supportedVersions, hello.extensionTypes], [undefined, []]);
});

Deno.test("decodeClientHello() refuses SSL by its legacy_version, and no other (RFC 8446 §4.1.2, §D.5)", () => {
  const withVersion = (version: string) =>
    decodeClientHello(message(version + fixedPart().slice(4)));
  for (const version of ["0301", "0302", "0304", "ffff"]) withVersion(version);
  for (const version of ["0300", "0200", "0000"]) {
    assertRefused(() => withVersion(version), "unsupportedVersion", "protocol_version");
  }
});

Deno.test("decodeClientHello() refuses a broken frame as malformedClientHello (RFC 8446 §4.1.2)", () => {
  const bodies = [
    fixedPart("22".repeat(33)),
    fixedPart("", "0000"),
    fixedPart("", "0003130113"),
    fixedPart("", "00021301", "00"),
    fixedPart() + "00",
    fixedPart() + "0001",
    fixedPart() + "0000" + "00",
    fixedPart().slice(0, -2),
  ];
  for (const body of bodies) {
    assertRefused(() => decodeClientHello(message(body)), "malformedClientHello", "decode_error");
  }
});

Deno.test("decodeClientHello() refuses content of an extension that is malformed as badExtension", () => {
  const wrong: [number, string][] = [
    [ExtensionType.cookie, "0000"],
    [ExtensionType.cookie, "0001aa00"],
    [ExtensionType.psk_key_exchange_modes, "00"],
    [ExtensionType.early_data, "00"],
    [ExtensionType.signature_algorithms_cert, "0000"],
    [ExtensionType.application_layer_protocol_negotiation, "0002016100"],
    [ExtensionType.certificate_authorities, "0000"],
    [ExtensionType.status_request, "010000"],
    [ExtensionType.signed_certificate_timestamp, "00"],
    [ExtensionType.pre_shared_key, "0000" + "0021" + "20" + "00".repeat(32)],
    [ExtensionType.pre_shared_key, "0007" + "0001aa00000000" + "0002" + "0000"],
    [ExtensionType.server_name, "0000"],
  ];
  for (const [type, content] of wrong) {
    assertRefused(
      () => decodeClientHello(withExtension(type, content)),
      "badExtension",
      "decode_error",
    );
  }
});

Deno.test("decodeClientHello() refuses two key shares of one group (RFC 8446 §4.2.8)", () => {
  const share = { group: NamedGroup.x25519, keyExchange: new Uint8Array(32) };
  assertRefused(
    () => receivedHello({ keyShares: [share, share] }),
    "duplicateKeyShare",
    "illegal_parameter",
  );
});

Deno.test("decodeClientHello() refuses another count of binders than of identities (RFC 8446 §4.2.11)", () => {
  const preSharedKey = {
    identities: [{ identity: Uint8Array.of(1), obfuscatedTicketAge: 0 }],
    binders: [new Uint8Array(32), new Uint8Array(32)],
  };
  assertRefused(() => receivedHello({ preSharedKey }), "binderCountMismatch", "illegal_parameter");
});

Deno.test("decodeClientHello() refuses certificate types that say nothing but X.509 (RFC 7250 §3)", () => {
  for (const field of ["clientCertificateTypes", "serverCertificateTypes"] as const) {
    assertRefused(() => receivedHello({ [field]: [0] }), "badExtension", "illegal_parameter");
  }
});

Deno.test("decodeClientHello() gives server names in lower case, and refuses what is no name (RFC 6066 §3)", () => {
  assertEquals(receivedHello({ serverName: "Example.ORG" }).serverName, "example.org");
  for (const serverName of ["", "a b", "a\0b", "ü", "a".repeat(256)]) {
    assertRefused(() => receivedHello({ serverName }), "badExtension", "decode_error");
  }
  const unknownKind = withExtension(ExtensionType.server_name, "0004 01 0001 61");
  assertRefused(() => decodeClientHello(unknownKind), "badExtension");
  const two = withExtension(ExtensionType.server_name, "0008 00 0001 61 00 0001 62");
  assertRefused(() => decodeClientHello(two), "badExtension");
});

Deno.test("decodeClientHello() passes over a status request that is not for OCSP (RFC 6066 §8)", () => {
  const hello = decodeClientHello(withExtension(ExtensionType.status_request, "02aabb"));
  assertEquals(hello.statusRequest, false);
});

Deno.test("decodeClientHello() passes over what it does not know (RFC 8446 §4.1.2, RFC 8701)", () => {
  const hello = receivedHello({
    cipherSuites: [0x0a0a, 0x1301],
    otherExtensions: [{ type: 0x1a1a, data: new Uint8Array(100) }],
  });
  assertEquals(hello.cipherSuites, [0x0a0a, 0x1301]);
});

Deno.test("decodeClientHello() survives damage", () => {
  assertSurvivesDamage(encodeClientHello(fullHello()), decodeClientHello, TlsError);
  assertSurvivesDamage(fromHex(trace.messages.clientHello), decodeClientHello, TlsError);
});
