/**
 * How private keys are written: PKCS #8 (RFC 5958) with the contents of RFC 8017 (RSA), RFC 5915
 * (EC), RFC 8410 (Ed25519) and RFC 9881 (ML-DSA). Reading is in keys.ts.
 *
 * @module
 */
import { contextPrimitive, der } from "../x509/der.ts";
import { Oid } from "../x509/object_identifiers.ts";
import type { HashName } from "./provider.ts";
import { type RsaPrivateKey, rsaPrivateKeyDer } from "./rsa_key.ts";

/** ECPrivateKey without the curve, which the AlgorithmIdentifier names. */
export function writeEc(
  type: "secp256r1" | "secp384r1" | "secp521r1",
  secret: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array {
  const key = der.sequence(
    der.smallInteger(1),
    der.octetString(secret),
    der.explicit(1, der.bitString(publicKey)),
  );
  return privateKeyInfo(Oid.ecPublicKey, key, der.objectIdentifier(Oid[type]));
}

/** CurvePrivateKey: an OCTET STRING within the OCTET STRING. */
export function writeEd25519(secret: Uint8Array): Uint8Array {
  return privateKeyInfo(Oid.ed25519, der.octetString(secret));
}

/** The seed, as RFC 9881 §6 recommends; the expanded key when the seed is not known. */
export function writeMlDsa(
  type: "mldsa44" | "mldsa65" | "mldsa87",
  secretKey: Uint8Array,
  seed?: Uint8Array,
): Uint8Array {
  const key = seed === undefined
    ? der.octetString(secretKey)
    : der.element(contextPrimitive(0), seed);
  return privateKeyInfo(Oid[type], key);
}

/** RSAPrivateKey; a key for PSS alone carries the hash it is bound to, if it is. */
export function writeRsa(
  type: "rsa" | "rsa-pss",
  key: RsaPrivateKey,
  only?: HashName,
): Uint8Array {
  const parameters = type === "rsa"
    ? der.null()
    : only === undefined
    ? undefined
    : pssParameters(only);
  return privateKeyInfo(Oid[type], rsaPrivateKeyDer(key), parameters);
}

/** RSASSA-PSS-params (RFC 4055 §3.1) with the hash for all and a salt as long as the hash. */
function pssParameters(hash: HashName): Uint8Array {
  const algorithm = der.sequence(der.objectIdentifier(Oid[hash]), der.null());
  return der.sequence(
    der.explicit(0, algorithm),
    der.explicit(1, der.sequence(der.objectIdentifier(Oid.mgf1), algorithm)),
    der.explicit(2, der.smallInteger(SALT_BYTES[hash])),
  );
}

function privateKeyInfo(oid: string, key: Uint8Array, parameters?: Uint8Array): Uint8Array {
  const algorithm = [der.objectIdentifier(oid), ...(parameters === undefined ? [] : [parameters])];
  return der.sequence(der.smallInteger(0), der.sequence(...algorithm), der.octetString(key));
}

/** A salt as long as the hash (RFC 8446 §4.2.3). */
export const SALT_BYTES: Readonly<Record<HashName, number>> = {
  sha256: 32,
  sha384: 48,
  sha512: 64,
};
