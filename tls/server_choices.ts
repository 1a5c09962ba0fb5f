/**
 * What a server decides on a ClientHello, as functions of the configuration and the hello alone.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import type { ReceivedClientHello } from "./client_hello.ts";
import type { ClientHelloInfo, ServerConfig } from "./config.ts";
import { type ChosenCredential, firstFitting, refusal } from "./credentials.ts";
import type { CipherSuite, KxGroup } from "./provider/provider.ts";
import { ExtensionType } from "./registry.ts";

/** Throws unless the hello is one of TLS 1.3 that holds what it has to (RFC 8446 §4.1.2, §9.2). */
export function checkClientHello(hello: ReceivedClientHello): void {
  if (!hello.supportedVersions?.includes(TLS_1_3)) {
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
  } else if (hello.earlyData) {
    // §4.2.10: early data needs a PSK.
    throw new TlsError("missingExtension", "Client offers early data without a PSK", {
      alert: "illegal_parameter",
    });
  }
  if (hello.supportedGroups === undefined) {
    throw new TlsError("noSharedGroup", "Client has no supported_groups", {
      alert: "missing_extension",
    });
  }
  if (hello.keyShares === undefined) {
    throw new TlsError("missingKeyShare", "Client has no key_share");
  }
  checkKeyShareOrder(hello.keyShares.map(({ group }) => group), hello.supportedGroups);
}

/** §4.2.8: shares are for groups that are supported, in the same order. */
function checkKeyShareOrder(shares: readonly number[], groups: readonly number[]): void {
  let at = -1;
  for (const group of shares) {
    const next = groups.indexOf(group, at + 1);
    if (next === -1) {
      throw new TlsError("badKeyShare", `Key share of group ${group} is not in supported_groups`);
    }
    at = next;
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
  const name = preferred(config, own, hello.supportedGroups ?? []);
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

/** The first credential that fits the client (§4.4.2.2). */
export function chooseCredential(
  config: ServerConfig,
  hello: ReceivedClientHello,
): ChosenCredential {
  const { signatureAlgorithms } = hello;
  if (signatureAlgorithms === undefined) {
    throw new TlsError("missingExtension", "Client has no signature_algorithms");
  }
  const candidates = "resolve" in config.credentials
    ? config.credentials.resolve(helloInfo(hello))
    : config.credentials;
  if (candidates.length === 0) {
    throw new TlsError("unrecognizedName", `No certificate for ${hello.serverName ?? "no name"}`);
  }
  const chosen = firstFitting(candidates, signatureAlgorithms, hello.certificateAuthorities);
  if (chosen !== undefined) return chosen;
  throw refusal(candidates, hello.certificateAuthorities);
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

const TLS_1_3 = 0x0304;
