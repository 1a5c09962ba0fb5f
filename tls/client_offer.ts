/**
 * What a client offers: its ClientHello, first and second, with the secrets that belong to it
 * (RFC 8446 §4.1.2).
 *
 * @module
 */
import {
  bindersBytes,
  type ClientHello,
  encodeClientHello,
  type OfferedPsks,
  type PskIdentity,
} from "./client_hello.ts";
import type { ClientConfig } from "./config.ts";
import { certificateType, isPsk } from "./credentials.ts";
import type { Extension } from "./extensions.ts";
import { type ImportedPsk, importPsk, servesHash } from "./external_psk.ts";
import type { CipherSuite, Hash, KeyExchange, KxGroup } from "./provider/provider.ts";
import {
  CertificateType,
  ExtensionType,
  greaseValue,
  NamedGroup,
  ProtocolVersion,
  PskKeyExchangeMode,
} from "./registry.ts";
import { binder, type ClientSession } from "./resumption.ts";
import { DEFAULT_VERIFY_SCHEMES } from "./signatures.ts";
import { Transcript } from "./transcript.ts";

/** A key exchange that was begun, by group. */
export type KeyShares = ReadonlyMap<number, KeyExchange>;

/** A ClientHello that is to be sent, and what has to be remembered of it. */
export interface Offer {
  readonly hello: ClientHello;
  readonly keyShares: KeyShares;
  /** In the order of the identities. */
  readonly psks: readonly OfferedPsk[];
  /** The session that 0-RTT data is sent in. */
  readonly early: OfferedSession | undefined;
  /** Order in which extensions are sent. */
  readonly order: readonly number[];
}

/** A PSK that is offered: of a session, or an external one for the suites of one hash. */
export type OfferedPsk = OfferedSession | ImportedPsk;

export interface OfferedSession {
  readonly session: ClientSession;
  readonly suite: CipherSuite;
}

export function isSession(psk: OfferedPsk): psk is OfferedSession {
  return "session" in psk;
}

/** The secret of an offered PSK, and the hash it belongs to. */
export function secretOf(psk: OfferedPsk): { readonly psk: Uint8Array; readonly hash: Hash } {
  return isSession(psk) ? { psk: psk.session.resumptionPsk, hash: psk.suite.hash } : psk;
}

/** The first offer of a connection. */
export function makeOffer(config: ClientConfig, middleboxes: boolean): Offer {
  const random = randomBytes(config, 32);
  const groups = config.groups ?? config.provider.groups.map(({ name }) => name);
  const keyShares = startKeyShares(config, config.keyShares ?? defaultShares(groups));
  const suites = enabledSuites(config);
  const session = usableSession(config);
  const early = mayCarryEarlyData(config, session) ? session : undefined;
  const psks = [...(session === undefined ? [] : [session]), ...importedPsks(config, suites)];
  const hello: ClientHello = {
    random,
    // §D.4: looks like the session id of TLS 1.2.
    legacySessionId: middleboxes ? randomBytes(config, 32) : NOTHING,
    cipherSuites: suites.map(({ id }) => id),
    legacyCompressionMethods: [0],
    supportedVersions: [ProtocolVersion.TLS_1_3],
    supportedGroups: groups,
    keyShares: entries(keyShares),
    pskKeyExchangeModes: [PskKeyExchangeMode.psk_dhe_ke],
    serverName: sentServerName(config),
    alpnProtocols: unlessEmpty(config.alpnProtocols),
    recordSizeLimit: config.recordSizeLimit && config.recordSizeLimit + 1,
    quicTransportParameters: config.quicTransportParameters,
    clientCertificateTypes: unlessX509Only(offeredCertificateTypes(config)),
    ...serverCertificateFields(config),
    earlyData: early !== undefined,
    preSharedKey: offeredPsks(config, psks),
  };
  const offered = config.grease ? withGrease(config, hello) : hello;
  const order = config.permuteExtensions ? shuffled(config) : [];
  return { hello: offered, keyShares, psks, early, order };
}

/** What has to do with the server's certificate; a client that takes a PSK only says none of it. */
function serverCertificateFields(config: ClientConfig): Partial<ClientHello> {
  if (config.verifier === undefined) return {};
  const algorithms = config.certificateCompression?.map(({ algorithm }) => algorithm);
  return {
    signatureAlgorithms: config.verifySchemes ?? DEFAULT_VERIFY_SCHEMES,
    serverCertificateTypes: unlessX509Only(config.acceptedCertificateTypes ?? []),
    statusRequest: config.requestOcsp,
    signedCertificateTimestamp: config.requestTimestamps,
    compressCertificate: unlessEmpty(algorithms),
  };
}

/** Types of the client's own certificates (RFC 7250 §4.1), each once. */
function offeredCertificateTypes(config: ClientConfig): readonly CertificateType[] {
  if (config.offeredCertificateTypes !== undefined) return config.offeredCertificateTypes;
  const types = new Set<CertificateType>();
  for (const credential of config.credentials ?? []) {
    if (!isPsk(credential)) types.add(certificateType(credential));
  }
  return [...types];
}

/** RFC 7250 §3: X.509 alone goes without saying. */
function unlessX509Only(types: readonly CertificateType[]): readonly CertificateType[] | undefined {
  return types.every((type) => type === CertificateType.X509) ? undefined : types;
}

/** An extension whose list is empty is not sent. */
function unlessEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list?.length === 0 ? undefined : list;
}

/** The offer that answers a HelloRetryRequest (§4.1.2). */
export function retryOffer(
  config: ClientConfig,
  first: Offer,
  asked: { readonly group?: KxGroup; readonly cookie?: Uint8Array; readonly suite: CipherSuite },
): Offer {
  const { earlyData: _, preSharedKey: __, ...rest } = first.hello;
  const keyShares = asked.group === undefined
    ? first.keyShares
    : new Map([[asked.group.name, asked.group.start(config.random)]]);
  // §4.1.4: a PSK of another hash than the suite's cannot be used any more.
  const psks = first.psks.filter((psk) => secretOf(psk).hash.name === asked.suite.hash.name);
  const hello: ClientHello = {
    ...rest,
    keyShares: asked.group === undefined ? rest.keyShares! : entries(keyShares),
    cookie: asked.cookie?.slice(),
    preSharedKey: offeredPsks(config, psks),
  };
  return { ...first, hello, keyShares, psks, early: undefined };
}

/** The message's bytes, binders filled in; adds it to `transcript`, which holds what came before. */
export function encodeOffer({ hello, psks, order }: Offer, transcript: Transcript): Uint8Array {
  const bytes = encodeClientHello(hello, order);
  const end = bytes.length - bindersBytes(hello.preSharedKey);
  const truncated = bytes.subarray(0, end);
  // The list's length stands in front of the binders, and its own in front of each.
  let at = end + 2;
  for (const each of psks) {
    const { psk, hash } = secretOf(each);
    const kind = isSession(each) ? "resumption" : each.kind;
    const mac = binder(hash, psk, kind, transcriptFor(transcript, hash).digestWith(truncated));
    bytes.set(mac, at + 1);
    at += 1 + mac.length;
  }
  transcript.add(bytes);
  return bytes;
}

/** What came before the ClientHello, hashed as a PSK wants it: nothing yet in a first hello. */
function transcriptFor(transcript: Transcript, hash: Hash): Transcript {
  if (transcript.isStarted) return transcript;
  const own = new Transcript();
  own.start(hash);
  return own;
}

/** Types of extensions that an answer may hold. */
export function offeredTypes({ hello }: Offer): ReadonlySet<number> {
  const types = new Set<number>([ExtensionType.supported_versions, ExtensionType.key_share]);
  const add = (type: number, value: unknown) => {
    if (value !== undefined && value !== false) types.add(type);
  };
  add(ExtensionType.server_name, hello.serverName);
  add(ExtensionType.supported_groups, hello.supportedGroups);
  add(ExtensionType.application_layer_protocol_negotiation, hello.alpnProtocols);
  add(ExtensionType.pre_shared_key, hello.preSharedKey);
  add(ExtensionType.early_data, hello.earlyData);
  add(ExtensionType.status_request, hello.statusRequest);
  add(ExtensionType.signed_certificate_timestamp, hello.signedCertificateTimestamp);
  add(ExtensionType.record_size_limit, hello.recordSizeLimit);
  add(ExtensionType.quic_transport_parameters, hello.quicTransportParameters);
  // RFC 9849 §5: an inner hello has no answer but the confirmation.
  add(ExtensionType.encrypted_client_hello, hello.encryptedClientHello?.[0] === OUTER_ECH);
  add(ExtensionType.client_certificate_type, hello.clientCertificateTypes);
  add(ExtensionType.server_certificate_type, hello.serverCertificateTypes);
  return types;
}

/** A session that is worth offering: not too old, for this name, with a suite that is enabled. */
function usableSession(config: ClientConfig): OfferedSession | undefined {
  const { session } = config;
  if (session === undefined || session.serverName !== config.serverName) return undefined;
  const ageMs = config.now() - session.receivedMs;
  if (ageMs < 0 || ageMs > session.lifetimeSeconds * 1000) return undefined;
  const suite = enabledSuites(config).find(({ id }) => id === session.cipherSuite);
  return suite === undefined ? undefined : { session, suite };
}

/** §4.2.10: what is sent early is of the session's protocol, so that has to be wanted still. */
function mayCarryEarlyData(config: ClientConfig, psk: OfferedSession | undefined): boolean {
  if (psk === undefined || !config.earlyData) return false;
  const { alpnProtocol, earlyDataBytesMax } = psk.session;
  const isWanted = alpnProtocol === undefined || config.alpnProtocols?.includes(alpnProtocol);
  return earlyDataBytesMax > 0 && isWanted === true;
}

/** Every external PSK for each hash of the suites that it serves (RFC 9258 §4). */
function importedPsks(config: ClientConfig, suites: readonly CipherSuite[]): ImportedPsk[] {
  const hashes = new Map(suites.map(({ hash }) => [hash.name, hash]));
  return (config.credentials ?? []).filter(isPsk).flatMap((external) =>
    [...hashes.values()].filter((hash) => servesHash(external, hash))
      .map((hash) => importPsk(config.provider, external, hash))
  );
}

/** Those of the configuration, in its order, that the provider has. */
function enabledSuites({ provider, cipherSuites }: ClientConfig): readonly CipherSuite[] {
  if (cipherSuites === undefined) return provider.cipherSuites;
  return cipherSuites.flatMap((id) => provider.cipherSuites.filter((suite) => suite.id === id));
}

function offeredPsks(config: ClientConfig, psks: readonly OfferedPsk[]): OfferedPsks | undefined {
  if (psks.length === 0) return undefined;
  return {
    identities: psks.map((psk) => pskIdentity(config, psk)),
    binders: psks.map((psk) => new Uint8Array(secretOf(psk).hash.outputBytes)),
  };
}

function pskIdentity(config: ClientConfig, psk: OfferedPsk): PskIdentity {
  // §4.2.11: an external PSK has no age.
  if (!isSession(psk)) return { identity: psk.identity, obfuscatedTicketAge: 0 };
  const { ticket, ageAdd, receivedMs } = psk.session;
  const ageMs = config.now() - receivedMs;
  return { identity: ticket, obfuscatedTicketAge: (ageMs + ageAdd) % 0x100000000 };
}

/** RFC 6066 §3: names only, without a trailing dot; an address is no name. */
function sentServerName(config: ClientConfig): string | undefined {
  const name = config.serverName.replace(/\.$/, "");
  const isAddress = /^[\d.]+$/.test(name) || name.includes(":");
  return config.sendServerName === false || isAddress || name === "" ? undefined : name;
}

/** The preferred group; where that is a hybrid, also the first that every server knows. */
function defaultShares(groups: readonly NamedGroup[]): readonly NamedGroup[] {
  const [first] = groups;
  const classical = groups.find((group) => !POST_QUANTUM.has(group));
  if (classical === undefined || first === classical) return [first];
  return [first, classical];
}

function startKeyShares(config: ClientConfig, names: readonly NamedGroup[]): KeyShares {
  const shares = new Map<number, KeyExchange>();
  for (const name of names) {
    const group = config.provider.groups.find((each) => each.name === name);
    if (group === undefined) throw new Error(`Provider has no group ${name}`);
    shares.set(name, group.start(config.random));
  }
  return shares;
}

function entries(keyShares: KeyShares) {
  return [...keyShares].map(([group, { share }]) => ({ group, keyExchange: share }));
}

/** RFC 8701 §3.1: values of the form 0x?A?A where a server has to pass over what it does not know. */
function withGrease(config: ClientConfig, hello: ClientHello): ClientHello {
  const [suite, group, version, scheme, first, other] = [...randomBytes(config, 6)]
    .map(greaseValue);
  const second = other === first ? first ^ 0x1010 : other;
  const otherExtensions: Extension[] = [
    { type: first, data: NOTHING },
    { type: second, data: Uint8Array.of(0) },
  ];
  return {
    ...hello,
    cipherSuites: [suite, ...hello.cipherSuites],
    supportedGroups: [group, ...hello.supportedGroups!],
    keyShares: [{ group, keyExchange: Uint8Array.of(0) }, ...hello.keyShares!],
    supportedVersions: [version, ...hello.supportedVersions!],
    signatureAlgorithms: hello.signatureAlgorithms && [...hello.signatureAlgorithms, scheme],
    otherExtensions,
  };
}

/** A random order of all types. */
function shuffled(config: ClientConfig): number[] {
  const types: number[] = Object.values(ExtensionType);
  const random = randomBytes(config, types.length);
  for (let at = types.length - 1; at > 0; at--) {
    const other = random[at] % (at + 1);
    [types[at], types[other]] = [types[other], types[at]];
  }
  return types;
}

function randomBytes({ random }: ClientConfig, bytes: number): Uint8Array {
  const into = new Uint8Array(bytes);
  random(into);
  return into;
}

const NOTHING = new Uint8Array(0);

/** Groups that servers may not know yet. */
const POST_QUANTUM: ReadonlySet<number> = new Set([
  NamedGroup.X25519MLKEM768,
  NamedGroup.SecP256r1MLKEM768,
  NamedGroup.SecP384r1MLKEM1024,
  NamedGroup.MLKEM768,
  NamedGroup.MLKEM1024,
]);

/** The first byte of the extension in an outer hello. */
const OUTER_ECH = 0;
