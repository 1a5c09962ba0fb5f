/**
 * Verifying signatures: which key goes with which algorithm, and how signatures are encoded.
 *
 * @module
 */
import { der, DerError, DerReader, Tag } from "../x509/der.ts";
import { Oid } from "../x509/object_identifiers.ts";
import type { Curve, Parts } from "./parts.ts";
import { type HashName, KeyError, type Provider, type SignatureAlgorithm } from "./provider.ts";
import { pssOf, readRsaPublicKey, type RsaPublicKey, verifyPkcs1, verifyPss } from "./rsa.ts";

/** {@link Provider.verify} with these parts. */
export function verifier(parts: Parts): Provider["verify"] {
  return (algorithm, { type, bytes }, message, signature) => {
    const { family, hash: hashName } = ALGORITHMS[algorithm];
    const hash = parts.hashes[hashName];
    switch (type) {
      case "secp256r1":
      case "secp384r1":
      case "secp521r1": {
        if (family !== "ecdsa") return false;
        const raw = rawEcdsaSignature(signature, parts[type].scalarBytes);
        return raw !== undefined && parts[type].verify(bytes, hash.digest(message), raw);
      }
      case "rsa":
      case "rsa-pss": {
        // RFC 4055 §1.2: a key for RSASSA-PSS is used for nothing else.
        if (family !== "pss" && (family !== "pkcs1" || type === "rsa-pss")) return false;
        const key = rsaPublicKeyOrNone(bytes);
        if (key === undefined) return false;
        return family === "pss"
          ? verifyPss(key, pssOf(hash), message, signature)
          : verifyPkcs1(key, hash, DIGEST_INFO[hashName], message, signature);
      }
      case "ed25519":
        return family === type && parts.ed25519.verify(bytes, message, signature);
      case "mldsa44":
      case "mldsa65":
      case "mldsa87":
        return family === type && parts[type].verify(bytes, message, signature);
    }
  };
}

/** Ecdsa-Sig-Value (RFC 3279 §2.2.3) of r and s one after the other. */
export function ecdsaSignatureDer(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  return der.sequence(der.integer(raw.subarray(0, half)), der.integer(raw.subarray(half)));
}

/** r and s, each of `scalarBytes`; `undefined` when the DER is not strict or a number does not fit. */
function rawEcdsaSignature(signature: Uint8Array, scalarBytes: Curve["scalarBytes"]) {
  try {
    const [r, s] = DerReader.whole(
      signature,
      Tag.SEQUENCE,
      (content) => [content.positiveInteger(), content.positiveInteger()],
    );
    if (r.length > scalarBytes || s.length > scalarBytes) return undefined;
    const raw = new Uint8Array(2 * scalarBytes);
    raw.set(r, scalarBytes - r.length);
    raw.set(s, 2 * scalarBytes - s.length);
    return raw;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function rsaPublicKeyOrNone(bytes: Uint8Array): RsaPublicKey | undefined {
  try {
    return readRsaPublicKey(bytes);
  } catch (error) {
    if (error instanceof DerError || error instanceof KeyError) return undefined;
    throw error;
  }
}

interface Shape {
  readonly family: "ecdsa" | "pss" | "pkcs1" | "ed25519" | "mldsa44" | "mldsa65" | "mldsa87";
  /** Unused where the algorithm hashes for itself. */
  readonly hash: HashName;
}

/** Preferred first. */
const ALGORITHMS: Readonly<Record<SignatureAlgorithm, Shape>> = {
  ecdsa_sha256: { family: "ecdsa", hash: "sha256" },
  ecdsa_sha384: { family: "ecdsa", hash: "sha384" },
  ed25519: { family: "ed25519", hash: "sha512" },
  rsa_pss_sha256: { family: "pss", hash: "sha256" },
  rsa_pss_sha384: { family: "pss", hash: "sha384" },
  rsa_pss_sha512: { family: "pss", hash: "sha512" },
  ecdsa_sha512: { family: "ecdsa", hash: "sha512" },
  rsa_pkcs1_sha256: { family: "pkcs1", hash: "sha256" },
  rsa_pkcs1_sha384: { family: "pkcs1", hash: "sha384" },
  rsa_pkcs1_sha512: { family: "pkcs1", hash: "sha512" },
  mldsa65: { family: "mldsa65", hash: "sha512" },
  mldsa44: { family: "mldsa44", hash: "sha512" },
  mldsa87: { family: "mldsa87", hash: "sha512" },
};

/** All that {@link verifier} knows, preferred first. */
export const SIGNATURE_ALGORITHMS = Object.keys(ALGORITHMS) as readonly SignatureAlgorithm[];

/** DigestInfo up to the hash itself (RFC 8017 §9.2 note 1). */
export const DIGEST_INFO: Readonly<Record<HashName, Uint8Array>> = {
  sha256: digestInfo(Oid.sha256, 32),
  sha384: digestInfo(Oid.sha384, 48),
  sha512: digestInfo(Oid.sha512, 64),
};

/** DER of DigestInfo without the `hashBytes` that end it. */
export function digestInfo(hashOid: string, hashBytes: number): Uint8Array {
  const algorithm = der.sequence(der.objectIdentifier(hashOid), der.null());
  const whole = der.sequence(algorithm, der.octetString(new Uint8Array(hashBytes)));
  return whole.subarray(0, whole.length - hashBytes);
}
