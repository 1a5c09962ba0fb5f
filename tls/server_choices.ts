/**
 * What a server decides on a ClientHello, as functions of the configuration and the hello alone.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { equal } from "./bytes.ts";
import type { ReceivedClientHello } from "./client_hello.ts";
import type { ClientHelloInfo, Credential, ExternalPsk, ServerConfig } from "./config.ts";
import { certificateType, type ChosenCredential, fit, isPsk } from "./credentials.ts";
import { importedIdentity, type ImportedPsk, importPsk, servesHash } from "./external_psk.ts";
import type { CipherSuite, KxGroup } from "./provider/provider.ts";
import { CertificateType, ExtensionType, ProtocolVersion, PskKeyExchangeMode } from "./registry.ts";

/** Throws unless the hello is one of TLS 1.3 that holds what it has to (RFC 8446 §4.1.2, §9.2). */
export function checkClientHello(hello: ReceivedClientHello): void {
  if (!hello.supportedVersions?.includes(ProtocolVersion.TLS_1_3)) {
    throw new TlsError("unsupportedVersion", "Client does not speak TLS 1.3");
  }
  const { legacyCompressionMethods } = hello;
  if (legacyCompressionMethods.length !== 1 || legacyCompressionMethods[0] !== 0) {
    throw new TlsError("badCompressionMethods", "Client offers compression");
  }
  const { preSharedKey, extensionTypes } = hello;
  if (preSharedKey !== undefined) {
    if (extensionTypes.at(-1) !== ExtensionType.pre_shared_key) {
      throw new TlsError("pskNotLast", "Extension pre_shared_key is not the last");
    }
    if (hello.pskKeyExchangeModes === undefined) {
      throw new TlsError("missingExtension", "Client offers a PSK without psk_key_exchange_modes");
    }
  }
  if (hello.supportedGroups === undefined) {
    throw new TlsError("noSharedGroup", "Client has no supported_groups", {
      alert: "missing_extension",
    });
  }
  if (hello.keyShares === undefined) {
    throw new TlsError("missingKeyShare", "Client has no key_share");
  }
  checkKeyShareGroups(hello.keyShares.map(({ group }) => group), hello.supportedGroups);
}

/**
 * §4.2.8: shares are for groups that are supported. Their order is not asked for, though it has to be
 * the same: rustls puts the group first that the server took the last time.
 */
function checkKeyShareGroups(shares: readonly number[], groups: readonly number[]): void {
  for (const group of shares) {
    if (groups.includes(group)) continue;
    throw new TlsError("badKeyShare", `Key share of group ${group} is not in supported_groups`);
  }
}

/** The suite to speak; of `hash`, where a HelloRetryRequest settled that. */
export function chooseSuite(config: ServerConfig, hello: ReceivedClientHello): CipherSuite {
  const own = config.cipherSuites ?? config.provider.cipherSuites.map(({ id }) => id);
  const id = preferred(config, own, hello.cipherSuites);
  const suite = config.provider.cipherSuites.find((each) => each.id === id);
  if (suite === undefined) {
    throw new TlsError("noSharedCipher", "Client offers no cipher suite that is enabled here");
  }
  return suite;
}

/** The group to agree in, whether or not the client sent a share for it. */
export function chooseGroup(config: ServerConfig, hello: ReceivedClientHello): KxGroup {
  const own = config.groups ?? config.provider.groups.map(({ name }) => name);
  const offered = hello.supportedGroups ?? [];
  const shared = offered.filter((group) => hello.keyShares?.some((share) => share.group === group));
  const atOnce = config.groupRetry === "needed" ? preferred(config, own, shared) : undefined;
  const name = atOnce ?? preferred(config, own, offered);
  const group = config.provider.groups.find((each) => each.name === name);
  if (group === undefined) {
    throw new TlsError("noSharedGroup", "Client offers no group that is enabled here");
  }
  return group;
}

function preferred(
  { preference = "server" }: ServerConfig,
  own: readonly number[],
  offered: readonly number[],
): number | undefined {
  const [first, second] = preference === "server" ? [own, offered] : [offered, own];
  return first.find((each) => second.includes(each));
}

/** The protocol for what is inside; `undefined` where ALPN is not used (RFC 7301 §3.2). */
export function chooseAlpn(config: ServerConfig, hello: ReceivedClientHello): string | undefined {
  const own = config.alpnProtocols ?? [];
  const { alpnProtocols } = hello;
  if (own.length === 0 || alpnProtocols === undefined) return undefined;
  const name = own.find((each) => alpnProtocols.includes(each));
  if (name === undefined && config.alpnMismatch !== "ignore") {
    throw new TlsError(
      "noApplicationProtocol",
      `Client offers ${alpnProtocols.join(", ")}; served is ${own.join(", ")}`,
    );
  }
  return name;
}

/**
 * The type of certificate that a server shows, or would show were it not for a session (RFC 7250 §4.2);
 * `undefined` where the client did not ask, or where it is no certificate.
 */
export function serverCertificateType(
  config: ServerConfig,
  hello: ReceivedClientHello,
  suite: CipherSuite,
  proof: Proof | undefined,
): CertificateType | undefined {
  if (hello.serverCertificateTypes === undefined) return undefined;
  try {
    const shown = proof ?? chooseProof(config, hello, suite);
    return "credential" in shown ? certificateType(shown.credential) : undefined;
  } catch (error) {
    if (error instanceof TlsError) return undefined;
    throw error;
  }
}

/** How a server proves itself: by a certificate, or by a PSK that the client has, too. */
export type Proof = ChosenCredential | ChosenPsk;

export interface ChosenPsk {
  readonly psk: ImportedPsk;
  /** Its place among the offered identities. */
  readonly index: number;
}

/** The first credential that fits the client (§4.4.2.2); the error is that of the last one tried. */
export function chooseProof(
  config: ServerConfig,
  hello: ReceivedClientHello,
  suite: CipherSuite,
): Proof {
  const candidates = "resolve" in config.credentials
    ? config.credentials.resolve(helloInfo(hello))
    : config.credentials;
  let refusal: TlsError | undefined;
  for (const candidate of candidates) {
    const proof = isPsk(candidate)
      ? findPsk(config, hello, candidate, suite)
      : fitCertificate(hello, candidate);
    if (!(proof instanceof TlsError)) return proof;
    refusal = proof;
  }
  throw refusal ?? new TlsError(
    "unrecognizedName",
    `No certificate for ${hello.serverName ?? "a client that names no server"}`,
  );
}

function fitCertificate(
  hello: ReceivedClientHello,
  candidate: Credential,
): ChosenCredential | TlsError {
  const { signatureAlgorithms, serverCertificateTypes, certificateAuthorities } = hello;
  if (signatureAlgorithms === undefined) {
    return new TlsError("noCommonSignatureScheme", "Client has no signature_algorithms", {
      alert: "missing_extension",
    });
  }
  return fit(candidate, {
    types: serverCertificateTypes ?? X509_ONLY,
    schemes: signatureAlgorithms,
    authorities: certificateAuthorities,
  });
}

/** `external`, as the client offers it; the error says why it does not. */
export function findPsk(
  config: ServerConfig,
  hello: ReceivedClientHello,
  external: ExternalPsk,
  suite: CipherSuite,
): ChosenPsk | TlsError {
  const { preSharedKey, pskKeyExchangeModes } = hello;
  const wanted = importedIdentity(external, suite.hash);
  const index = preSharedKey?.identities.findIndex(({ identity }) => equal(identity, wanted)) ?? -1;
  if (index === -1 || !servesHash(external, suite.hash)) {
    return new TlsError("noPsk", "Client offers no PSK that is known here");
  }
  if (!pskKeyExchangeModes?.includes(PskKeyExchangeMode.psk_dhe_ke)) {
    return new TlsError("noPskMode", "Client offers a PSK without (EC)DHE");
  }
  return { psk: importPsk(config.provider, external, suite.hash), index };
}

/** The type of certificate to ask the client for (RFC 7250 §4.2); the client's own default is X.509. */
export function chooseClientCertificateType(
  config: ServerConfig,
  { clientCertificateTypes }: ReceivedClientHello,
): CertificateType {
  const offered = clientCertificateTypes ?? X509_ONLY;
  const type = (config.acceptedCertificateTypes ?? X509_ONLY)
    .find((each) => offered.includes(each));
  if (type !== undefined) return type;
  throw new TlsError(
    "unsupportedCertificateType",
    "Client has no type of certificate that is taken",
  );
}

function helloInfo(hello: ReceivedClientHello): ClientHelloInfo {
  return {
    serverName: hello.serverName,
    alpnProtocols: hello.alpnProtocols ?? [],
    signatureSchemes: hello.signatureAlgorithms ?? [],
    cipherSuites: hello.cipherSuites,
    groups: hello.supportedGroups ?? [],
    certificateAuthorities: hello.certificateAuthorities ?? [],
  };
}

const X509_ONLY: readonly CertificateType[] = [CertificateType.X509];
