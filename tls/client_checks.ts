/**
 * What a client checks of a ServerHello or HelloRetryRequest (RFC 8446 §4.1.3, §4.1.4).
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { equal } from "./bytes.ts";
import { isSession, type Offer } from "./client_offer.ts";
import type { ClientConfig } from "./config.ts";
import type { ServerHello } from "./messages.ts";
import type { CipherSuite } from "./provider/provider.ts";
import { CipherSuiteId, nameOf, ProtocolVersion } from "./registry.ts";

/** Throws unless the server chose TLS 1.3. */
export function checkVersion(hello: ServerHello, offer: Offer, retried: boolean): void {
  if (hello.supportedVersion === ProtocolVersion.TLS_1_3) {
    if (hello.legacyVersion === ProtocolVersion.TLS_1_2) return;
    const isLate = retried || hello.isHelloRetryRequest;
    throw new TlsError(
      isLate ? "decodeError" : "unsupportedVersion",
      `ServerHello has legacy version 0x${hello.legacyVersion?.toString(16)}`,
    );
  }
  const said = hello.supportedVersion === undefined
    ? "an older version"
    : `version 0x${hello.supportedVersion.toString(16)}`;
  if (retried) {
    throw new TlsError("secondVersionMismatch", `Server chose ${said} after TLS 1.3`);
  }
  if (hello.supportedVersion === undefined) {
    if (offer.early !== undefined) {
      // §D.3: the server has seen early data of TLS 1.3.
      throw new TlsError("versionOnEarlyData", "Server answers early data in an older version");
    }
    if (isDowngrade(hello.random)) {
      // §4.1.3
      throw new TlsError(
        "downgradeSentinel",
        "Server says that it was made to speak an older version",
      );
    }
    if (offer.psks.some(isSession)) {
      throw new TlsError(
        "versionChangedOnResumption",
        "Server answers a session in an older version",
      );
    }
  }
  throw new TlsError("unsupportedVersion", `Server chose ${said}`);
}

/** Throws unless the server kept to the offer; gives the suite. */
export function checkServerHello(
  config: ClientConfig,
  hello: ServerHello,
  offer: Offer,
): CipherSuite {
  if (!equal(hello.legacySessionIdEcho, offer.hello.legacySessionId)) {
    throw new TlsError("badSessionIdEcho", "Server does not echo the session id");
  }
  const enabled = config.cipherSuites ?? config.provider.cipherSuites.map(({ id }) => id);
  const suite = config.provider.cipherSuites.find(({ id }) => id === hello.cipherSuite);
  if (suite === undefined || !enabled.includes(suite.id)) {
    const name = nameOf(CipherSuiteId, hello.cipherSuite);
    throw new TlsError("wrongCipher", `Server chose ${name}, which was not offered`);
  }
  return suite;
}

/** §4.1.3: the last eight bytes of the random, for TLS 1.2 and for what is older. */
function isDowngrade(random: Uint8Array): boolean {
  const end = random.subarray(24);
  return DOWNGRADE.every((byte, at) => byte === end[at]) && end[7] <= 1;
}

const DOWNGRADE = [0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44];
