/**
 * Trust anchors: certificates of authorities that are believed because somebody said so.
 *
 * @module
 */
import { TlsError } from "../alert.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { compareBytes } from "./der.ts";
import { type Name, nameKey } from "./name.ts";
import { parsePem } from "./pem.ts";

/** A set of trust anchors; it never changes. */
export class TrustAnchors {
  readonly #bySubject: ReadonlyMap<string, readonly Certificate[]>;
  /** How many there are. */
  readonly size: number;

  /** Throws a `TlsError` that says which of the DER certificates cannot be used. */
  constructor(certificates: readonly Uint8Array[]) {
    this.#bySubject = bySubject(certificates.map(parseAnchor));
    this.size = certificates.length;
  }

  /**
   * All certificates of a PEM text. Throws a `PemError` when it is malformed, a `TlsError` when
   * there is none or one cannot be used.
   */
  static fromPem(text: string): TrustAnchors {
    const blocks = parsePem(text, "CERTIFICATE");
    if (blocks.length === 0) {
      throw new TlsError("malformedCertificate", "There is no certificate in the PEM text");
    }
    return new TrustAnchors(blocks.map((block) => block.bytes));
  }

  /** Those of a name. */
  named(subject: Name): readonly Certificate[] {
    return this.#bySubject.get(nameKey(subject)) ?? [];
  }

  /** Whether this very certificate is one of them. */
  has(certificate: Certificate): boolean {
    return this.named(certificate.subject)
      .some((each) => compareBytes(each.der, certificate.der) === 0);
  }
}

/** Certificates by the name they can be the issuer of. */
export function bySubject(
  certificates: readonly Certificate[],
): ReadonlyMap<string, readonly Certificate[]> {
  const map = new Map<string, Certificate[]>();
  for (const certificate of certificates) {
    const key = nameKey(certificate.subject);
    const same = map.get(key);
    if (same === undefined) map.set(key, [certificate]);
    else same.push(certificate);
  }
  return map;
}

function parseAnchor(bytes: Uint8Array, index: number): Certificate {
  try {
    return parseCertificate(bytes);
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    throw new TlsError(
      error.reason,
      `Trusted certificate ${index + 1} cannot be used: ${error.message}`,
      { cause: error },
    );
  }
}
