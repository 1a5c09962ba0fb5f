/**
 * Certificates in words, for people.
 *
 * @module
 */
import type { Hash, KeyType } from "../../tls/provider/provider.ts";
import { type Certificate, publicKeyOf } from "../../tls/x509/certificate.ts";
import { Purpose } from "../../tls/x509/extensions.ts";
import { namesOf } from "../../tls/x509/identity.ts";
import { nameText } from "../../tls/x509/name.ts";

/** Lines of what somebody wants to know of a certificate, each with its label. */
export function describeCertificate(
  certificate: Certificate,
  nowMs: number,
  sha256: Hash,
): string[] {
  return certificateFacts(certificate, nowMs, sha256)
    .map(([label, text]) => `${label.padEnd(LABEL_WIDTH)}${text}`);
}

/** The same as pairs of label and text. */
export function certificateFacts(
  certificate: Certificate,
  nowMs: number,
  sha256: Hash,
): (readonly [label: string, text: string])[] {
  const { subject, issuer, serialNumber, der } = certificate;
  const names = namesOf(certificate).map(({ kind, value }) => `${kind} ${value}`);
  return [
    ["subject", nameText(subject)],
    ["names", names.join(", ") || "none"],
    ["issuer", nameText(issuer)],
    ["valid", validity(certificate, nowMs)],
    ["key", keyText(certificate)],
    ["for", purposes(certificate)],
    ["serial", hex(serialNumber)],
    ["SHA-256", hex(sha256.digest(der))],
  ];
}

/** `2026-11-24 to 2027-02-22, 90 days left`. */
function validity({ notBeforeMs, notAfterMs }: Certificate, nowMs: number): string {
  const span = `${dayText(notBeforeMs)} to ${dayText(notAfterMs)}`;
  if (nowMs < notBeforeMs) return `${span}, not yet`;
  if (nowMs > notAfterMs) return `${span}, expired`;
  return `${span}, ${daysLeft(notAfterMs, nowMs)}`;
}

/** `90 days left`. */
export function daysLeft(notAfterMs: number, nowMs: number): string {
  const days = Math.floor((notAfterMs - nowMs) / DAY_MS);
  return days === 1 ? "1 day left" : `${days} days left`;
}

function purposes({ extensions }: Certificate): string {
  if (extensions.basicConstraints?.ca) return "issuing certificates";
  const { extendedKeyUsage } = extensions;
  if (extendedKeyUsage === undefined) return "anything";
  return extendedKeyUsage.map((oid) => PURPOSES[oid] ?? oid).join(", ");
}

function keyText(certificate: Certificate): string {
  if (certificate.publicKeyInfo.key === undefined) return certificate.publicKeyInfo.oid;
  const { type, bytes } = publicKeyOf(certificate);
  // The modulus is nearly all of an RSAPublicKey.
  return type.startsWith("rsa")
    ? `RSA, about ${Math.round(bytes.length / 32) * 256} bits`
    : KEYS[type];
}

function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

const PURPOSES: Readonly<Record<string, string>> = {
  [Purpose.serverAuth]: "servers",
  [Purpose.clientAuth]: "clients",
  [Purpose.anyExtendedKeyUsage]: "anything",
};

const KEYS: Readonly<Record<KeyType, string>> = {
  "rsa": "RSA",
  "rsa-pss": "RSA",
  "secp256r1": "ECDSA P-256",
  "secp384r1": "ECDSA P-384",
  "secp521r1": "ECDSA P-521",
  "ed25519": "Ed25519",
  "mldsa44": "ML-DSA-44",
  "mldsa65": "ML-DSA-65",
  "mldsa87": "ML-DSA-87",
};

const LABEL_WIDTH = 10;
const DAY_MS = 86_400_000;
