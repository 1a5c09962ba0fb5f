/**
 * ClientHello (RFC 8446 §4.1.2) with its extensions, decoded as a server needs it and encoded as a
 * client makes it.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import {
  decodeExtension,
  type Extension,
  readAlpn,
  readAuthorities,
  readCompressionAlgorithms,
  readExtensions,
  readRecordSizeLimit,
  writeAlpn,
  writeAuthorities,
  writeCompressionAlgorithms,
  writeExtension,
  writeStatusRequest,
} from "./extensions.ts";
import { CertificateType, ExtensionType, HandshakeType, ProtocolVersion } from "./registry.ts";
import { TlsReader, TlsWriter } from "./wire.ts";

/** What a ClientHello says. Fields of extensions are `undefined` when the extension is absent. */
export interface ClientHello {
  readonly random: Uint8Array;
  readonly legacySessionId: Uint8Array;
  readonly cipherSuites: readonly number[];
  readonly legacyCompressionMethods: readonly number[];
  readonly supportedVersions?: readonly number[];
  /** Lower-case DNS name. */
  readonly serverName?: string;
  readonly supportedGroups?: readonly number[];
  readonly keyShares?: readonly KeyShareEntry[];
  readonly signatureAlgorithms?: readonly number[];
  readonly signatureAlgorithmsCert?: readonly number[];
  readonly alpnProtocols?: readonly string[];
  readonly cookie?: Uint8Array;
  readonly pskKeyExchangeModes?: readonly number[];
  readonly preSharedKey?: OfferedPsks;
  readonly earlyData?: boolean;
  readonly statusRequest?: boolean;
  readonly signedCertificateTimestamp?: boolean;
  readonly certificateAuthorities?: readonly Uint8Array[];
  readonly compressCertificate?: readonly number[];
  readonly recordSizeLimit?: number;
  readonly clientCertificateTypes?: readonly number[];
  readonly serverCertificateTypes?: readonly number[];
  readonly encryptedClientHello?: Uint8Array;
  readonly quicTransportParameters?: Uint8Array;
  /** RFC 8701 and unknown extensions to be sent as they are. */
  readonly otherExtensions?: readonly Extension[];
}

export interface KeyShareEntry {
  readonly group: number;
  readonly keyExchange: Uint8Array;
}

/** `OfferedPsks` (§4.2.11). */
export interface OfferedPsks {
  readonly identities: readonly PskIdentity[];
  /** One for each identity. */
  readonly binders: readonly Uint8Array[];
}

export interface PskIdentity {
  readonly identity: Uint8Array;
  readonly obfuscatedTicketAge: number;
}

/** A ClientHello as it was received. */
export interface ReceivedClientHello extends ClientHello {
  /** Types in the order they came. */
  readonly extensionTypes: readonly number[];
  /** The message without its binders (§4.2.11.2): a view; the whole message when it has no PSK. */
  readonly truncated: Uint8Array;
}

/** Decodes the message `bytes`, header included. Views into it. */
export function decodeClientHello(bytes: Uint8Array): ReceivedClientHello {
  const reader = new TlsReader(bytes.subarray(4), "ClientHello");
  let fixed, extensions: Extension[];
  try {
    checkLegacyVersion(reader.u16());
    fixed = {
      random: reader.view(32),
      legacySessionId: sessionId(reader),
      cipherSuites: reader.u16List(),
      legacyCompressionMethods: reader.u8List(),
    };
    extensions = reader.remaining === 0 ? [] : readExtensions(reader, "CH");
    reader.end();
  } catch (error) {
    if (!(error instanceof TlsError) || error.reason !== "decodeError") throw error;
    throw new TlsError("malformedClientHello", error.message, { cause: error });
  }
  const fields: Mutable<ClientHello> = fixed;
  for (const extension of extensions) {
    const decode = DECODERS[extension.type];
    if (decode !== undefined) {
      Object.assign(fields, decodeExtension(extension, decode));
    }
  }
  return {
    ...fields,
    extensionTypes: extensions.map(({ type }) => type),
    truncated: bytes.subarray(0, bytes.length - bindersBytes(fields.preSharedKey)),
  };
}

/**
 * What a second ClientHello has to repeat, byte for byte and in the same order (§4.1.2): the message
 * `bytes`, which can be decoded, without the extensions that may change. A copy.
 */
export function unchangingPart(bytes: Uint8Array): Uint8Array {
  const reader = new TlsReader(bytes.subarray(4), "ClientHello");
  reader.view(2 + 32), reader.vector8(), reader.vector16(), reader.vector8();
  const writer = new TlsWriter(bytes.length);
  writer.bytes(bytes.subarray(4, bytes.length - reader.remaining));
  const extensions = reader.remaining === 0 ? [] : readExtensions(reader, "CH");
  for (const { type, data } of extensions) {
    if (!MAY_CHANGE.has(type)) writeExtension(writer, type, (into) => into.bytes(data));
  }
  return writer.written;
}

/**
 * Encodes the message, header included. Extensions stand in the order of `order` (types), those it does
 * not name in the usual order in front; pre_shared_key is always the last (§4.2.11).
 */
export function encodeClientHello(hello: ClientHello, order: readonly number[] = []): Uint8Array {
  const writer = new TlsWriter(512);
  writer.u8(HandshakeType.client_hello).vector(3, () => writeBody(writer, hello, order));
  return writer.written;
}

/** Bytes at the end of a message that the binders take, their length field included. */
export function bindersBytes(offered: OfferedPsks | undefined): number {
  if (offered === undefined) return 0;
  return offered.binders.reduce((sum, binder) => sum + 1 + binder.length, 2);
}

function writeBody(writer: TlsWriter, hello: ClientHello, order: readonly number[]): void {
  writer.u16(ProtocolVersion.TLS_1_2).bytes(hello.random).vector8(hello.legacySessionId);
  writer.u16List(hello.cipherSuites).vector8(Uint8Array.from(hello.legacyCompressionMethods));
  const extensions = new Map<number, (writer: TlsWriter) => void>();
  for (const [type, encode] of ENCODERS) {
    const write = encode(hello);
    if (write !== undefined) extensions.set(type, write);
  }
  for (const { type, data } of hello.otherExtensions ?? []) {
    extensions.set(type, (writer) => writer.bytes(data));
  }
  const rank = (type: number) =>
    type === ExtensionType.pre_shared_key ? 1 << 20 : order.indexOf(type);
  const types = [...extensions.keys()].sort((a, b) => rank(a) - rank(b));
  writer.vector(2, () => {
    for (const type of types) writeExtension(writer, type, extensions.get(type));
  });
}

/** §4.1.2: supported_versions is what counts; but SSL is refused by its name (§D.5). */
function checkLegacyVersion(version: number): void {
  if (version > SSL_3_0) return;
  throw new TlsError("unsupportedVersion", `legacy_version is 0x${version.toString(16)}, of SSL`);
}

/** §4.1.2: `opaque legacy_session_id<0..32>`. */
function sessionId(reader: TlsReader): Uint8Array {
  const id = reader.vector8();
  if (id.length > 32) {
    throw new TlsError("decodeError", `Session id of ${id.length} bytes, at most 32`);
  }
  return id;
}

const DECODERS: Readonly<Record<number, (reader: TlsReader) => Partial<Mutable<ClientHello>>>> = {
  [ExtensionType.server_name]: (reader) => ({ serverName: readServerName(reader) }),
  [ExtensionType.supported_groups]: (reader) => ({ supportedGroups: reader.u16List() }),
  [ExtensionType.signature_algorithms]: (reader) => ({ signatureAlgorithms: reader.u16List() }),
  [ExtensionType.signature_algorithms_cert]: (reader) => ({
    signatureAlgorithmsCert: reader.u16List(),
  }),
  [ExtensionType.application_layer_protocol_negotiation]: (reader) => ({
    alpnProtocols: readAlpn(reader),
  }),
  [ExtensionType.supported_versions]: (reader) => ({ supportedVersions: readVersions(reader) }),
  [ExtensionType.cookie]: (reader) => ({ cookie: reader.vector16(1) }),
  [ExtensionType.psk_key_exchange_modes]: (reader) => ({ pskKeyExchangeModes: reader.u8List() }),
  [ExtensionType.key_share]: (reader) => ({ keyShares: readKeyShares(reader) }),
  [ExtensionType.pre_shared_key]: (reader) => ({ preSharedKey: readOfferedPsks(reader) }),
  [ExtensionType.early_data]: () => ({ earlyData: true }),
  [ExtensionType.status_request]: (reader) => {
    // RFC 6066 §8: another status_type than OCSP has a form nobody knows.
    const isOcsp = reader.u8() === 1;
    if (isOcsp) reader.vector16(), reader.vector16();
    else reader.rest();
    return { statusRequest: isOcsp };
  },
  [ExtensionType.signed_certificate_timestamp]: () => ({ signedCertificateTimestamp: true }),
  [ExtensionType.certificate_authorities]: (reader) => ({
    certificateAuthorities: readAuthorities(reader),
  }),
  [ExtensionType.compress_certificate]: (reader) => ({
    compressCertificate: readCompressionAlgorithms(reader),
  }),
  [ExtensionType.record_size_limit]: (reader) => ({ recordSizeLimit: readRecordSizeLimit(reader) }),
  [ExtensionType.client_certificate_type]: (reader) => ({
    clientCertificateTypes: readCertificateTypes(reader),
  }),
  [ExtensionType.server_certificate_type]: (reader) => ({
    serverCertificateTypes: readCertificateTypes(reader),
  }),
  [ExtensionType.encrypted_client_hello]: (reader) => ({ encryptedClientHello: reader.rest() }),
  [ExtensionType.quic_transport_parameters]: (reader) => ({
    quicTransportParameters: reader.rest(),
  }),
};

type Encode = (hello: ClientHello) => ((writer: TlsWriter) => void) | undefined;

/** In the order in which they are sent. */
const ENCODERS: readonly (readonly [number, Encode])[] = [
  encoder(ExtensionType.server_name, "serverName", (writer, name) => {
    writer.vector(2, () => writer.u8(0).vector16(new TextEncoder().encode(name)));
  }),
  encoder(ExtensionType.supported_versions, "supportedVersions", (writer, versions) => {
    writer.vector(1, () => versions.forEach((version) => writer.u16(version)));
  }),
  encoder(ExtensionType.supported_groups, "supportedGroups", (writer, list) => {
    writer.u16List(list);
  }),
  encoder(ExtensionType.signature_algorithms, "signatureAlgorithms", (writer, list) => {
    writer.u16List(list);
  }),
  encoder(ExtensionType.signature_algorithms_cert, "signatureAlgorithmsCert", (writer, list) => {
    writer.u16List(list);
  }),
  encoder(
    ExtensionType.application_layer_protocol_negotiation,
    "alpnProtocols",
    (writer, names) => writeAlpn(writer, names),
  ),
  encoder(ExtensionType.cookie, "cookie", (writer, cookie) => writer.vector16(cookie)),
  encoder(ExtensionType.key_share, "keyShares", (writer, shares) => {
    writer.vector(2, () => {
      for (const { group, keyExchange } of shares) writer.u16(group).vector16(keyExchange);
    });
  }),
  encoder(ExtensionType.psk_key_exchange_modes, "pskKeyExchangeModes", (writer, modes) => {
    writer.vector8(Uint8Array.from(modes));
  }),
  encoder(ExtensionType.early_data, "earlyData", () => {}),
  encoder(ExtensionType.status_request, "statusRequest", (writer) => writeStatusRequest(writer)),
  encoder(
    ExtensionType.signed_certificate_timestamp,
    "signedCertificateTimestamp",
    () => {},
  ),
  encoder(
    ExtensionType.certificate_authorities,
    "certificateAuthorities",
    (writer, names) => writeAuthorities(writer, names),
  ),
  encoder(
    ExtensionType.compress_certificate,
    "compressCertificate",
    (writer, list) => writeCompressionAlgorithms(writer, list),
  ),
  encoder(ExtensionType.record_size_limit, "recordSizeLimit", (writer, limit) => writer.u16(limit)),
  encoder(ExtensionType.client_certificate_type, "clientCertificateTypes", (writer, types) => {
    writer.vector8(Uint8Array.from(types));
  }),
  encoder(ExtensionType.server_certificate_type, "serverCertificateTypes", (writer, types) => {
    writer.vector8(Uint8Array.from(types));
  }),
  encoder(
    ExtensionType.encrypted_client_hello,
    "encryptedClientHello",
    (writer, content) => writer.bytes(content),
  ),
  encoder(
    ExtensionType.quic_transport_parameters,
    "quicTransportParameters",
    (writer, content) => writer.bytes(content),
  ),
  encoder(ExtensionType.pre_shared_key, "preSharedKey", writeOfferedPsks),
];

/** The order in which extensions are sent, unless another is asked for. */
export const EXTENSION_ORDER: readonly number[] = ENCODERS.map(([type]) => type);

/** An extension that is sent when its field is there and not `false`. */
function encoder<Name extends keyof ClientHello>(
  type: number,
  name: Name,
  write: (writer: TlsWriter, value: NonNullable<ClientHello[Name]>) => void,
): readonly [number, Encode] {
  return [type, (hello) => {
    const value = hello[name];
    if (value === undefined || value === false) return undefined;
    return (writer) => write(writer, value as NonNullable<ClientHello[Name]>);
  }];
}

/** RFC 6066 §3: one host_name. Other kinds of name do not exist. */
function readServerName(reader: TlsReader): string {
  const list = new TlsReader(reader.vector16(1), "List of server names");
  if (list.u8() !== 0) throw new TlsError("decodeError", "Server name is not a host_name");
  const name = list.vector16(1);
  list.end();
  const text = String.fromCharCode(...name).toLowerCase();
  if (name.length > 255 || !/^[\x21-\x7e]+$/.test(text)) {
    throw new TlsError("decodeError", "Server name has characters no host name has");
  }
  return text;
}

/** `ProtocolVersion versions<2..254>` (§4.2.1). */
function readVersions(reader: TlsReader): number[] {
  const list = new TlsReader(reader.vector8(2), "List of versions");
  const versions: number[] = [];
  while (list.remaining > 0) versions.push(list.u16());
  return versions;
}

/** §4.2.8: one entry a group. */
function readKeyShares(reader: TlsReader): KeyShareEntry[] {
  const list = new TlsReader(reader.vector16(), "List of key shares");
  const shares: KeyShareEntry[] = [];
  const seen = new Set<number>();
  while (list.remaining > 0) {
    const group = list.u16();
    if (seen.has(group)) {
      throw new TlsError("duplicateKeyShare", `Group ${group} has two key shares`);
    }
    seen.add(group);
    shares.push({ group, keyExchange: list.vector16(1) });
  }
  return shares;
}

function readOfferedPsks(reader: TlsReader): OfferedPsks {
  const identityList = new TlsReader(reader.vector16(7), "List of PSK identities");
  const identities: PskIdentity[] = [];
  while (identityList.remaining > 0) {
    identities.push({
      identity: identityList.vector16(1),
      obfuscatedTicketAge: identityList.u32(),
    });
  }
  const binderList = new TlsReader(reader.vector16(2), "List of PSK binders");
  const binders: Uint8Array[] = [];
  // A binder that is too short is a wrong one: the hash says how long it is.
  while (binderList.remaining > 0) binders.push(binderList.vector8(1));
  if (binders.length !== identities.length) {
    throw new TlsError(
      "binderCountMismatch",
      `${identities.length} PSK identities have ${binders.length} binders`,
    );
  }
  return { identities, binders };
}

function writeOfferedPsks(writer: TlsWriter, { identities, binders }: OfferedPsks): void {
  writer.vector(2, () => {
    for (const { identity, obfuscatedTicketAge } of identities) {
      writer.vector16(identity).u32(obfuscatedTicketAge);
    }
  });
  writer.vector(2, () => binders.forEach((binder) => writer.vector8(binder)));
}

/** RFC 7250 §3: X.509 alone is said by leaving the extension out. */
function readCertificateTypes(reader: TlsReader): number[] {
  const types = [...reader.vector8()];
  if (types.every((type) => type === CertificateType.X509)) {
    throw new TlsError("decodeError", "List of certificate types says nothing but X.509", {
      alert: "illegal_parameter",
    });
  }
  return types;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const SSL_3_0 = 0x0300;

/** §4.1.2; encrypted_client_hello by RFC 9849 §6.1.5. */
const MAY_CHANGE: ReadonlySet<number> = new Set([
  ExtensionType.key_share,
  ExtensionType.early_data,
  ExtensionType.cookie,
  ExtensionType.pre_shared_key,
  ExtensionType.padding,
  ExtensionType.encrypted_client_hello,
]);
