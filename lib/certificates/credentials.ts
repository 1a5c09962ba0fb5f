/**
 * Certificate chains with their keys, and authorities, as PEM files hold them.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import { equal } from "../../tls/bytes.ts";
import type { Credential } from "../../tls/config.ts";
import {
  KeyError,
  type Provider,
  type Random,
  type SigningKey,
} from "../../tls/provider/provider.ts";
import { type Certificate, parseCertificate, publicKeyOf } from "../../tls/x509/certificate.ts";
import { TrustAnchors } from "../../tls/x509/trust.ts";
import { parsePem, type PemBlock, PemError, toPem } from "../../tls/x509/pem.ts";

/** Text that is no credential; the message says what to do. */
export class CredentialError extends Error {
  override readonly name = "CredentialError";
}

/** What was read, and what of it people want to know. */
export interface LoadedCredential extends Credential {
  readonly leaf: Certificate;
}

/**
 * Reads a chain, the end's own certificate first, and its key. `origin` names where the texts come
 * from: `cert.pem`.
 *
 * @throws {CredentialError} for anything that is not a chain with its key
 */
export function readCredential(
  provider: Provider,
  random: Random,
  certificates: SourceText,
  key: SourceText,
): LoadedCredential {
  const chain = readCertificates(certificates);
  const [leaf] = chain;
  const signing = readKey(provider, random, key);
  const certified = speaking(certificates.origin, () => publicKeyOf(leaf));
  if (
    certified.type !== signing.publicKey.type || !equal(certified.bytes, signing.publicKey.bytes)
  ) {
    throw new CredentialError(
      `${key.origin} is not the key of the first certificate in ${certificates.origin}: ` +
        "name the key it was issued for, and put that certificate first",
    );
  }
  return { chain: chain.map(({ der }) => der), key: signing, leaf };
}

/** A text and the name of its place. */
export interface SourceText {
  readonly origin: string;
  readonly text: string;
}

/** The certificates of a PEM text, at least one. Throws a {@link CredentialError}. */
export function readCertificates({ origin, text }: SourceText): Certificate[] {
  const blocks = speaking(origin, () => parsePem(text));
  const certificates = blocks.filter(({ label }) => label === "CERTIFICATE");
  if (certificates.length === 0) {
    throw new CredentialError(`${origin} holds no certificate${instead(blocks)}`);
  }
  return certificates.map(({ bytes }) => speaking(origin, () => parseCertificate(bytes)));
}

/** DER of those certificates of a PEM text that can be anchors; a system's collection has odd ones. */
export function usableAuthorities(text: string): Uint8Array[] {
  return parsePem(text, "CERTIFICATE").map(({ bytes }) => bytes).filter((der) => {
    try {
      return new TrustAnchors([der]).size === 1;
    } catch (error) {
      if (error instanceof TlsError) return false;
      throw error;
    }
  });
}

/** The private key of a PEM text. Throws a {@link CredentialError}. */
export function readKey(
  provider: Provider,
  random: Random,
  { origin, text }: SourceText,
): SigningKey {
  const blocks = speaking(origin, () => parsePem(text));
  const key = blocks.find(({ label }) => KEY_LABELS.has(label));
  if (key !== undefined) return speaking(origin, () => provider.loadKey(key.bytes, random));
  if (blocks.some(({ label }) => label === "ENCRYPTED PRIVATE KEY")) {
    throw new CredentialError(
      `${origin} holds an encrypted key: decrypt it, as with openssl pkcs8 -in ${origin}`,
    );
  }
  throw new CredentialError(`${origin} holds no private key${instead(blocks)}`);
}

/** PEM of a chain. */
export function certificatesPem(chain: readonly Uint8Array[]): string {
  return chain.map((der) => toPem("CERTIFICATE", der)).join("");
}

/** PEM of a key that may leave. */
export function keyPem(key: SigningKey): string {
  if (key.toPkcs8 === undefined) throw new CredentialError("The key cannot be written out");
  return toPem("PRIVATE KEY", key.toPkcs8());
}

/** What `read` gives; its errors with their place. */
function speaking<T>(origin: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isExpected = error instanceof PemError || error instanceof KeyError ||
      error instanceof TlsError;
    if (!isExpected) throw error;
    throw new CredentialError(`${origin}: ${error.message}`, { cause: error });
  }
}

function instead(blocks: readonly PemBlock[]): string {
  if (blocks.length === 0) return ": it is not PEM, which begins with -----BEGIN";
  return `, but ${blocks.map(({ label }) => label).join(", ")}`;
}

const KEY_LABELS: ReadonlySet<string> = new Set([
  "PRIVATE KEY",
  "EC PRIVATE KEY",
  "RSA PRIVATE KEY",
]);
