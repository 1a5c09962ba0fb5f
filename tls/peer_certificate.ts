/**
 * The peer's Certificate, plain or compressed, and what a verifier says of it (RFC 8446 §4.4.2,
 * RFC 8879).
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import type { CertificateCompression, CommonConfig, PeerVerifier } from "./config.ts";
import type { HandshakeMessage } from "./handshake_joiner.ts";
import {
  type Certificate,
  decodeCertificate,
  decodeCompressedCertificate,
  encodeCertificate,
  encodeCompressedCertificate,
} from "./messages.ts";
import { CertificateType, HandshakeType } from "./registry.ts";
import type { SessionPeer } from "./resumption.ts";
import { expectType, type State } from "./state.ts";

/**
 * The certificate that `message` carries; owned, for it outlives the message.
 *
 * @param asked types of extensions that were asked for, and the type that was agreed
 */
export function readCertificate(
  message: HandshakeMessage,
  state: State,
  config: CommonConfig,
  asked: { readonly extensions: ReadonlySet<number>; readonly type: CertificateType },
): Certificate {
  const certificate = decoded(message, state, config, asked);
  const { entries } = certificate;
  const isRaw = asked.type === CertificateType.RawPublicKey;
  if (isRaw && (entries.length > 1 || entries[0]?.data.length === 0)) {
    // RFC 7250 §3: one SubjectPublicKeyInfo.
    throw new TlsError("badRawPublicKey", "Peer shows not one raw public key");
  }
  return certificate;
}

function decoded(
  message: HandshakeMessage,
  state: State,
  config: CommonConfig,
  asked: { readonly extensions: ReadonlySet<number>; readonly type: CertificateType },
): Certificate {
  const isRaw = asked.type === CertificateType.RawPublicKey;
  const algorithms = config.certificateCompression ?? [];
  if (message.type !== HandshakeType.compressed_certificate || algorithms.length === 0) {
    const body = expectType(message, HandshakeType.certificate, state);
    return decodeCertificate(body.slice(), asked.extensions, isRaw);
  }
  return decodeCertificate(decompress(message.body, algorithms, config), asked.extensions, isRaw);
}

/** The Certificate message, compressed where `peerAlgorithms` has an algorithm of ours. */
export function makeCertificate(
  certificate: Certificate,
  config: CommonConfig,
  peerAlgorithms: readonly number[] | undefined,
): Uint8Array {
  const plain = encodeCertificate(certificate);
  const compression = config.certificateCompression
    ?.find(({ algorithm }) => peerAlgorithms?.includes(algorithm));
  if (compression === undefined) return plain;
  const body = plain.subarray(4);
  return encodeCompressedCertificate({
    algorithm: compression.algorithm,
    uncompressedLength: body.length,
    compressed: compression.compress(body),
  });
}

/** What a verifier needs to know besides the certificate. */
export interface Circumstances {
  readonly type: CertificateType;
  readonly nowMs: number;
  /** Client only: the name that was dialled. */
  readonly serverName?: string;
}

/** Asks `verifier` whether to believe `certificate`, which has at least one entry. */
export function verifyPeer(
  verifier: PeerVerifier,
  { entries }: Certificate,
  circumstances: Circumstances,
): SessionPeer {
  const [leaf] = entries;
  const { type } = circumstances;
  const shown = {
    type,
    chain: entries.map(({ data }) => data),
    ocspResponse: leaf.ocspResponse,
    signedCertificateTimestamps: leaf.signedCertificateTimestamps,
  };
  return { ...shown, identity: verifier.verify({ ...shown, ...circumstances }) };
}

/** Asks `verifier` again whether to believe who was believed when the session began. */
export function reverifyPeer(
  verifier: PeerVerifier,
  peer: SessionPeer,
  circumstances: Omit<Circumstances, "type">,
): SessionPeer {
  const { identity: _, ...shown } = peer;
  return { ...shown, identity: verifier.verify({ ...shown, ...circumstances }) };
}

function decompress(
  body: Uint8Array,
  algorithms: readonly CertificateCompression[],
  config: CommonConfig,
): Uint8Array {
  const { algorithm, uncompressedLength, compressed } = decodeCompressedCertificate(body);
  const found = algorithms.find((each) => each.algorithm === algorithm);
  if (found === undefined) {
    throw new TlsError(
      "unknownCompression",
      `Certificate is compressed by ${algorithm}, not offered`,
    );
  }
  // RFC 8879 §4: the length is known before anything is unpacked.
  const max = config.certificateBytesMax ?? CERTIFICATE_BYTES_MAX;
  if (uncompressedLength > max) {
    throw new TlsError(
      "certificateTooLarge",
      `Certificate of ${uncompressedLength} bytes, at most ${max}`,
    );
  }
  let bytes: Uint8Array;
  try {
    bytes = found.decompress(compressed, uncompressedLength);
  } catch (cause) {
    throw new TlsError("badCompression", "Certificate cannot be decompressed", { cause });
  }
  if (bytes.length !== uncompressedLength) {
    throw new TlsError(
      "badCompression",
      `Certificate has ${bytes.length} bytes decompressed, ${uncompressedLength} promised`,
    );
  }
  return bytes;
}

/** What a peer's Certificate message may hold unless said otherwise: ML-DSA and long chains fit. */
export const CERTIFICATE_BYTES_MAX = 100 * 1024;
