/**
 * Every way in which a certificate is refused: the reason, and a sentence that says what is wrong
 * and, where somebody can do something about it, what. Reasons and alerts are in ../alert.ts.
 *
 * @module
 */
import { TlsError } from "../alert.ts";
import type { Certificate } from "./certificate.ts";
import { ipAddressText } from "./ip_address.ts";
import { nameText } from "./name.ts";

/** One function for each refusal, each gives the error to throw. */
export const refusal = {
  expired(certificate: Certificate): TlsError {
    return new TlsError(
      "certificateExpired",
      `${shown(certificate)} expired ${timeText(certificate.notAfterMs)}: ` +
        "renew it, or check this machine's clock",
    );
  },

  notYetValid(certificate: Certificate): TlsError {
    return new TlsError(
      "certificateNotYetValid",
      `${shown(certificate)} is valid from ${timeText(certificate.notBeforeMs)} on: ` +
        "check this machine's clock",
    );
  },

  unknownIssuer(certificate: Certificate): TlsError {
    const issuer = nameText(certificate.issuer);
    const own = issuer === nameText(certificate.subject);
    return new TlsError(
      "unknownIssuer",
      own
        ? `${
          shown(certificate)
        } signed itself and is not trusted: add it to the trusted certificates`
        : `${
          shown(certificate)
        } was issued by ${issuer}, which is neither trusted nor sent along: ` +
          "add that authority to the trusted certificates, or have the peer send its whole chain",
    );
  },

  tooMuchWork(limit: string): TlsError {
    return new TlsError(
      "unknownIssuer",
      `No path to a trusted certificate was found within ${limit}: have the peer send its chain only`,
    );
  },

  badSignature(certificate: Certificate): TlsError {
    return new TlsError(
      "badCertificateSignature",
      `${shown(certificate)} is not signed by the key of ${nameText(certificate.issuer)} that is ` +
        "known here: it was altered, or that authority has a new key",
    );
  },

  weakKey(certificate: Certificate, what: string): TlsError {
    return new TlsError(
      "weakCertificate",
      `${shown(certificate)} has ${what}: have it issued anew with ECDSA P-256 or RSA of 2048 bits`,
    );
  },

  unusableSignature(certificate: Certificate): TlsError {
    const { oid } = certificate.signatureAlgorithm;
    const weak = WEAK_SIGNATURES[oid];
    return weak === undefined
      ? new TlsError(
        "unsupportedCertificate",
        `${shown(certificate)} is signed with algorithm ${oid} in a form that is not supported`,
      )
      : new TlsError(
        "weakCertificate",
        `${shown(certificate)} is signed with ${weak}, which can be forged: ` +
          "have it issued anew with SHA-256",
      );
  },

  notAuthority(certificate: Certificate, why: string): TlsError {
    return new TlsError(
      "issuerNotAuthority",
      `${shown(certificate)} issued another one, but ${why}`,
    );
  },

  pathTooLong(certificate: Certificate, limit: number): TlsError {
    return new TlsError(
      "certificateChainTooLong",
      `More than ${limit} authorities are below ${shown(certificate, "the certificate")}`,
    );
  },

  wrongPurpose(certificate: Certificate, why: string): TlsError {
    return new TlsError("certificateNotForPurpose", `${shown(certificate)} ${why}`);
  },

  unknownCriticalExtension(certificate: Certificate, oid: string): TlsError {
    return new TlsError(
      "unsupportedCertificate",
      `${shown(certificate)} has the critical extension ${oid}, which is not understood`,
    );
  },

  nameConstraint(authority: Certificate, certificate: Certificate, why: string): TlsError {
    return new TlsError(
      "nameConstraintViolated",
      `${shown(certificate)} breaks the name constraints of ${nameText(authority.subject)}: ${why}`,
    );
  },

  policy(certificate: Certificate): TlsError {
    return new TlsError(
      "certificatePolicyViolated",
      `${shown(certificate)} has none of the policies that its authorities require`,
    );
  },

  nonConforming(certificate: Certificate, rule: string): TlsError {
    return new TlsError(
      "nonConformingCertificate",
      `${shown(certificate)} breaks the rule that ${rule}`,
    );
  },

  wrongName(certificate: Certificate, wanted: string): TlsError {
    const names = namesText(certificate);
    return new TlsError(
      "certificateNotForName",
      names === ""
        ? `The certificate is not for ${wanted}: it has no subject alternative names; ` +
          "have it issued anew with them"
        : `The certificate is for ${names}, not for ${wanted}: ` +
          "use one of its names, or have it issued anew",
    );
  },

  revoked(certificate: Certificate, atMs: number, cause: string): TlsError {
    return new TlsError(
      "certificateRevoked",
      `${shown(certificate)} was revoked ${timeText(atMs)} (${cause}): have a new one issued`,
    );
  },

  revocationUnknown(certificate: Certificate, why: string): TlsError {
    return new TlsError(
      "revocationUnknown",
      `Whether ${shown(certificate, "the certificate")} is revoked is not known: ${why}`,
    );
  },
};

/** `2026-01-01T00:00:00Z`. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

/** `Certificate of localhost`: by its subject, or by its first alternative name. */
function shown(certificate: Certificate, beginning = "Certificate"): string {
  const subject = nameText(certificate.subject);
  const [common] = /^CN=([^,]+)$/.exec(subject)?.slice(1) ?? [];
  const name = certificate.subject.rdns.length > 0
    ? common ?? subject
    : namesText(certificate).split(", ")[0] || "(no name)";
  return `${beginning} of ${name}`;
}

function namesText(certificate: Certificate): string {
  const names = (certificate.extensions.subjectAltName ?? []).flatMap((name) => {
    if ("text" in name) return [name.text.replace(/[^!-~]/g, "?").slice(0, 80)];
    return name.kind === "ip" ? [ipAddressText(name.octets)] : [];
  });
  const more = names.length - NAMES_SHOWN_MAX;
  return names.slice(0, NAMES_SHOWN_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

const NAMES_SHOWN_MAX = 5;

/** By object identifier: what is not accepted and why is known. */
const WEAK_SIGNATURES: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.2": "MD2",
  "1.2.840.113549.1.1.4": "MD5",
  "1.2.840.113549.1.1.5": "SHA-1",
  "1.2.840.10040.4.3": "SHA-1",
  "1.2.840.10045.4.1": "SHA-1",
};
