/**
 * Handshake messages but ClientHello (RFC 8446 §4), each with its codec: `encode` gives the message
 * with its header, `decode` takes its body. What decoders give are views.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { equal, equalInConstantTime } from "./bytes.ts";
import type { KeyShareEntry } from "./client_hello.ts";
import { readEchConfigList } from "./ech_config.ts";
import {
  decodeExtension,
  type Extension,
  readAlpn,
  readAuthorities,
  readCertificateStatus,
  readCompressionAlgorithms,
  readExtensions,
  readRecordSizeLimit,
  readTicketFlags,
  readTimestamps,
  writeAlpn,
  writeAuthorities,
  writeCertificateStatus,
  writeCompressionAlgorithms,
  writeExtension,
  writeStatusRequest,
} from "./extensions.ts";
import { ExtensionType, HandshakeType, ProtocolVersion } from "./registry.ts";
import { TlsReader, TlsWriter } from "./wire.ts";

/** ServerHello and HelloRetryRequest (§4.1.3, §4.1.4). */
export interface ServerHello {
  /** 0x0303 is what is sent. */
  readonly legacyVersion?: number;
  readonly random: Uint8Array;
  readonly legacySessionIdEcho: Uint8Array;
  readonly cipherSuite: number;
  readonly isHelloRetryRequest: boolean;
  readonly supportedVersion?: number;
  readonly keyShare?: KeyShareEntry;
  readonly preSharedKey?: number;
  /** HelloRetryRequest only, as the two that follow. */
  readonly selectedGroup?: number;
  readonly cookie?: Uint8Array;
  /** The confirmation that ECH was accepted. */
  readonly encryptedClientHello?: Uint8Array;
}

/** The random that makes a ServerHello a HelloRetryRequest (§4.1.3). */
export const HELLO_RETRY_REQUEST_RANDOM = Uint8Array.of(
  ...[
    0xcf,
    0x21,
    0xad,
    0x74,
    0xe5,
    0x9a,
    0x61,
    0x11,
    0xbe,
    0x1d,
    0x8c,
    0x02,
    0x1e,
    0x65,
    0xb8,
    0x91,
  ],
  ...[
    0xc2,
    0xa2,
    0x11,
    0x16,
    0x7a,
    0xbb,
    0x8c,
    0x5e,
    0x07,
    0x9e,
    0x09,
    0xe2,
    0xc8,
    0xa8,
    0x33,
    0x9c,
  ],
);

export function encodeServerHello(hello: ServerHello): Uint8Array {
  return message(HandshakeType.server_hello, (writer) => {
    writer.u16(hello.legacyVersion ?? ProtocolVersion.TLS_1_2).bytes(hello.random).vector8(
      hello.legacySessionIdEcho,
    );
    writer.u16(hello.cipherSuite).u8(0);
    writer.vector(2, () => {
      const { supportedVersion, keyShare, preSharedKey, selectedGroup, cookie } = hello;
      if (supportedVersion !== undefined) {
        writeExtension(
          writer,
          ExtensionType.supported_versions,
          () => writer.u16(supportedVersion),
        );
      }
      if (keyShare !== undefined) {
        writeExtension(writer, ExtensionType.key_share, () => {
          writer.u16(keyShare.group).vector16(keyShare.keyExchange);
        });
      }
      if (selectedGroup !== undefined) {
        writeExtension(writer, ExtensionType.key_share, () => writer.u16(selectedGroup));
      }
      if (preSharedKey !== undefined) {
        writeExtension(writer, ExtensionType.pre_shared_key, () => writer.u16(preSharedKey));
      }
      if (cookie !== undefined) {
        writeExtension(writer, ExtensionType.cookie, () => writer.vector16(cookie));
      }
      const confirmation = hello.encryptedClientHello;
      if (confirmation !== undefined) {
        writeExtension(
          writer,
          ExtensionType.encrypted_client_hello,
          () => writer.bytes(confirmation),
        );
      }
    });
  });
}

/** @param offered types of the ClientHello */
export function decodeServerHello(body: Uint8Array, offered: ReadonlySet<number>): ServerHello {
  const reader = new TlsReader(body, "ServerHello");
  const legacyVersion = reader.u16();
  const random = reader.view(32);
  const legacySessionIdEcho = reader.vector8();
  const cipherSuite = reader.u16();
  const compression = reader.u8();
  const isHelloRetryRequest = equal(random, HELLO_RETRY_REQUEST_RANDOM);
  // A server of TLS 1.2 may send no block at all, and extensions that mean nothing here.
  const isOld = !hasSupportedVersions(reader);
  const extensions = isOld
    ? []
    : readExtensions(reader, isHelloRetryRequest ? "HRR" : "SH", offered);
  const fixed = {
    legacyVersion,
    random,
    legacySessionIdEcho,
    cipherSuite,
    isHelloRetryRequest,
  };
  if (isOld) return fixed;
  reader.end();
  if (legacySessionIdEcho.length > 32) {
    throw new TlsError("decodeError", "ServerHello cannot be decoded: its session id is too long");
  }
  if (compression !== 0) {
    throw new TlsError("decodeError", `ServerHello chooses compression ${compression}`);
  }
  return Object.assign(
    fixed,
    ...extensions.map((each) => serverHelloField(each, isHelloRetryRequest)),
  );
}

/** Looks ahead: whether a block of extensions has supported_versions (§4.2.1). */
function hasSupportedVersions(reader: TlsReader): boolean {
  const ahead = reader.ahead();
  if (ahead.remaining < 2) return false;
  const block = new TlsReader(ahead.vector16(), "Extension block in SH");
  while (block.remaining > 0) {
    if (block.u16() === ExtensionType.supported_versions) return true;
    block.vector16();
  }
  return false;
}

function serverHelloField(extension: Extension, isRetry: boolean): Partial<ServerHello> {
  return decodeExtension<Partial<ServerHello>>(extension, (reader) => {
    switch (extension.type) {
      case ExtensionType.supported_versions:
        return { supportedVersion: reader.u16() };
      case ExtensionType.key_share:
        if (isRetry) return { selectedGroup: reader.u16() };
        return { keyShare: { group: reader.u16(), keyExchange: reader.vector16(1) } };
      case ExtensionType.pre_shared_key:
        return { preSharedKey: reader.u16() };
      case ExtensionType.cookie:
        return { cookie: reader.vector16(1) };
      case ExtensionType.encrypted_client_hello:
        return { encryptedClientHello: reader.view(8) };
      default:
        reader.rest();
        return {};
    }
  });
}

/** EncryptedExtensions (§4.3.1). */
export interface EncryptedExtensions {
  readonly serverNameAcknowledged?: boolean;
  readonly alpnProtocol?: string;
  readonly earlyData?: boolean;
  readonly recordSizeLimit?: number;
  readonly clientCertificateType?: number;
  readonly serverCertificateType?: number;
  /** ECHConfigList to retry with (RFC 9849). */
  readonly retryConfigs?: Uint8Array;
  readonly quicTransportParameters?: Uint8Array;
}

export function encodeEncryptedExtensions(fields: EncryptedExtensions): Uint8Array {
  return message(HandshakeType.encrypted_extensions, (writer) =>
    writer.vector(2, () => {
      if (fields.serverNameAcknowledged) writeExtension(writer, ExtensionType.server_name);
      const { alpnProtocol, recordSizeLimit, clientCertificateType, serverCertificateType } =
        fields;
      if (alpnProtocol !== undefined) {
        writeExtension(
          writer,
          ExtensionType.application_layer_protocol_negotiation,
          () => writeAlpn(writer, [alpnProtocol]),
        );
      }
      if (fields.earlyData) writeExtension(writer, ExtensionType.early_data);
      if (recordSizeLimit !== undefined) {
        writeExtension(writer, ExtensionType.record_size_limit, () => writer.u16(recordSizeLimit));
      }
      if (clientCertificateType !== undefined) {
        writeExtension(writer, ExtensionType.client_certificate_type, () => {
          writer.u8(clientCertificateType);
        });
      }
      if (serverCertificateType !== undefined) {
        writeExtension(writer, ExtensionType.server_certificate_type, () => {
          writer.u8(serverCertificateType);
        });
      }
      writeOpaque(writer, ExtensionType.encrypted_client_hello, fields.retryConfigs);
      writeOpaque(writer, ExtensionType.quic_transport_parameters, fields.quicTransportParameters);
    }));
}

/** @param offered types of the ClientHello */
export function decodeEncryptedExtensions(
  body: Uint8Array,
  offered: ReadonlySet<number>,
): EncryptedExtensions {
  const reader = new TlsReader(body, "EncryptedExtensions");
  const extensions = readExtensions(reader, "EE", offered);
  reader.end();
  return Object.assign({}, ...extensions.map(encryptedExtension));
}

function encryptedExtension(extension: Extension): EncryptedExtensions {
  return decodeExtension<EncryptedExtensions>(extension, (reader) => {
    switch (extension.type) {
      case ExtensionType.server_name:
        return { serverNameAcknowledged: true };
      case ExtensionType.application_layer_protocol_negotiation:
        return { alpnProtocol: oneOf(readAlpn(reader)) };
      case ExtensionType.early_data:
        return { earlyData: true };
      case ExtensionType.record_size_limit:
        return { recordSizeLimit: readRecordSizeLimit(reader) };
      case ExtensionType.client_certificate_type:
        return { clientCertificateType: reader.u8() };
      case ExtensionType.server_certificate_type:
        return { serverCertificateType: reader.u8() };
      case ExtensionType.encrypted_client_hello:
        return { retryConfigs: readRetryConfigs(reader) };
      case ExtensionType.quic_transport_parameters:
        return { quicTransportParameters: reader.rest() };
      default:
        reader.rest();
        return {};
    }
  });
}

/** RFC 9849 §5: a well-formed list, whether or not it will be used. */
function readRetryConfigs(reader: TlsReader): Uint8Array {
  const list = reader.rest();
  readEchConfigList(list);
  return list;
}

/** RFC 7301 §3.1: the server's list has exactly one name. */
function oneOf(names: readonly string[]): string {
  if (names.length !== 1) {
    throw new TlsError("decodeError", `Server chose ${names.length} ALPN names`);
  }
  return names[0];
}

/** CertificateRequest (§4.3.2). */
export interface CertificateRequest {
  readonly context: Uint8Array;
  readonly signatureAlgorithms: readonly number[];
  readonly signatureAlgorithmsCert?: readonly number[];
  readonly certificateAuthorities?: readonly Uint8Array[];
  readonly compressCertificate?: readonly number[];
  readonly statusRequest?: boolean;
  readonly signedCertificateTimestamp?: boolean;
}

export function encodeCertificateRequest(request: CertificateRequest): Uint8Array {
  return message(HandshakeType.certificate_request, (writer) => {
    writer.vector8(request.context);
    writer.vector(2, () => {
      writeExtension(writer, ExtensionType.signature_algorithms, () => {
        writer.u16List(request.signatureAlgorithms);
      });
      const { certificateAuthorities, compressCertificate } = request;
      if (certificateAuthorities !== undefined && certificateAuthorities.length > 0) {
        writeExtension(writer, ExtensionType.certificate_authorities, () => {
          writeAuthorities(writer, certificateAuthorities);
        });
      }
      if (compressCertificate !== undefined && compressCertificate.length > 0) {
        writeExtension(writer, ExtensionType.compress_certificate, () => {
          writeCompressionAlgorithms(writer, compressCertificate);
        });
      }
      if (request.statusRequest) {
        writeExtension(writer, ExtensionType.status_request, () => writeStatusRequest(writer));
      }
      if (request.signedCertificateTimestamp) {
        writeExtension(writer, ExtensionType.signed_certificate_timestamp);
      }
    });
  });
}

export function decodeCertificateRequest(body: Uint8Array): CertificateRequest {
  const reader = new TlsReader(body, "CertificateRequest");
  const context = reader.vector8();
  const extensions = readExtensions(reader, "CR");
  reader.end();
  const request = Object.assign({ context }, ...extensions.map(certificateRequestField));
  if (request.signatureAlgorithms === undefined) {
    // §4.3.2: it has to be there.
    throw new TlsError("decodeError", "CertificateRequest has no signature_algorithms", {
      alert: "missing_extension",
    });
  }
  return request;
}

function certificateRequestField(extension: Extension): Partial<CertificateRequest> {
  return decodeExtension<Partial<CertificateRequest>>(extension, (reader) => {
    switch (extension.type) {
      case ExtensionType.signature_algorithms:
        return { signatureAlgorithms: reader.u16List() };
      case ExtensionType.signature_algorithms_cert:
        return { signatureAlgorithmsCert: reader.u16List() };
      case ExtensionType.certificate_authorities:
        return { certificateAuthorities: readAuthorities(reader) };
      case ExtensionType.compress_certificate:
        return { compressCertificate: readCompressionAlgorithms(reader) };
      case ExtensionType.status_request:
        reader.rest();
        return { statusRequest: true };
      case ExtensionType.signed_certificate_timestamp:
        return { signedCertificateTimestamp: true };
      default:
        reader.rest();
        return {};
    }
  });
}

/** Certificate (§4.4.2). */
export interface Certificate {
  readonly context: Uint8Array;
  readonly entries: readonly CertificateEntry[];
}

/** A DER certificate, or a SubjectPublicKeyInfo where raw public keys were agreed. */
export interface CertificateEntry {
  readonly data: Uint8Array;
  readonly ocspResponse?: Uint8Array;
  readonly signedCertificateTimestamps?: Uint8Array;
}

export function encodeCertificate({ context, entries }: Certificate): Uint8Array {
  return message(HandshakeType.certificate, (writer) => {
    writer.vector8(context);
    writer.vector(3, () => {
      for (const { data, ocspResponse, signedCertificateTimestamps } of entries) {
        writer.vector24(data);
        writer.vector(2, () => {
          if (ocspResponse !== undefined) {
            writeExtension(writer, ExtensionType.status_request, () => {
              writeCertificateStatus(writer, ocspResponse);
            });
          }
          writeOpaque(
            writer,
            ExtensionType.signed_certificate_timestamp,
            signedCertificateTimestamps,
          );
        });
      }
    });
  });
}

/** @param offered types that this side asked for, in its ClientHello or CertificateRequest */
export function decodeCertificate(
  body: Uint8Array,
  offered: ReadonlySet<number>,
  isRawPublicKey = false,
): Certificate {
  const reader = new TlsReader(body, "Certificate");
  const context = reader.vector8();
  const list = new TlsReader(reader.vector24(), "List of certificates");
  reader.end();
  const entries: CertificateEntry[] = [];
  while (list.remaining > 0) {
    const data = list.vector24(isRawPublicKey ? 0 : 1);
    const extensions = readExtensions(list, "CT", offered);
    entries.push(Object.assign({ data }, ...extensions.map(certificateField)));
  }
  return { context, entries };
}

function certificateField(extension: Extension): Partial<CertificateEntry> {
  return decodeExtension<Partial<CertificateEntry>>(extension, (reader) => {
    switch (extension.type) {
      case ExtensionType.status_request:
        return { ocspResponse: readCertificateStatus(reader) };
      case ExtensionType.signed_certificate_timestamp:
        return { signedCertificateTimestamps: readTimestamps(reader) };
      default:
        reader.rest();
        return {};
    }
  });
}

/** CompressedCertificate (RFC 8879 §4). */
export interface CompressedCertificate {
  readonly algorithm: number;
  readonly uncompressedLength: number;
  readonly compressed: Uint8Array;
}

export function encodeCompressedCertificate(certificate: CompressedCertificate): Uint8Array {
  return message(HandshakeType.compressed_certificate, (writer) => {
    writer.u16(certificate.algorithm).u24(certificate.uncompressedLength);
    writer.vector24(certificate.compressed);
  });
}

export function decodeCompressedCertificate(body: Uint8Array): CompressedCertificate {
  const reader = new TlsReader(body, "CompressedCertificate");
  const algorithm = reader.u16();
  const uncompressedLength = reader.u24();
  const compressed = reader.vector24(1);
  reader.end();
  return { algorithm, uncompressedLength, compressed };
}

/** CertificateVerify (§4.4.3). */
export interface CertificateVerify {
  readonly scheme: number;
  readonly signature: Uint8Array;
}

export function encodeCertificateVerify({ scheme, signature }: CertificateVerify): Uint8Array {
  return message(HandshakeType.certificate_verify, (writer) => {
    writer.u16(scheme).vector16(signature);
  });
}

export function decodeCertificateVerify(body: Uint8Array): CertificateVerify {
  const reader = new TlsReader(body, "CertificateVerify");
  const scheme = reader.u16();
  const signature = reader.vector16();
  reader.end();
  return { scheme, signature };
}

export function encodeFinished(verifyData: Uint8Array): Uint8Array {
  return message(HandshakeType.finished, (writer) => writer.bytes(verifyData));
}

/** §4.4.4: of the hash's length, and equal. */
export function checkFinished(verifyData: Uint8Array, expected: Uint8Array): void {
  if (verifyData.length < expected.length) {
    throw new TlsError("decodeError", `Finished has ${verifyData.length} bytes`);
  }
  if (!equalInConstantTime(verifyData, expected)) {
    throw new TlsError("badFinished", "Finished does not match the handshake");
  }
}

export const END_OF_EARLY_DATA = Uint8Array.of(HandshakeType.end_of_early_data, 0, 0, 0);

/** NewSessionTicket (§4.6.1). */
export interface NewSessionTicket {
  readonly lifetimeSeconds: number;
  readonly ageAdd: number;
  readonly nonce: Uint8Array;
  readonly ticket: Uint8Array;
  /** 0: no 0-RTT data. */
  readonly earlyDataBytesMax: number;
  /** An extension that nobody knows (RFC 8701 §4). */
  readonly greaseType?: number;
}

export function encodeNewSessionTicket(ticket: NewSessionTicket): Uint8Array {
  return message(HandshakeType.new_session_ticket, (writer) => {
    writer.u32(ticket.lifetimeSeconds).u32(ticket.ageAdd);
    writer.vector8(ticket.nonce).vector16(ticket.ticket);
    writer.vector(2, () => {
      if (ticket.earlyDataBytesMax > 0) {
        writeExtension(writer, ExtensionType.early_data, () => {
          writer.u32(ticket.earlyDataBytesMax);
        });
      }
      if (ticket.greaseType !== undefined) writeExtension(writer, ticket.greaseType);
    });
  });
}

export function decodeNewSessionTicket(body: Uint8Array): NewSessionTicket {
  const reader = new TlsReader(body, "NewSessionTicket");
  const lifetimeSeconds = reader.u32();
  const ageAdd = reader.u32();
  const nonce = reader.vector8();
  const ticket = reader.vector16(1);
  const extensions = readExtensions(reader, "NST");
  reader.end();
  let earlyDataBytesMax = 0;
  for (const extension of extensions) {
    if (extension.type === ExtensionType.early_data) {
      earlyDataBytesMax = decodeExtension(extension, (each) => each.u32());
    } else if (extension.type === ExtensionType.ticket_flags) {
      decodeExtension(extension, readTicketFlags);
    }
  }
  return { lifetimeSeconds, ageAdd, nonce, ticket, earlyDataBytesMax };
}

/** KeyUpdate (§4.6.3). */
export function encodeKeyUpdate(requestPeer: boolean): Uint8Array {
  return Uint8Array.of(HandshakeType.key_update, 0, 0, 1, requestPeer ? 1 : 0);
}

/** Whether the peer wants this side to update, too. */
export function decodeKeyUpdate(body: Uint8Array): boolean {
  const reader = new TlsReader(body, "KeyUpdate");
  const request = reader.u8();
  reader.end();
  if (request > 1) throw new TlsError("badKeyUpdate", `KeyUpdate asks for ${request}`);
  return request === 1;
}

function writeOpaque(writer: TlsWriter, type: number, content: Uint8Array | undefined): void {
  if (content !== undefined) writeExtension(writer, type, () => writer.bytes(content));
}

function message(type: number, write: (writer: TlsWriter) => void): Uint8Array {
  const writer = new TlsWriter();
  writer.u8(type).vector(3, write);
  return writer.written;
}
