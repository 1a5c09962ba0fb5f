/**
 * The verifiers that connections are configured with: is this peer's certificate believed, and is it
 * the one that was dialled?
 *
 * @module
 */
import { TlsError } from "../alert.ts";
import type { PeerCertificates, PeerIdentity, PeerVerifier } from "../config.ts";
import type { Provider } from "../provider/provider.ts";
import { CertificateType } from "../registry.ts";
import {
  type Certificate,
  parseCertificate,
  parsePublicKeyInfo,
  publicKeyOf,
} from "./certificate.ts";
import type { Profile } from "./conformance.ts";
import { checkRevocation, type RevocationPolicy } from "./crl.ts";
import { compareBytes } from "./der.ts";
import { refusal } from "./errors.ts";
import { KeyUsage } from "./extensions.ts";
import { isFor, namesOf } from "./identity.ts";
import { findPath } from "./path.ts";
import type { TrustAnchors } from "./trust.ts";

/** What a verifier believes, and how strictly. */
export interface VerifierOptions {
  /** Of the provider: whether a signature is a key's. */
  readonly verify: Provider["verify"];
  readonly anchors: TrustAnchors;
  /** `webpki` unless said otherwise: see conformance.ts. */
  readonly profile?: Profile;
  /** Left out: nobody asks whether certificates are revoked. */
  readonly revocation?: RevocationPolicy;
  /** Authorities between leaf and anchor; 8 unless said otherwise. */
  readonly intermediatesMax?: number;
}

/** For clients: a server's certificate, for the name that was dialled. */
export function serverCertificateVerifier(options: VerifierOptions): PeerVerifier {
  return {
    verify(peer) {
      expectCertificate(peer);
      const [leaf] = verifyPath(peer, "serverAuth", options);
      const { serverName } = peer;
      if (serverName === undefined) {
        throw new TlsError("internalError", "A server's certificate is verified for a name");
      }
      if (!isFor(leaf, serverName)) throw refusal.wrongName(leaf, serverName);
      return identity(leaf);
    },
  };
}

/** For servers: a client's certificate, by its purpose; what its names are worth is the caller's to say. */
export function clientCertificateVerifier(options: VerifierOptions): PeerVerifier {
  return {
    verify(peer) {
      expectCertificate(peer);
      return identity(verifyPath(peer, "clientAuth", options)[0]);
    },
  };
}

/** For peers that show a raw public key (RFC 7250): one of these DER SubjectPublicKeyInfos. */
export function rawPublicKeyVerifier(trusted: readonly Uint8Array[]): PeerVerifier {
  return {
    verify({ type, chain: [info] }) {
      if (type !== CertificateType.RawPublicKey) throw wrongType("a raw public key");
      if (!trusted.some((each) => compareBytes(each, info) === 0)) {
        throw new TlsError("unknownIssuer", "Raw public key is not one that is trusted: add it");
      }
      return { publicKey: parsePublicKeyInfo(info), names: [] };
    },
  };
}

/** A believed path, the leaf first. Throws a `TlsError` as the verifiers do. */
export function verifyPath(
  peer: Pick<PeerCertificates, "chain" | "nowMs">,
  purpose: "serverAuth" | "clientAuth",
  options: VerifierOptions,
): readonly Certificate[] {
  const path = findPath({
    leaf: parseCertificate(peer.chain[0]),
    intermediates: peer.chain.slice(1).flatMap(parsedOrNone),
    anchors: options.anchors,
    purpose,
    nowMs: peer.nowMs,
    profile: options.profile ?? "webpki",
    verify: options.verify,
    intermediatesMax: options.intermediatesMax,
  });
  if (options.revocation !== undefined) {
    checkRevocation(path, options.revocation, peer.nowMs, options.verify);
  }
  return path;
}

/** Servers send along what they like: one that cannot be read is no part of any path. */
function parsedOrNone(bytes: Uint8Array): Certificate[] {
  try {
    return [parseCertificate(bytes)];
  } catch (error) {
    if (error instanceof TlsError) return [];
    throw error;
  }
}

function expectCertificate({ type }: PeerCertificates): void {
  if (type !== CertificateType.X509) throw wrongType("a certificate");
}

function wrongType(expected: string): TlsError {
  return new TlsError("unsupportedCertificateType", `Peer does not show ${expected}`);
}

function identity(leaf: Certificate): PeerIdentity {
  const { keyUsage } = leaf.extensions;
  // RFC 8446 §4.4.2.2: a key that has a usage is to be one for signatures.
  if (keyUsage !== undefined && (keyUsage & KeyUsage.digitalSignature) === 0) {
    throw refusal.wrongPurpose(leaf, "is not for signatures: its key usage lacks digitalSignature");
  }
  return { publicKey: publicKeyOf(leaf), names: namesOf(leaf) };
}
