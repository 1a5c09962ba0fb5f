/**
 * X25519, Ed25519 and the NIST curves, from noble. BigInt: slow, and not constant time.
 *
 * @module
 */
import { ed25519 as nobleEd25519, x25519 as nobleX25519 } from "@noble/curves/ed25519.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import type { Curve, Ed25519, X25519 } from "./parts.ts";

export const x25519: X25519 = {
  publicKey: (secret) => nobleX25519.getPublicKey(secret),
  shared(secret, point) {
    try {
      return nobleX25519.getSharedSecret(secret, point);
    } catch {
      // With lengths right, noble throws for one thing only: a result of zero.
      return new Uint8Array(32);
    }
  },
};

/**
 * Verifies by RFC 8032 §5.1.7 with the strict reading: encodings are canonical, S is below the order,
 * and public keys of small order are refused.
 */
export const ed25519: Ed25519 = {
  publicKey: (secret) => nobleEd25519.getPublicKey(secret),
  sign: (secret, message) => nobleEd25519.sign(message, secret),
  verify: (publicKey, message, signature) =>
    publicKey.length === 32 && signature.length === 64 &&
    nobleEd25519.verify(signature, message, publicKey, { zip215: false }),
};

export const secp256r1: Curve = curve("secp256r1", p256);
export const secp384r1: Curve = curve("secp384r1", p384);
export const secp521r1: Curve = curve("secp521r1", p521);

function curve(type: Curve["type"], noble: typeof p256): Curve {
  const { Point } = noble;
  const scalarBytes = Point.Fn.BYTES;
  const isPoint = (point: Uint8Array) => point.length === 1 + 2 * scalarBytes && point[0] === 4;
  return {
    type,
    scalarBytes,
    isScalar: (secret) => secret.length === scalarBytes && noble.utils.isValidSecretKey(secret),
    publicKey: (secret) => noble.getPublicKey(secret, false),
    shared(secret, point) {
      if (!isPoint(point)) return undefined;
      try {
        return noble.getSharedSecret(secret, point, false).slice(1, 1 + scalarBytes);
      } catch {
        return undefined;
      }
    },
    sign(secret, digest, extraEntropy) {
      const extra = extraEntropy ?? false;
      return noble.sign(digest, secret, { ...RAW, extraEntropy: extra });
    },
    verify(point, digest, signature) {
      if (!isPoint(point) || signature.length !== 2 * scalarBytes) return false;
      return noble.verify(signature, digest, point, RAW);
    },
  };
}

/** ECDSA as X9.62 has it: of a hash, without the rule of Bitcoin that s be low. */
const RAW = { prehash: false, lowS: false, format: "compact" } as const;
