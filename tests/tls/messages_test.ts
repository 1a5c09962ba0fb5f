import { assertEquals } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import {
  checkFinished,
  decodeCertificate,
  decodeCertificateRequest,
  decodeCertificateVerify,
  decodeCompressedCertificate,
  decodeEncryptedExtensions,
  decodeKeyUpdate,
  decodeNewSessionTicket,
  decodeServerHello,
  encodeCertificate,
  encodeCertificateRequest,
  encodeCertificateVerify,
  encodeCompressedCertificate,
  encodeEncryptedExtensions,
  encodeFinished,
  encodeKeyUpdate,
  encodeNewSessionTicket,
  encodeServerHello,
  END_OF_EARLY_DATA,
  HELLO_RETRY_REQUEST_RANDOM,
  type ServerHello,
} from "../../tls/messages.ts";
import { encodeEchConfigList } from "../../tls/ech_config.ts";
import { ExtensionType, HandshakeType } from "../../tls/registry.ts";
import { TlsWriter } from "../../tls/wire.ts";
import { writeExtension } from "../../tls/extensions.ts";
import { assertSurvivesDamage } from "../support/byte_laws.ts";
import { echKey } from "../support/ech_hellos.ts";
import { fromHex, toHex, utf8 } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";
import trace from "../vectors/rfc8448.json" with { type: "json" };

/** Everything that answers may hold. */
const ALL: ReadonlySet<number> = new Set([...Object.values(ExtensionType), 0x0a0a]);

const NONE = new Uint8Array();

const SERVER_HELLO: ServerHello = {
  legacyVersion: 0x0303,
  random: new Uint8Array(32).fill(1),
  legacySessionIdEcho: new Uint8Array(32).fill(2),
  cipherSuite: 0x1301,
  isHelloRetryRequest: false,
  supportedVersion: 0x0304,
  keyShare: { group: 29, keyExchange: Uint8Array.of(3) },
  preSharedKey: 1,
};

const HELLO_RETRY_REQUEST: ServerHello = {
  legacyVersion: 0x0303,
  random: HELLO_RETRY_REQUEST_RANDOM,
  legacySessionIdEcho: NONE,
  cipherSuite: 0x1301,
  isHelloRetryRequest: true,
  supportedVersion: 0x0304,
  selectedGroup: 29,
  cookie: Uint8Array.of(1, 2),
  encryptedClientHello: new Uint8Array(8),
};

const ENCRYPTED_EXTENSIONS = {
  serverNameAcknowledged: true,
  alpnProtocol: "h2",
  earlyData: true,
  recordSizeLimit: 1025,
  clientCertificateType: 2,
  serverCertificateType: 0,
  retryConfigs: encodeEchConfigList([echKey(1).config]),
  quicTransportParameters: Uint8Array.of(2, 3),
};

const CERTIFICATE_REQUEST = {
  context: Uint8Array.of(1),
  signatureAlgorithms: [0x0403, 0x0807],
  certificateAuthorities: [Uint8Array.of(0x30, 0)],
  compressCertificate: [1],
  statusRequest: true,
  signedCertificateTimestamp: true,
};

const CERTIFICATE = {
  context: NONE,
  entries: [
    {
      data: Uint8Array.of(1, 2),
      ocspResponse: Uint8Array.of(3),
      signedCertificateTimestamps: fromHex("0003 0001 aa"),
    },
    { data: Uint8Array.of(4) },
  ],
};

const TICKET = {
  lifetimeSeconds: 7200,
  ageAdd: 0xffffffff,
  nonce: Uint8Array.of(0),
  ticket: Uint8Array.of(1, 2, 3),
  earlyDataBytesMax: 0xfffffff0,
};

/** Every message with a codec of its own: its type, its bytes, its decoder, what is decoded. */
const CODECS: readonly [number, Uint8Array, (body: Uint8Array) => unknown, unknown][] = [
  [2, encodeServerHello(SERVER_HELLO), (body) => decodeServerHello(body, ALL), SERVER_HELLO],
  [
    2,
    encodeServerHello(HELLO_RETRY_REQUEST),
    (body) => decodeServerHello(body, ALL),
    HELLO_RETRY_REQUEST,
  ],
  [
    8,
    encodeEncryptedExtensions(ENCRYPTED_EXTENSIONS),
    (body) => decodeEncryptedExtensions(body, ALL),
    ENCRYPTED_EXTENSIONS,
  ],
  [
    13,
    encodeCertificateRequest(CERTIFICATE_REQUEST),
    decodeCertificateRequest,
    CERTIFICATE_REQUEST,
  ],
  [11, encodeCertificate(CERTIFICATE), (body) => decodeCertificate(body, ALL), CERTIFICATE],
  [
    25,
    encodeCompressedCertificate({
      algorithm: 1,
      uncompressedLength: 70_000,
      compressed: utf8("x"),
    }),
    decodeCompressedCertificate,
    { algorithm: 1, uncompressedLength: 70_000, compressed: utf8("x") },
  ],
  [
    15,
    encodeCertificateVerify({ scheme: 0x0807, signature: utf8("s") }),
    decodeCertificateVerify,
    { scheme: 0x0807, signature: utf8("s") },
  ],
  [4, encodeNewSessionTicket(TICKET), decodeNewSessionTicket, TICKET],
  [24, encodeKeyUpdate(true), decodeKeyUpdate, true],
  [24, encodeKeyUpdate(false), decodeKeyUpdate, false],
];

for (const [type, bytes, decode, decoded] of CODECS) {
  const name = Object.entries(HandshakeType).find(([, value]) => value === type)![0];

  Deno.test(`${name} of ${bytes.length} bytes has its header, and is decoded as it was encoded`, () => {
    assertEquals(bytes[0], type);
    assertEquals(bytes[1] << 16 | bytes[2] << 8 | bytes[3], bytes.length - 4);
    assertEquals(decode(bytes.subarray(4)), decoded);
  });

  Deno.test(`${name} of ${bytes.length} bytes survives damage`, () => {
    assertSurvivesDamage(bytes.slice(4), decode, TlsError);
  });

  Deno.test(`${name} of ${bytes.length} bytes is refused with a byte behind its end`, () => {
    const longer = new Uint8Array([...bytes.subarray(4), 0]);
    assertRefused(() => decode(longer), "decodeError");
  });
}

Deno.test("ServerHello, EncryptedExtensions, Certificate and NewSessionTicket of RFC 8448 are read", () => {
  const body = (name: keyof typeof trace.messages) => fromHex(trace.messages[name]).subarray(4);
  const hello = decodeServerHello(body("serverHello"), ALL);
  assertEquals([hello.cipherSuite, hello.supportedVersion, hello.keyShare?.group], [
    0x1301,
    0x0304,
    29,
  ]);
  assertEquals(decodeEncryptedExtensions(body("encryptedExtensions"), ALL), {
    serverNameAcknowledged: true,
    recordSizeLimit: 0x4001,
  });
  assertEquals(decodeCertificate(body("certificate"), ALL).entries.length, 1);
  assertEquals(decodeCertificateVerify(body("certificateVerify")).scheme, 0x0804);
  const ticket = decodeNewSessionTicket(body("newSessionTicket"));
  assertEquals([ticket.lifetimeSeconds, ticket.earlyDataBytesMax], [30, 1024]);
  assertEquals(toHex(ticket.nonce), trace.resumption.ticketNonce);
});

Deno.test("encodeCertificate() and the like encode the messages of RFC 8448 again to the byte", () => {
  const { certificate, certificateVerify, serverFinished, newSessionTicket } = trace.messages;
  const body = (hex: string) => fromHex(hex).subarray(4);
  const verify = decodeCertificateVerify(body(certificateVerify));
  const ticket = decodeNewSessionTicket(body(newSessionTicket));
  assertEquals(toHex(encodeCertificate(decodeCertificate(body(certificate), ALL))), certificate);
  assertEquals(toHex(encodeCertificateVerify(verify)), certificateVerify);
  assertEquals(toHex(encodeFinished(body(serverFinished))), serverFinished);
  assertEquals(toHex(encodeNewSessionTicket(ticket)), newSessionTicket);
});

Deno.test("decodeServerHello() reads no further in a hello of TLS 1.2 (RFC 8446 §4.1.3)", () => {
  const { supportedVersion: _, keyShare: __, preSharedKey: ___, ...old } = SERVER_HELLO;
  assertEquals(decodeServerHello(encodeServerHello(old).subarray(4), new Set()), old);
  const withoutBlock = encodeServerHello(old).subarray(4, -2);
  assertEquals(decodeServerHello(withoutBlock, new Set()), old);
});

Deno.test("decodeServerHello() refuses any compression (RFC 8446 §4.1.3)", () => {
  const compressed = encodeServerHello(SERVER_HELLO).slice(4);
  compressed[2 + 32 + 1 + 32 + 2] = 1;
  assertRefused(() => decodeServerHello(compressed, ALL), "decodeError", "decode_error");
});

Deno.test("decodeServerHello() refuses a session id of more than 32 bytes (RFC 8446 §4.1.3)", () => {
  const hello = { ...SERVER_HELLO, legacySessionIdEcho: new Uint8Array(33) };
  assertRefused(() => decodeServerHello(encodeServerHello(hello).subarray(4), ALL), "decodeError");
});

Deno.test("decodeServerHello() refuses what was not offered (RFC 8446 §4.2)", () => {
  const offered = new Set<number>([ExtensionType.supported_versions, ExtensionType.key_share]);
  const body = encodeServerHello(SERVER_HELLO).subarray(4);
  assertRefused(
    () => decodeServerHello(body, offered),
    "unexpectedExtension",
    "unsupported_extension",
  );
});

Deno.test("decodeServerHello() refuses an empty cookie and an empty key share as badExtension", () => {
  const cookie = { ...HELLO_RETRY_REQUEST, cookie: NONE };
  assertRefused(
    () => decodeServerHello(encodeServerHello(cookie).subarray(4), ALL),
    "badExtension",
  );
  const keyShare = { ...SERVER_HELLO, keyShare: { group: 29, keyExchange: NONE } };
  assertRefused(
    () => decodeServerHello(encodeServerHello(keyShare).subarray(4), ALL),
    "badExtension",
  );
});

Deno.test("decodeEncryptedExtensions() takes exactly one ALPN name (RFC 7301 §3.1)", () => {
  const writer = new TlsWriter();
  writer.vector(
    2,
    () =>
      writeExtension(writer, ExtensionType.application_layer_protocol_negotiation, (inner) => {
        inner.bytes(fromHex("0004 0161 0162"));
      }),
  );
  assertRefused(
    () => decodeEncryptedExtensions(writer.written, ALL),
    "badExtension",
    "decode_error",
  );
});

Deno.test("decodeEncryptedExtensions() passes over supported_groups, which say what to offer next time (RFC 8446 §4.2.7)", () => {
  const writer = new TlsWriter();
  writer.vector(
    2,
    () => writeExtension(writer, ExtensionType.supported_groups, (inner) => inner.u16List([29])),
  );
  assertEquals(decodeEncryptedExtensions(writer.written, ALL), {});
});

Deno.test("decodeCertificateRequest() asks for signature_algorithms (RFC 8446 §4.3.2)", () => {
  const empty = fromHex("00 0000");
  assertRefused(() => decodeCertificateRequest(empty), "decodeError", "missing_extension");
});

Deno.test("decodeCertificate() takes an empty list, and no empty certificate (RFC 8446 §4.4.2)", () => {
  assertEquals(decodeCertificate(fromHex("00 000000"), ALL), { context: NONE, entries: [] });
  assertRefused(() => decodeCertificate(fromHex("00 000005 000000 0000"), ALL), "decodeError");
});

Deno.test("decodeNewSessionTicket() takes no empty ticket (RFC 8446 §4.6.1)", () => {
  const body = encodeNewSessionTicket({ ...TICKET, ticket: NONE }).subarray(4);
  assertRefused(() => decodeNewSessionTicket(body), "decodeError");
});

Deno.test("decodeKeyUpdate() refuses any value but 0 and 1 (RFC 8446 §4.6.3)", () => {
  assertRefused(() => decodeKeyUpdate(Uint8Array.of(2)), "badKeyUpdate", "illegal_parameter");
  assertRefused(() => decodeKeyUpdate(NONE), "decodeError", "decode_error");
});

Deno.test("checkFinished() tells a short Finished from a wrong one (RFC 8446 §4.4.4)", () => {
  const expected = new Uint8Array(32).fill(1);
  checkFinished(expected.slice(), expected);
  assertRefused(() => checkFinished(expected.slice(1), expected), "decodeError", "decode_error");
  assertRefused(
    () => checkFinished(new Uint8Array(33).fill(1), expected),
    "badFinished",
    "decrypt_error",
  );
  for (let at = 0; at < 32; at++) {
    const wrong = expected.slice();
    wrong[at] ^= 1;
    assertRefused(() => checkFinished(wrong, expected), "badFinished", "decrypt_error");
  }
});

Deno.test("END_OF_EARLY_DATA is a header without a body (RFC 8446 §4.5)", () => {
  assertEquals(END_OF_EARLY_DATA, Uint8Array.of(5, 0, 0, 0));
});
