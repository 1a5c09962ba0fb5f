/**
 * What a client offers: its ClientHello, first and second, with the secrets that belong to it
 * (RFC 8446 §4.1.2).
 *
 * @module
 */
import { bindersBytes, type ClientHello, encodeClientHello } from "./client_hello.ts";
import type { ClientConfig } from "./config.ts";
import type { Extension } from "./extensions.ts";
import type { CipherSuite, KeyExchange, KxGroup } from "./provider/provider.ts";
import { ExtensionType, NamedGroup, PskKeyExchangeMode } from "./registry.ts";
import { binder, type ClientSession } from "./resumption.ts";
import { DEFAULT_VERIFY_SCHEMES } from "./signatures.ts";
import { Transcript } from "./transcript.ts";

/** A key exchange that was begun, by group. */
export type KeyShares = ReadonlyMap<number, KeyExchange>;

/** A ClientHello that is to be sent, and what has to be remembered of it. */
export interface Offer {
  readonly hello: ClientHello;
  readonly keyShares: KeyShares;
  /** The session offered for resumption, with its suite. */
  readonly session: OfferedPsk | undefined;
  readonly earlyData: boolean;
  /** Order in which extensions are sent. */
  readonly order: readonly number[];
}

export interface OfferedPsk {
  readonly session: ClientSession;
  readonly suite: CipherSuite;
}

/** The first offer of a connection. */
export function makeOffer(config: ClientConfig, middleboxes: boolean): Offer {
  const random = randomBytes(config, 32);
  const groups = config.groups ?? config.provider.groups.map(({ name }) => name);
  const keyShares = startKeyShares(config, config.keyShares ?? defaultShares(groups));
  const session = usableSession(config);
  const earlyData = session !== undefined && (config.earlyData ?? false) &&
    session.session.earlyDataBytesMax > 0;
  const schemes = config.verifySchemes ?? DEFAULT_VERIFY_SCHEMES;
  const hello: ClientHello = {
    random,
    // §D.4: looks like the session id of TLS 1.2.
    legacySessionId: middleboxes ? randomBytes(config, 32) : NOTHING,
    cipherSuites: config.cipherSuites ?? config.provider.cipherSuites.map(({ id }) => id),
    legacyCompressionMethods: [0],
    supportedVersions: [TLS_1_3],
    supportedGroups: groups,
    keyShares: entries(keyShares),
    signatureAlgorithms: schemes,
    pskKeyExchangeModes: [PskKeyExchangeMode.psk_dhe_ke],
    ...serverName(config),
    ...(config.alpnProtocols?.length ? { alpnProtocols: config.alpnProtocols } : {}),
    ...(config.requestOcsp ? { statusRequest: true } : {}),
    ...(config.requestTimestamps ? { signedCertificateTimestamp: true } : {}),
    ...(config.certificateCompression?.length
      ? { compressCertificate: config.certificateCompression.map(({ algorithm }) => algorithm) }
      : {}),
    ...(config.recordSizeLimit === undefined
      ? {}
      : { recordSizeLimit: config.recordSizeLimit + 1 }),
    ...(earlyData ? { earlyData } : {}),
    ...(session === undefined ? {} : { preSharedKey: offeredPsks(config, session) }),
  };
  const offered = config.grease ? withGrease(config, hello) : hello;
  const order = config.permuteExtensions ? shuffled(config) : [];
  return { hello: offered, keyShares, session, earlyData, order };
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
  const session = first.session?.suite.hash.name === asked.suite.hash.name
    ? first.session
    : undefined;
  const hello: ClientHello = {
    ...rest,
    keyShares: asked.group === undefined ? rest.keyShares! : entries(keyShares),
    ...(asked.cookie === undefined ? {} : { cookie: asked.cookie.slice() }),
    ...(session === undefined ? {} : { preSharedKey: offeredPsks(config, session) }),
  };
  return { ...first, hello, keyShares, session, earlyData: false };
}

/**
 * The message's bytes, binders filled in; adds it to `transcript`, which holds what came before.
 */
export function encodeOffer({ hello, session, order }: Offer, transcript: Transcript): Uint8Array {
  const bytes = encodeClientHello(hello, order);
  if (session !== undefined) {
    const end = bytes.length - bindersBytes(hello.preSharedKey);
    const { hash } = session.suite;
    const digest = transcriptFor(transcript, session.suite).digestWith(bytes.subarray(0, end));
    // The list's length and the binder's own stand in front of the one binder.
    bytes.set(binder(hash, session.session.resumptionPsk, "resumption", digest), end + 3);
  }
  transcript.add(bytes);
  return bytes;
}

/** What came before the ClientHello, hashed for the suite of a PSK: nothing yet in a first hello. */
function transcriptFor(transcript: Transcript, suite: CipherSuite): Transcript {
  if (transcript.isStarted) return transcript;
  const own = new Transcript();
  own.start(suite.hash);
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
  return types;
}

/** A session that is worth offering: not too old, for this name, with a suite that is enabled. */
function usableSession(config: ClientConfig): OfferedPsk | undefined {
  const { session } = config;
  if (session === undefined || session.serverName !== config.serverName) return undefined;
  const ageMs = config.now() - session.receivedMs;
  if (ageMs < 0 || ageMs > session.lifetimeSeconds * 1000) return undefined;
  const enabled = config.cipherSuites ?? [session.cipherSuite];
  if (!enabled.includes(session.cipherSuite)) return undefined;
  const suite = config.provider.cipherSuites.find(({ id }) => id === session.cipherSuite);
  return suite === undefined ? undefined : { session, suite };
}

function offeredPsks(config: ClientConfig, { session, suite }: OfferedPsk) {
  const ageMs = config.now() - session.receivedMs;
  return {
    identities: [{
      identity: session.ticket,
      obfuscatedTicketAge: (ageMs + session.ageAdd) % 0x100000000,
    }],
    binders: [new Uint8Array(suite.hash.outputBytes)],
  };
}

/** RFC 6066 §3: names only, without a trailing dot; an address is no name. */
function serverName(config: ClientConfig): { serverName?: string } {
  const name = config.serverName.replace(/\.$/, "");
  const isAddress = /^[\d.]+$/.test(name) || name.includes(":");
  return config.sendServerName === false || isAddress || name === "" ? {} : { serverName: name };
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
  const [suite, group, version, first, other] = [...randomBytes(config, 5)]
    .map((byte) => (byte & 0xf0 | 0x0a) * 0x0101);
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
const TLS_1_3 = 0x0304;

/** Groups that servers may not know yet. */
const POST_QUANTUM: ReadonlySet<number> = new Set([
  NamedGroup.X25519MLKEM768,
  NamedGroup.SecP256r1MLKEM768,
  NamedGroup.SecP384r1MLKEM1024,
  NamedGroup.MLKEM768,
  NamedGroup.MLKEM1024,
]);
