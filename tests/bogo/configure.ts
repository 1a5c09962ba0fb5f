/**
 * The engine's configuration for one connection, from what the runner asked for.
 *
 * @module
 */
import type {
  CertificateCompression,
  ClientAuth,
  ClientConfig,
  CommonConfig,
  Credential,
  ExternalPsk,
  PeerVerifier,
  ReplayStore,
  ServerConfig,
  Ticketer,
} from "../../tls/config.ts";
import { KeyError, type Provider } from "../../tls/provider/provider.ts";
import {
  CertificateType,
  type CipherSuiteId,
  type NamedGroup,
  type SignatureScheme,
} from "../../tls/registry.ts";
import type { ClientSession } from "../../tls/resumption.ts";
import { publicKeyInfoDer } from "../../tls/x509/algorithms.ts";
import { parseCertificate } from "../../tls/x509/certificate.ts";
import { parsePem, type PemBlock } from "../../tls/x509/pem.ts";
import { type Seen, ShimResolver, ShimVerifier, UNNAMED } from "./callbacks.ts";
import { Unsupported } from "./flags.ts";
import { DEFAULTS, type Negotiable, POLICIES } from "./policies.ts";
import type { CredentialSettings, Settings } from "./settings.ts";
import { CallbackError } from "./tokens.ts";

/** What all connections of a process share. */
export interface World {
  readonly provider: Provider;
  readonly now: () => number;
  readonly tickets: TicketBox;
}

/** What one connection needs beyond its settings. */
interface Attempt {
  readonly settings: Settings;
  /** Settings that hold at the moment: others once 0-RTT data was rejected. */
  readonly current: () => Settings;
  readonly seen: Seen;
  readonly session: ClientSession | undefined;
}

/** A connection's configuration: of the one role that the shim plays. */
export interface Configured {
  readonly server?: ServerConfig;
  readonly client?: ClientConfig;
  /** The key log of the connection. */
  readonly keyLines: readonly string[];
  /** Place of a credential among those after `-new-x509-credential`; -1 for any other and for none. */
  placeOf(credential: Proof | undefined): number;
}

/** What a side proves itself with. */
type Proof = Credential | ExternalPsk;

export function configured(attempt: Attempt, world: World): Configured {
  const { settings } = attempt;
  refuseBlindness(settings);
  const negotiable = negotiableOf(settings, world.provider);
  const credentials = credentialsOf(settings, negotiable, world.provider);
  const placeOf = (shown: Proof | undefined) => {
    const place = credentials.findIndex(({ key }) => key === shown?.key);
    return place < settings.credentials.length ? place : -1;
  };
  const keyLines: string[] = [];
  const keyLog = (line: string) => void keyLines.push(line);
  const server = settings.isServer
    ? { ...serverConfig(attempt, negotiable, credentials, world), keyLog }
    : undefined;
  const client = settings.isServer
    ? undefined
    : { ...clientConfig(attempt, negotiable, credentials, world), keyLog };
  return { server, client, keyLines, placeOf };
}

/** A client has no callback that sees the CertificateRequest. */
function refuseBlindness(settings: Settings): void {
  const { isServer, failCertCallback, expectClientCaList, expectPeerVerifyPrefs } = settings;
  if (isServer) return;
  if (failCertCallback || expectClientCaList !== "" || expectPeerVerifyPrefs.length > 0) {
    throw new Unsupported("Client's callback for certificates is not there");
  }
}

function serverConfig(
  attempt: Attempt,
  negotiable: Negotiable,
  credentials: readonly Proof[],
  world: World,
): ServerConfig {
  const { settings, seen } = attempt;
  return {
    ...commonConfig(settings, negotiable, world),
    credentials: new ShimResolver(settings, credentials, seen),
    clientAuth: clientAuthOf(settings, verifierOf(attempt, negotiable)),
    alpnProtocols: alpnOf(settings),
    ech: settings.echServerConfigs.map((config, at) => ({
      config,
      privateKey: settings.echServerKeys[at],
      isRetryConfig: settings.echIsRetryConfig[at] === 1,
    })),
    alpnMismatch: settings.rejectAlpn ? "alert" : "ignore",
    preference: "server",
    tickets: settings.noTicket ? undefined : {
      ticketer: settings.failDdosCallback ? REFUSING : world.tickets,
      count: settings.skipTicket ? 0 : 2,
      earlyDataBytesMax: settings.enableEarlyData ? EARLY_DATA_BYTES_MAX : 0,
      replays: world.tickets,
    },
  };
}

function clientConfig(
  attempt: Attempt,
  negotiable: Negotiable,
  credentials: readonly Proof[],
  world: World,
): ClientConfig {
  const { settings, session } = attempt;
  return {
    ...commonConfig(settings, negotiable, world),
    serverName: settings.hostName === "" ? UNNAMED : settings.hostName,
    sendServerName: settings.hostName !== "",
    // BoringSSL: who has a PSK takes certificates when told to verify them.
    verifier: credentials.some((each) => !("chain" in each)) && !settings.verifyPeer
      ? undefined
      : verifierOf(attempt, negotiable),
    credentials,
    offeredCertificateTypes: typesOf(settings.availableClientCertTypes),
    alpnProtocols: lengthPrefixed(settings.advertiseAlpn),
    session,
    earlyData: settings.enableEarlyData,
    keyShares: keySharesOf(settings, negotiable.groups),
    echConfigList: settings.echConfigList,
    echRequired: settings.rejectUnusableEchConfig,
    echGrease: settings.enableEchGrease,
    requestOcsp: settings.enableOcspStapling,
    requestTimestamps: settings.enableSignedCertTimestamps,
    permuteExtensions: settings.permuteExtensions,
  };
}

function commonConfig(
  settings: Settings,
  negotiable: Negotiable,
  { provider, now }: World,
): CommonConfig {
  return {
    provider,
    random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
    now,
    cipherSuites: negotiable.cipherSuites,
    groups: negotiable.groups,
    verifySchemes: negotiable.verifySchemes,
    acceptedCertificateTypes: typesOf(settings.acceptedPeerCertTypes),
    // BoringSSL: servers do so always.
    grease: settings.enableGrease || settings.isServer,
    reverifyOnResumption: settings.reverifyOnResume,
    certificateBytesMax: settings.maxCertList || undefined,
    sendContentBytesMax: settings.maxSendFragment || undefined,
    certificateCompression: COMPRESSIONS.filter(({ algorithm }) =>
      settings.installCertCompressionAlgs || settings.installOneCertCompressionAlg === algorithm
    ),
  };
}

/** The server's: what is refused on request is refused for having nothing in common. */
function alpnOf({ declineAlpn, rejectAlpn, selectAlpn }: Settings): string[] {
  if (rejectAlpn) return ["nothing in common"];
  return declineAlpn || selectAlpn === "" ? [] : [selectAlpn];
}

/** Throws {@link Unsupported} for a version or a group that is not to be had. */
function negotiableOf(settings: Settings, provider: Provider): Negotiable {
  const { minVersion, maxVersion, noTls13, policies, curves, verifyPrefs } = settings;
  if (noTls13 || minVersion > TLS13 || (maxVersion !== 0 && maxVersion < TLS13)) {
    throw new Unsupported("Only TLS 1.3 is spoken");
  }
  const basis = policies.length === 0 ? DEFAULTS : POLICIES[policies[0]];
  const named = policies.length === 0 ? curves : [];
  const known = new Set<number>(provider.groups.map(({ name }) => name));
  const missing = named.find((each) => !known.has(each));
  if (missing !== undefined) throw new Unsupported(`Provider has no group ${missing}`);
  const groups = named.length === 0 ? basis.groups : named as NamedGroup[];
  refuseLegacy(verifyPrefs);
  const onWire = verifyPrefs.filter((each) => each !== MD5_SHA1);
  const verifySchemes = onWire.length === 0 ? basis.verifySchemes : onWire;
  return {
    ...basis,
    cipherSuites: basis.cipherSuites as CipherSuiteId[],
    groups: groups.filter((each) => known.has(each)),
    verifySchemes: verifySchemes as SignatureScheme[],
  };
}

/** BoringSSL's rule: what was hinted, else what was asked for, else one share of each kind. */
function keySharesOf(settings: Settings, groups: readonly NamedGroup[]): readonly NamedGroup[] {
  const hinted = groups.find((each) => settings.serverSupportedGroupsHint.includes(each));
  if (hinted !== undefined) return [hinted];
  if (settings.keyShares !== undefined) return settings.keyShares as NamedGroup[];
  const [first, ...others] = groups;
  const second = others.find((each) => isPostQuantum(each) !== isPostQuantum(first));
  return second === undefined ? [first] : [first, second];
}

function isPostQuantum(group: number): boolean {
  return group >= 512;
}

function credentialsOf(
  settings: Settings,
  negotiable: Negotiable,
  provider: Provider,
): Proof[] {
  const { credentials, legacyCredential } = settings;
  const all = legacyCredential.certFile === "" ? credentials : [...credentials, legacyCredential];
  return all.map((each) =>
    each.kind === "psk" ? pskOf(each) : loadCredential(each, negotiable.signSchemes, provider)
  );
}

function pskOf(settings: CredentialSettings): ExternalPsk {
  return {
    externalIdentity: settings.pskImporterIdentity,
    key: settings.pskImporterKey,
    hash: settings.pskHash,
    context: settings.pskImporterContext,
  };
}

function loadCredential(
  settings: CredentialSettings,
  allowed: readonly SignatureScheme[] | undefined,
  provider: Provider,
): Credential {
  const [key] = parsePem(Deno.readTextFileSync(settings.keyFile));
  const signingKey = loadKey(key.bytes, provider);
  refuseLegacy(settings.signingPrefs);
  const wanted = allowed ?? (settings.signingPrefs as SignatureScheme[]);
  const common = { key: signingKey, schemes: wanted.length === 0 ? undefined : wanted };
  if (settings.kind === "rpk") {
    const chain = [publicKeyInfoDer(signingKey.publicKey)];
    return { ...common, chain, type: CertificateType.RawPublicKey };
  }
  const chain = parsePem(Deno.readTextFileSync(settings.certFile), "CERTIFICATE");
  return {
    ...common,
    chain: chain.map(({ bytes }) => bytes),
    mustMatchIssuers: settings.mustMatchIssuer ? issuersOf(chain) : undefined,
    ocspResponse: settings.ocspResponse,
    signedCertificateTimestamps: settings.signedCertTimestamps,
  };
}

function typesOf(numbers: readonly number[]): CertificateType[] | undefined {
  return numbers.length === 0 ? undefined : numbers as CertificateType[];
}

function refuseLegacy(schemes: readonly number[]): void {
  const legacy = schemes.find((each) => LEGACY_SCHEMES.includes(each));
  if (legacy !== undefined) throw new Unsupported(`Scheme ${legacy} is not done`);
}

function issuersOf(chain: readonly PemBlock[]): Uint8Array[] {
  return chain.map(({ bytes }) => parseCertificate(bytes).issuer.der);
}

function loadKey(der: Uint8Array, provider: Provider) {
  try {
    return provider.loadKey(der);
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    throw new Unsupported(error.message);
  }
}

function clientAuthOf(settings: Settings, verifier: PeerVerifier): ClientAuth | undefined {
  const { verifyPeer, requireAnyClientCertificate, useClientCaList } = settings;
  if (!verifyPeer && !requireAnyClientCertificate) return undefined;
  const hints = useClientCaList.startsWith("<") ? "" : useClientCaList;
  return {
    mode: verifyPeer ? "optional" : "required",
    verifier,
    certificateAuthorities: hints === "" ? undefined : hexList(hints),
  };
}

function verifierOf({ current, seen }: Attempt, negotiable: Negotiable): ShimVerifier {
  const offersPss = negotiable.verifySchemes.some((each) => each >= 0x0809 && each <= 0x080b);
  return new ShimVerifier(current, seen, offersPss);
}

/** Hexadecimal byte strings with commas between them. */
export function hexList(text: string): Uint8Array[] {
  return text.split(",").map((each) => Uint8Array.fromHex(each));
}

/** Names with a length byte before each, as in RFC 7301. */
export function lengthPrefixed(text: string): string[] {
  const names: string[] = [];
  for (let at = 0; at < text.length; at += 1 + text.charCodeAt(at)) {
    names.push(text.slice(at + 1, at + 1 + text.charCodeAt(at)));
  }
  return names;
}

/** Tickets of one process: a number each, the state stays here; and what 0-RTT hellos were seen. */
export class TicketBox implements Ticketer, ReplayStore {
  readonly #states: Uint8Array[] = [];
  readonly #seen = new Set<string>();

  seal(state: Uint8Array): Uint8Array {
    const ticket = crypto.getRandomValues(new Uint8Array(TICKET_BYTES));
    new DataView(ticket.buffer).setUint32(0, this.#states.length);
    this.#states.push(state.slice());
    this.#tags.push(ticket.slice());
    return ticket;
  }

  open(ticket: Uint8Array): Uint8Array | undefined {
    if (ticket.length !== TICKET_BYTES) return undefined;
    const at = new DataView(ticket.buffer, ticket.byteOffset).getUint32(0);
    const isOurs = this.#tags[at]?.every((byte, index) => byte === ticket[index]) ?? false;
    return isOurs ? this.#states[at].slice() : undefined;
  }

  admit(id: Uint8Array): boolean {
    const text = id.toHex();
    if (this.#seen.has(text)) return false;
    this.#seen.add(text);
    return true;
  }

  readonly #tags: Uint8Array[] = [];
}

/** The three of the runner (BOGO, "Certificate compression"). */
const COMPRESSIONS: readonly CertificateCompression[] = [
  {
    algorithm: 0xff02,
    compress: (message) => Uint8Array.of(1, 2, 3, 4, ...message),
    decompress(bytes) {
      if (bytes.subarray(0, 4).join() !== "1,2,3,4") throw new Error("Not of this algorithm");
      return bytes.slice(4);
    },
  },
  {
    algorithm: 0xff01,
    compress: (message) => message.slice(2),
    decompress: (bytes) => Uint8Array.of(0, 0, ...bytes),
  },
  {
    algorithm: 0xff03,
    compress: (message) => Uint8Array.of(crypto.getRandomValues(new Uint8Array(1))[0], ...message),
    decompress: (bytes) => bytes.slice(1),
  },
];

/** Callbacks of BoringSSL's may refuse a ClientHello whose ticket is good, too. */
const REFUSING: Ticketer = {
  seal: () => new Uint8Array(0),
  open: () => {
    throw new CallbackError("CONNECTION_REJECTED", "internal_error");
  },
};

const TLS13 = 772;
/** BoringSSL's own number for what TLS 1.1 signs with; it is never sent. */
const MD5_SHA1 = 0xff01;
/** A draft's: PKCS #1 signatures of clients in TLS 1.3. */
const LEGACY_SCHEMES = [0x0420, 0x0520, 0x0620];
const TICKET_BYTES = 32;
/** What the runner takes for granted; it sends more to see it refused. */
const EARLY_DATA_BYTES_MAX = 14336;
