/**
 * What the engine asks the shim during a handshake: which certificate to show, whether the peer's is
 * believed. Answers as the runner's flags say; what was seen is kept for the checks afterwards.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import type {
  ClientHelloInfo,
  Credential,
  CredentialResolver,
  ExternalPsk,
  PeerCertificates,
  PeerIdentity,
  PeerVerifier,
} from "../../tls/config.ts";
import type { TlsEvent } from "../../tls/connection.ts";
import type { PublicKey } from "../../tls/provider/provider.ts";
import { CertificateType } from "../../tls/registry.ts";
import {
  type Certificate,
  parseCertificate,
  parsePublicKeyInfo,
  publicKeyOf,
} from "../../tls/x509/certificate.ts";
import { KeyUsage } from "../../tls/x509/extensions.ts";
import type { Settings } from "./settings.ts";
import { CallbackError } from "./tokens.ts";

/** What callbacks saw, for the checks; kept from a connection to the one that resumes it. */
export interface Seen {
  peer: PeerCertificates | undefined;
  /** Whether the verifier was content, also where nobody heeds it. */
  verified: boolean;
  hello: ClientHelloInfo | undefined;
  /** Of the peer's CertificateVerify. */
  signatureScheme: number | undefined;
}

export function nothingSeen(): Seen {
  return { peer: undefined, verified: true, hello: undefined, signatureScheme: undefined };
}

/**
 * Believes any certificate it can read, or none with `-verify-fail`. Settings are taken anew each
 * time: what follows rejected 0-RTT data has its own.
 */
export class ShimVerifier implements PeerVerifier {
  constructor(
    readonly settings: () => Settings,
    readonly seen: Seen,
    readonly offersPss: boolean,
  ) {}

  verify(peer: PeerCertificates): PeerIdentity {
    const settings = this.settings();
    this.seen.peer = copied(peer);
    checkName(settings, peer.serverName);
    const isRaw = peer.type === CertificateType.RawPublicKey;
    const publicKey = isRaw ? readRawKey(peer.chain[0]) : this.#keyOf(peer.chain[0]);
    this.seen.verified = !settings.verifyFail;
    // BoringSSL believes no raw public key without a callback that says so.
    if (settings.verifyFail && (isHeeded(settings) || isRaw)) {
      const alert = settings.useCustomVerifyCallback ? "certificate_unknown" : "handshake_failure";
      throw new TlsError("certificateRejected", "Shim is told to refuse", { alert });
    }
    if (!settings.isServer && settings.useOcspCallback && settings.failOcspCallback) {
      throw new CallbackError("OCSP_CB_ERROR", "bad_certificate_status_response");
    }
    return { publicKey, names: [] };
  }

  #keyOf(der: Uint8Array): PublicKey {
    const certificate = readLeaf(der);
    const publicKey = publicKeyOf(certificate);
    if (publicKey.type === "rsa-pss" && !this.offersPss) {
      throw new TlsError("unsupportedCertificateKey", "Peer's key signs with no offered scheme");
    }
    if (!maySign(certificate)) {
      throw new TlsError("badKeyUsage", "Peer's certificate is not for signatures");
    }
    return publicKey;
  }
}

/** BoringSSL's "name override": the public name that is verified once ECH was refused. */
function checkName(settings: Settings, name = ""): void {
  const { expectEchNameOverride, expectNoEchNameOverride, hostName } = settings;
  const override = name === hostName || name === UNNAMED ? "" : name;
  const isUnexpected = expectNoEchNameOverride && override !== "";
  const isOther = expectEchNameOverride !== "" && override !== expectEchNameOverride;
  if (isUnexpected || isOther) throw new TlsError("internalError", `Verified for ${name}`);
}

/** BoringSSL's SSL_VERIFY_NONE: a client that verifies, and goes on whatever comes of it. */
function isHeeded(settings: Settings): boolean {
  return settings.verifyPeer || settings.requireAnyClientCertificate;
}

/** BoringSSL reads nothing of a certificate but the key: what cannot be read cannot be decoded. */
function readLeaf(der: Uint8Array): Certificate {
  try {
    return parseCertificate(der);
  } catch (cause) {
    throw new TlsError("badCertificate", "Leaf certificate cannot be read", { cause });
  }
}

function readRawKey(der: Uint8Array): PublicKey {
  try {
    return parsePublicKeyInfo(der);
  } catch (cause) {
    throw new TlsError("decodeError", "Raw public key cannot be read", { cause });
  }
}

/** RFC 5280 §4.2.1.3. */
function maySign({ extensions }: Certificate): boolean {
  const { keyUsage } = extensions;
  return keyUsage === undefined || (keyUsage & KeyUsage.digitalSignature) !== 0;
}

/** Views into the handshake's bytes do not last. */
function copied(peer: PeerCertificates): PeerCertificates {
  return {
    ...peer,
    chain: peer.chain.map((each) => each.slice()),
    ocspResponse: peer.ocspResponse?.slice(),
    signedCertificateTimestamps: peer.signedCertificateTimestamps?.slice(),
  };
}

/** Shows the credentials in order, after the callbacks of the server had their say. */
export class ShimResolver implements CredentialResolver {
  constructor(
    readonly settings: Settings,
    readonly credentials: readonly (Credential | ExternalPsk)[],
    readonly seen: Seen,
  ) {}

  resolve(hello: ClientHelloInfo): readonly (Credential | ExternalPsk)[] {
    this.seen.hello = hello;
    const { settings } = this;
    if (settings.failEarlyCallback) throw new CallbackError(REJECTED, "handshake_failure");
    if (settings.failDdosCallback) throw new CallbackError(REJECTED, "internal_error");
    if (settings.failCertCallback) throw new CallbackError("CERT_CB_ERROR", "internal_error");
    if (settings.useOcspCallback && settings.failOcspCallback) {
      throw new CallbackError("OCSP_CB_ERROR", "internal_error");
    }
    if (!settings.declineOcspCallback) return this.credentials;
    return this.credentials.map((each) => ({ ...each, ocspResponse: undefined }));
  }
}

/** Whether 0-RTT data has been rejected by what was received so far. */
export function isRejected(events: readonly TlsEvent[]): boolean {
  return events.some(({ type }) => type === "early-data-rejected");
}

/** What a client dials that was told no name. */
export const UNNAMED = "shim.invalid";
const REJECTED = "CONNECTION_REJECTED";
