/**
 * X.509 version 3 certificates (RFC 5280 §4), read strictly. What is read is views into the DER.
 *
 * @module
 */
import type { PublicKey } from "../provider/provider.ts";
import { TlsError } from "../alert.ts";
import {
  type AlgorithmIdentifier,
  type PublicKeyInfo,
  readPublicKeyInfo,
  readSignatureAlgorithm,
} from "./algorithms.ts";
import { compareBytes, contextConstructed, DerError, DerReader, isUtcTime, Tag } from "./der.ts";
import { type Extensions, readExtensions } from "./extensions.ts";
import { type Name, nameText, readName } from "./name.ts";

/** A certificate's fields. */
export interface Certificate {
  /** The whole certificate. */
  readonly der: Uint8Array;
  /** TBSCertificate: what is signed. */
  readonly tbs: Uint8Array;
  /** Content of the INTEGER: two's complement, minimal; may be zero or negative. */
  readonly serialNumber: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  /** Milliseconds since the Unix epoch; the certificate is valid at both ends. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Whether both times are UTCTime exactly where RFC 5280 §4.1.2.5 wants it. */
  readonly hasConformingTimes: boolean;
  readonly publicKeyInfo: PublicKeyInfo;
  readonly extensions: Extensions;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/**
 * Reads a DER certificate. Throws a `TlsError` (`malformedCertificate`) for bytes that are not one,
 * and (`unsupportedCertificate`) for another version than 3.
 */
export function parseCertificate(bytes: Uint8Array): Certificate {
  return unlessMalformed(
    "Certificate",
    () =>
      DerReader.whole(bytes, Tag.SEQUENCE, (certificate) => {
        const tbs = certificate.captured(Tag.SEQUENCE, readTbs);
        const signatureAlgorithm = readSignatureAlgorithm(certificate);
        // RFC 5280 §4.1.1.2: the identifier that is signed and the one that is not are the same.
        if (compareBytes(tbs.value.innerAlgorithm, signatureAlgorithm.der) !== 0) {
          certificate.fail("Signature algorithms inside and outside differ");
        }
        const signature = certificate.bitStringBytes();
        const { innerAlgorithm: _, ...fields } = tbs.value;
        return { der: bytes, tbs: tbs.der, ...fields, signatureAlgorithm, signature };
      }),
  );
}

/** Reads a DER SubjectPublicKeyInfo, as a raw public key is (RFC 7250). Throws as {@link parseCertificate}. */
export function parsePublicKeyInfo(bytes: Uint8Array): PublicKey {
  const { key, oid } = unlessMalformed("Public key", () => {
    const reader = new DerReader(bytes);
    const info = readPublicKeyInfo(reader);
    reader.end();
    return info;
  });
  if (key !== undefined) return key;
  throw new TlsError("unsupportedCertificate", `Public key of algorithm ${oid} is not supported`);
}

/** The key, or a `TlsError` (`unsupportedCertificate`) when it is of a kind that is not understood. */
export function publicKeyOf(certificate: Certificate): PublicKey {
  const { key, oid } = certificate.publicKeyInfo;
  if (key !== undefined) return key;
  throw new TlsError(
    "unsupportedCertificate",
    `Certificate of ${
      nameText(certificate.subject)
    } has a key of algorithm ${oid} in a form that is not supported: use ECDSA P-256, Ed25519 or RSA`,
  );
}

function unlessMalformed<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    const message = `${what} is malformed: ${error.message}`;
    throw new TlsError("malformedCertificate", message, { cause: error });
  }
}

function readTbs(tbs: DerReader): Tbs {
  readVersion(tbs);
  const serialNumber = tbs.integer();
  const innerAlgorithm = tbs.captured(Tag.SEQUENCE, (content) => {
    while (!content.atEnd) content.element();
  }).der;
  const issuer = readName(tbs);
  const [notBefore, notAfter] = tbs.inside(
    Tag.SEQUENCE,
    (validity) => [readTime(validity), readTime(validity)],
  );
  const subject = readName(tbs);
  const publicKeyInfo = readPublicKeyInfo(tbs);
  // RFC 5280 §4.1.2.8: unique identifiers, [1] and [2], are not to be generated; they end here.
  const extensions = tbs.optional(contextConstructed(3), readExtensions) ?? { all: [] };
  return {
    serialNumber,
    innerAlgorithm,
    issuer,
    notBeforeMs: notBefore.ms,
    notAfterMs: notAfter.ms,
    hasConformingTimes: notBefore.conforms && notAfter.conforms,
    subject,
    publicKeyInfo,
    extensions,
  };
}

function readTime(validity: DerReader): { ms: number; conforms: boolean } {
  const isUtc = validity.nextTag === Tag.UTC_TIME;
  const ms = validity.time();
  return { ms, conforms: isUtc === isUtcTime(ms) };
}

type Tbs =
  & Omit<Certificate, "der" | "tbs" | "signatureAlgorithm" | "signature">
  & { readonly innerAlgorithm: Uint8Array };

/** RFC 5280 §4.1.2.1: extensions need version 3, and nothing is verified without extensions. */
function readVersion(tbs: DerReader): void {
  const version = tbs.optional(contextConstructed(0), (content) => content.smallInteger(9)) ?? 0;
  if (version === 2) return;
  throw new TlsError(
    "unsupportedCertificate",
    `Certificate has X.509 version ${version + 1}, not 3: have it issued anew with extensions`,
  );
}
