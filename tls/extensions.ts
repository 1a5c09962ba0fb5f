/**
 * Extensions (RFC 8446 §4.2): which may appear where, and the codecs of those that more than one
 * message carries.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { ExtensionType, nameOf } from "./registry.ts";
import { TlsReader, type TlsWriter } from "./wire.ts";

/** Messages that carry extensions, as the table of RFC 8446 §4.2 abbreviates them. */
export type Carrier = "CH" | "SH" | "HRR" | "EE" | "CT" | "CR" | "NST";

/** One extension as it stands in a message. */
export interface Extension {
  readonly type: number;
  /** A view. */
  readonly data: Uint8Array;
}

/** The table of RFC 8446 §4.2, and of the RFCs that added to it. */
const APPEARS_IN = new Map<number, readonly Carrier[]>([
  [ExtensionType.server_name, ["CH", "EE"]],
  [ExtensionType.status_request, ["CH", "CR", "CT"]],
  [ExtensionType.supported_groups, ["CH", "EE"]],
  [ExtensionType.signature_algorithms, ["CH", "CR"]],
  [ExtensionType.application_layer_protocol_negotiation, ["CH", "EE"]],
  [ExtensionType.signed_certificate_timestamp, ["CH", "CR", "CT"]],
  [ExtensionType.client_certificate_type, ["CH", "EE"]],
  [ExtensionType.server_certificate_type, ["CH", "EE"]],
  [ExtensionType.padding, ["CH"]],
  [ExtensionType.compress_certificate, ["CH", "CR"]],
  [ExtensionType.record_size_limit, ["CH", "EE"]],
  [ExtensionType.pre_shared_key, ["CH", "SH"]],
  [ExtensionType.early_data, ["CH", "EE", "NST"]],
  [ExtensionType.supported_versions, ["CH", "SH", "HRR"]],
  [ExtensionType.cookie, ["CH", "HRR"]],
  [ExtensionType.psk_key_exchange_modes, ["CH"]],
  [ExtensionType.certificate_authorities, ["CH", "CR"]],
  [ExtensionType.oid_filters, ["CR"]],
  [ExtensionType.post_handshake_auth, ["CH"]],
  [ExtensionType.signature_algorithms_cert, ["CH", "CR"]],
  [ExtensionType.key_share, ["CH", "SH", "HRR"]],
  [ExtensionType.quic_transport_parameters, ["CH", "EE"]],
  [ExtensionType.ticket_flags, ["CH", "EE", "NST", "CR"]],
  [ExtensionType.ech_outer_extensions, []],
  [ExtensionType.encrypted_client_hello, ["CH", "HRR", "EE"]],
  // Of TLS 1.2: clients that speak both send them, servers of TLS 1.3 do not (§4.2).
  [ExtensionType.ec_point_formats, ["CH"]],
  [ExtensionType.extended_master_secret, ["CH"]],
  [ExtensionType.renegotiation_info, ["CH"]],
]);

/** Carriers that answer: they may hold only what was asked for (§4.2). */
const ANSWERS: ReadonlySet<Carrier> = new Set(["SH", "HRR", "EE", "CT"]);

/**
 * Reads an extension block, its length included. No type appears twice; in an answer each was
 * `offered`, and each has a place in the message.
 */
export function readExtensions(
  reader: TlsReader,
  carrier: Carrier,
  offered?: ReadonlySet<number>,
): Extension[] {
  const extensions = readRawExtensions(reader, carrier);
  for (const { type } of extensions) checkPlace(type, carrier, offered);
  return extensions;
}

/** Reads an extension block, its length included, whatever its types; none appears twice. */
export function readRawExtensions(reader: TlsReader, carrier: Carrier): Extension[] {
  const block = new TlsReader(reader.vector16(), `Extension block in ${carrier}`);
  const extensions: Extension[] = [];
  const seen = new Set<number>();
  while (block.remaining > 0) {
    const type = block.u16();
    const data = block.vector16();
    if (seen.has(type)) {
      // Of the two that RFC 8446 leaves open, peers expect this one where nothing was agreed yet.
      const alert = carrier === "CH" || carrier === "EE" ? "decode_error" : undefined;
      const name = nameOf(ExtensionType, type);
      throw new TlsError("duplicateExtension", `Extension ${name} appears twice in ${carrier}`, {
        alert,
      });
    }
    seen.add(type);
    extensions.push({ type, data });
  }
  return extensions;
}

function checkPlace(type: number, carrier: Carrier, offered?: ReadonlySet<number>): void {
  const isAnswer = ANSWERS.has(carrier);
  // §4.2: the cookie is the one extension of a HelloRetryRequest that nobody asks for.
  const isUnasked = carrier === "HRR" && type === ExtensionType.cookie;
  if (isAnswer && !isUnasked && offered !== undefined && !offered.has(type)) {
    const places = APPEARS_IN.get(type);
    const reason = places === undefined || places.includes(carrier)
      ? "unexpectedExtension"
      : "forbiddenExtension";
    throw new TlsError(
      reason,
      `Extension ${nameOf(ExtensionType, type)} in ${carrier} was not offered`,
    );
  }
  const places = APPEARS_IN.get(type);
  if (places !== undefined && !places.includes(carrier)) {
    throw new TlsError(
      "forbiddenExtension",
      `Extension ${nameOf(ExtensionType, type)} has no place in ${carrier}`,
    );
  }
}

/** Writes one extension. */
export function writeExtension(
  writer: TlsWriter,
  type: number,
  write: (writer: TlsWriter) => void = () => {},
): void {
  writer.u16(type).vector(2, write);
}

/** Decodes the content of an extension to its last byte. What is wrong in it is `badExtension`. */
export function decodeExtension<T>(extension: Extension, decode: (reader: TlsReader) => T): T {
  const { type, data } = extension;
  const reader = new TlsReader(
    data,
    READ_AS.get(type) ?? `Extension ${nameOf(ExtensionType, type)}`,
  );
  try {
    const value = decode(reader);
    reader.end();
    return value;
  } catch (error) {
    if (!(error instanceof TlsError) || error.reason !== "decodeError") throw error;
    throw new TlsError("badExtension", error.message, { cause: error, alert: error.alert });
  }
}

/** ProtocolNameList (RFC 7301 §3.1): names of 1 to 255 bytes, each a character a byte. */
export function readAlpn(reader: TlsReader): string[] {
  const list = new TlsReader(reader.vector16(1), "ALPN list");
  const names: string[] = [];
  while (list.remaining > 0) {
    const name = list.vector8();
    if (name.length === 0) throw new TlsError("malformedExtensions", "ALPN list has an empty name");
    names.push(String.fromCharCode(...name));
  }
  return names;
}

export function writeAlpn(writer: TlsWriter, names: readonly string[]): void {
  writer.vector(2, () => {
    for (const name of names) writer.vector8(Uint8Array.from(name, (each) => each.charCodeAt(0)));
  });
}

/** DistinguishedName list of `certificate_authorities` (§4.2.4). */
export function readAuthorities(reader: TlsReader): Uint8Array[] {
  const list = new TlsReader(reader.vector16(3), "List of authorities");
  const names: Uint8Array[] = [];
  while (list.remaining > 0) names.push(list.vector16(1));
  return names;
}

export function writeAuthorities(writer: TlsWriter, names: readonly Uint8Array[]): void {
  writer.vector(2, () => names.forEach((name) => writer.vector16(name)));
}

/** `uint16 algorithms<2..2^8-2>` of `compress_certificate` (RFC 8879 §3), without repetition. */
export function readCompressionAlgorithms(reader: TlsReader): number[] {
  const list = new TlsReader(reader.vector8(2), "List of compression algorithms");
  const algorithms: number[] = [];
  while (list.remaining > 0) algorithms.push(list.u16());
  if (new Set(algorithms).size !== algorithms.length) {
    throw new TlsError("badExtension", "List of compression algorithms has one twice", {
      alert: "illegal_parameter",
    });
  }
  return algorithms;
}

export function writeCompressionAlgorithms(writer: TlsWriter, algorithms: readonly number[]): void {
  writer.vector(1, () => algorithms.forEach((algorithm) => writer.u16(algorithm)));
}

/** RFC 8449 §4: at least 64; beyond what TLS allows, it means no limit. */
export function readRecordSizeLimit(reader: TlsReader): number {
  const limit = reader.u16();
  if (limit < 64) {
    throw new TlsError("badRecordSizeLimit", `Record size limit is ${limit}, at least 64`);
  }
  return limit;
}

/** CertificateStatus (RFC 6066 §8, RFC 8446 §4.4.2.1): a DER OCSPResponse. */
export function readCertificateStatus(reader: TlsReader): Uint8Array {
  if (reader.u8() !== OCSP) throw new TlsError("decodeError", "Certificate status is not OCSP");
  return reader.vector24(1);
}

export function writeCertificateStatus(writer: TlsWriter, response: Uint8Array): void {
  writer.u8(OCSP).vector24(response);
}

/** CertificateStatusRequest for OCSP, without responders or extensions. */
export function writeStatusRequest(writer: TlsWriter): void {
  writer.u8(OCSP).u16(0).u16(0);
}

/** `opaque flags<0..31>` of `ticket_flags` (RFC 9149 §2): not empty, no zero byte at the end. */
export function readTicketFlags(reader: TlsReader): void {
  const flags = reader.vector8(1);
  if (flags.at(-1) === 0) {
    throw new TlsError("decodeError", "Ticket flags end with zeros", {
      alert: "illegal_parameter",
    });
  }
}

/** SignedCertificateTimestampList (RFC 6962 §3.3): checked in form, kept as it is. */
export function readTimestamps(reader: TlsReader): Uint8Array {
  const bytes = reader.rest();
  const outer = new TlsReader(bytes, "List of timestamps");
  const list = new TlsReader(outer.vector16(1), "List of timestamps");
  outer.end();
  while (list.remaining > 0) list.vector16(1);
  return bytes;
}

const OCSP = 1;

/** What errors call an extension: there is a reader for every one that comes. */
const READ_AS: ReadonlyMap<number, string> = new Map(
  Object.entries(ExtensionType).map(([name, type]) => [type, `Extension ${name}`]),
);
