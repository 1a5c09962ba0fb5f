/**
 * Handshake messages with every field in use, for codecs and the choices made on them.
 *
 * @module
 */
import {
  type ClientHello,
  decodeClientHello,
  encodeClientHello,
  type ReceivedClientHello,
} from "../../tls/client_hello.ts";
import {
  CipherSuiteId,
  ExtensionType,
  NamedGroup,
  PskKeyExchangeMode,
  SignatureScheme,
} from "../../tls/registry.ts";
import type { ClientSession } from "../../tls/resumption.ts";

/** The least that a client of TLS 1.3 says (RFC 8446 §9.2). */
export function plainHello(fields: Partial<ClientHello> = {}): ClientHello {
  return {
    random: new Uint8Array(32).fill(0x11),
    legacySessionId: new Uint8Array(32).fill(0x22),
    cipherSuites: [CipherSuiteId.TLS_AES_128_GCM_SHA256],
    legacyCompressionMethods: [0],
    supportedVersions: [0x0304],
    supportedGroups: [NamedGroup.x25519],
    keyShares: [{ group: NamedGroup.x25519, keyExchange: new Uint8Array(32).fill(9) }],
    signatureAlgorithms: [SignatureScheme.ecdsa_secp256r1_sha256],
    ...fields,
  };
}

/** A ClientHello as it comes in: what was left `undefined` was not sent. */
export function receivedHello(
  fields: Partial<ClientHello> = {},
  order: readonly number[] = [],
): ReceivedClientHello {
  return decodeClientHello(encodeClientHello(plainHello(fields), order));
}

/** A ClientHello with every extension there is a field for. */
export function fullHello(): ClientHello {
  return plainHello({
    cipherSuites: [...Object.values(CipherSuiteId), 0x0a0a],
    serverName: "example.org",
    signatureAlgorithmsCert: [SignatureScheme.ed25519],
    alpnProtocols: ["h2", "http/1.1"],
    cookie: new Uint8Array(5).fill(3),
    pskKeyExchangeModes: [PskKeyExchangeMode.psk_dhe_ke],
    preSharedKey: {
      identities: [
        { identity: Uint8Array.of(1, 2, 3), obfuscatedTicketAge: 0xfffffffe },
        { identity: Uint8Array.of(4), obfuscatedTicketAge: 0 },
      ],
      binders: [new Uint8Array(32).fill(5), new Uint8Array(48).fill(6)],
    },
    earlyData: true,
    statusRequest: true,
    signedCertificateTimestamp: true,
    certificateAuthorities: [Uint8Array.of(0x30, 0)],
    compressCertificate: [1, 2],
    recordSizeLimit: 1024,
    clientCertificateTypes: [2, 0],
    serverCertificateTypes: [2],
    encryptedClientHello: Uint8Array.of(1),
    quicTransportParameters: Uint8Array.of(1, 2),
    otherExtensions: [{ type: 0x0a0a, data: Uint8Array.of(0) }, {
      type: ExtensionType.padding,
      data: new Uint8Array(3),
    }],
  });
}

/** A session that a client may resume with the suite that every provider has. */
export function sampleSession(fields: Partial<ClientSession> = {}): ClientSession {
  return {
    ticket: Uint8Array.of(1, 2, 3),
    resumptionPsk: new Uint8Array(32).fill(7),
    cipherSuite: CipherSuiteId.TLS_AES_128_GCM_SHA256,
    serverName: "example.org",
    alpnProtocol: undefined,
    receivedMs: 0,
    lifetimeSeconds: 3600,
    ageAdd: 0xfffffff0,
    earlyDataBytesMax: 0,
    peer: undefined,
    ...fields,
  };
}
