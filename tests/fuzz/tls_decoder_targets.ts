/**
 * The decoders of the TLS engine, one target each: what `deno task fuzz tls` spends most of its inputs on.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import { decodeClientHello, encodeClientHello } from "../../tls/client_hello.ts";
import type { ServerConfig } from "../../tls/config.ts";
import { encodeOuterEch, readEch } from "../../tls/ech.ts";
import { encodeEchConfigList, readEchConfigList, usableEchConfig } from "../../tls/ech_config.ts";
import { HandshakeJoiner } from "../../tls/handshake_joiner.ts";
import {
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
  encodeKeyUpdate,
  encodeNewSessionTicket,
  encodeServerHello,
  HELLO_RETRY_REQUEST_RANDOM,
} from "../../tls/messages.ts";
import { CertificateType, CipherSuiteId, ExtensionType } from "../../tls/registry.ts";
import { decodeTicketState, encodeTicketState } from "../../tls/resumption.ts";
import {
  checkClientHello,
  chooseAlpn,
  chooseGroup,
  chooseSuite,
} from "../../tls/server_choices.ts";
import { echKey } from "../support/ech_hellos.ts";
import { fullHello, plainHello } from "../support/tls_samples.ts";
import type { Target } from "./target.ts";
import { transparent } from "./transparent_provider.ts";

const ALL: ReadonlySet<number> = new Set(Object.values(ExtensionType));
const RANDOM = new Uint8Array(32).fill(1);
const NOTHING = new Uint8Array();

const serverConfig: ServerConfig = {
  provider: transparent,
  random: () => {},
  now: () => 0,
  credentials: [],
  alpnProtocols: ["h2", "http/1.1"],
};

/** A decoder of a message's body. */
function decoder(
  name: string,
  decode: (body: Uint8Array) => unknown,
  messages: readonly Uint8Array[],
  weight = 8,
): Target {
  const seeds = messages.map((message) => message.slice(4));
  return {
    ...{ name, seeds, weight, framing: "bytes", refusal: TlsError },
    run: (body) => (decode(body), "decoded"),
  };
}

/** A decoder of something that has no header. */
function plainDecoder(
  name: string,
  decode: (bytes: Uint8Array) => unknown,
  seeds: readonly Uint8Array[],
): Target {
  return {
    ...{ name, seeds, weight: 8, framing: "bytes", refusal: TlsError },
    run: (bytes) => (decode(bytes), "decoded"),
  };
}

const clientHello: Target = {
  name: "ClientHello",
  framing: "bytes",
  refusal: TlsError,
  weight: 16,
  seeds: [plainHello(), fullHello()].map((hello) => encodeClientHello(hello)),
  run(bytes) {
    if (bytes.length < 4) return "too short for a joiner to give it";
    const hello = decodeClientHello(bytes);
    checkClientHello(hello);
    chooseSuite(serverConfig, hello);
    chooseGroup(serverConfig, hello);
    chooseAlpn(serverConfig, hello);
    if (hello.encryptedClientHello !== undefined) readEch(hello.encryptedClientHello);
    return "can be answered";
  },
};

const serverHellos = [
  encodeServerHello({
    random: RANDOM,
    legacySessionIdEcho: RANDOM,
    cipherSuite: CipherSuiteId.TLS_AES_128_GCM_SHA256,
    isHelloRetryRequest: false,
    supportedVersion: 0x0304,
    keyShare: { group: 29, keyExchange: RANDOM },
    preSharedKey: 0,
  }),
  encodeServerHello({
    random: HELLO_RETRY_REQUEST_RANDOM,
    legacySessionIdEcho: RANDOM,
    cipherSuite: CipherSuiteId.TLS_AES_128_GCM_SHA256,
    isHelloRetryRequest: true,
    supportedVersion: 0x0304,
    selectedGroup: 23,
    cookie: RANDOM,
    encryptedClientHello: new Uint8Array(8),
  }),
];

const encryptedExtensions = encodeEncryptedExtensions({
  serverNameAcknowledged: true,
  alpnProtocol: "h2",
  earlyData: true,
  recordSizeLimit: 1025,
  clientCertificateType: 2,
  serverCertificateType: 0,
  retryConfigs: encodeEchConfigList([echKey(1).config]),
  quicTransportParameters: Uint8Array.of(2, 3),
});

const certificate = encodeCertificate({
  context: NOTHING,
  entries: [
    {
      data: new Uint8Array(40).fill(1),
      ocspResponse: Uint8Array.of(3),
      signedCertificateTimestamps: Uint8Array.of(0, 3, 0, 1, 2),
    },
    { data: new Uint8Array(20).fill(2) },
  ],
});

const ticketState = encodeTicketState({
  resumptionPsk: RANDOM,
  cipherSuite: CipherSuiteId.TLS_AES_128_GCM_SHA256,
  serverName: "example.org",
  alpnProtocol: "h2",
  issuedMs: 1_795_500_000_123,
  lifetimeSeconds: 7200,
  ageAdd: 0xfedcba98,
  earlyDataBytesMax: 16_384,
  peer: {
    type: CertificateType.X509,
    identity: {
      publicKey: { type: "ed25519", bytes: RANDOM },
      names: [{ kind: "dns", value: "client.example" }],
    },
    chain: [new Uint8Array(30)],
  },
});

const joiner: Target = {
  name: "handshake messages in records",
  framing: "messages",
  refusal: TlsError,
  weight: 8,
  seeds: [new Uint8Array([...certificate, ...encryptedExtensions, ...encodeKeyUpdate(true)])],
  run(bytes) {
    const joining = new HandshakeJoiner(1_000);
    let count = 0;
    for (let at = 0; at < bytes.length; at += 50) {
      joining.push(bytes.subarray(at, at + 50));
      while (joining.next() !== undefined) count++;
      joining.keep();
    }
    return `${Math.min(count, 4)} messages`;
  },
};

/** All of them. */
export const decoderTargets: readonly Target[] = [
  clientHello,
  decoder("ServerHello", (body) => decodeServerHello(body, ALL), serverHellos, 12),
  decoder("EncryptedExtensions", (body) => decodeEncryptedExtensions(body, ALL), [
    encryptedExtensions,
  ]),
  decoder("CertificateRequest", decodeCertificateRequest, [
    encodeCertificateRequest({
      context: NOTHING,
      signatureAlgorithms: [0x0403, 0x0807],
      certificateAuthorities: [Uint8Array.of(0x30, 0)],
      compressCertificate: [1],
      statusRequest: true,
      signedCertificateTimestamp: true,
    }),
  ]),
  decoder("Certificate", (body) => decodeCertificate(body, ALL), [certificate]),
  decoder("CompressedCertificate", decodeCompressedCertificate, [
    encodeCompressedCertificate({ algorithm: 1, uncompressedLength: 100, compressed: RANDOM }),
  ]),
  decoder("CertificateVerify", decodeCertificateVerify, [
    encodeCertificateVerify({ scheme: 0x0807, signature: RANDOM }),
  ]),
  decoder("NewSessionTicket", decodeNewSessionTicket, [
    encodeNewSessionTicket({
      ...{ lifetimeSeconds: 60, ageAdd: 1, nonce: Uint8Array.of(1), ticket: RANDOM },
      ...{ earlyDataBytesMax: 100, greaseType: 0x0a0a },
    }),
  ]),
  decoder("KeyUpdate", decodeKeyUpdate, [encodeKeyUpdate(true)]),
  joiner,
  plainDecoder("state of a ticket", decodeTicketState, [ticketState]),
  plainDecoder(
    "ECHConfigList",
    (bytes) => usableEchConfig(transparent, readEchConfigList(bytes)),
    [encodeEchConfigList([echKey(1).config, Uint8Array.of(0xfe, 0x0c, 0, 1, 2), echKey(2).config])],
  ),
  plainDecoder("encrypted_client_hello", readEch, [
    Uint8Array.of(1),
    encodeOuterEch({
      suite: { kdfId: 1, aeadId: 3 },
      configId: 9,
      enc: RANDOM,
      payload: new Uint8Array(50),
    }),
  ]),
];
