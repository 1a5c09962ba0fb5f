/**
 * Private keys that sign, each type with its schemes of RFC 8446 §4.2.3, and how they are made.
 *
 * Randomness only hedges: without it, ECDSA is deterministic as RFC 6979 has it, ML-DSA as FIPS 204
 * has it, and the salt and the blinding of RSA come from the key and the message.
 *
 * @module
 */
import { nameOf, type SignatureScheme, SignatureScheme as Schemes } from "../registry.ts";
import { drawnScalar } from "./groups.ts";
import type { Curve, Parts } from "./parts.ts";
import {
  type HashName,
  KeyError,
  type KeyType,
  type PublicKey,
  type Random,
  type SigningKey,
} from "./provider.ts";
import * as pkcs8 from "./pkcs8.ts";
import { encodePkcs1, encodePss, pssOf, toBytes } from "./rsa.ts";
import { expand, generateRsa, type RsaPrivateKey, rsaPublicKeyDer, rsaSign } from "./rsa_key.ts";
import { DIGEST_INFO, ecdsaSignatureDer } from "./signatures.ts";

/** A key for ECDSA: `secret` is a scalar of `curve`, and is kept. */
export function ecSigningKey(
  parts: Parts,
  curve: Curve,
  secret: Uint8Array,
  random?: Random,
): SigningKey {
  const publicKey = { type: curve.type, bytes: curve.publicKey(secret) };
  const { scheme, hash } = ECDSA[curve.type];
  return signingKey(publicKey, [scheme], [scheme], {
    sign(_, message) {
      const digest = parts.hashes[hash].digest(message);
      return ecdsaSignatureDer(curve.sign(secret, digest, drawn(random, 32)));
    },
    toPkcs8: () => pkcs8.writeEc(curve.type, secret, publicKey.bytes),
  });
}

/** A key for Ed25519, which is deterministic: `secret` is of 32 bytes, and is kept. */
export function ed25519SigningKey(parts: Parts, secret: Uint8Array): SigningKey {
  const publicKey = { type: "ed25519", bytes: parts.ed25519.publicKey(secret) } as const;
  return signingKey(publicKey, [Schemes.ed25519], [Schemes.ed25519], {
    sign: (_, message) => parts.ed25519.sign(secret, message),
    toPkcs8: () => pkcs8.writeEd25519(secret),
  });
}

/** An ML-DSA key; `seed` is kept for {@link SigningKey.toPkcs8} when it is known. */
export function mlDsaSigningKey(
  parts: Parts,
  type: "mldsa44" | "mldsa65" | "mldsa87",
  keys: { publicKey: Uint8Array; secretKey: Uint8Array },
  seed?: Uint8Array,
  random?: Random,
): SigningKey {
  const publicKey = { type, bytes: keys.publicKey };
  return signingKey(publicKey, [Schemes[type]], [Schemes[type]], {
    sign: (_, message) => parts[type].sign(keys.secretKey, message, drawn(random, 32)),
    toPkcs8: () => pkcs8.writeMlDsa(type, keys.secretKey, seed),
  });
}

/**
 * An RSA key. One of type `rsa` also signs with PKCS #1 v1.5, which is for issuing certificates and
 * therefore not among its `schemes` (RFC 8446 §4.2.3). `only` is the hash that the key's parameters
 * bind an `rsa-pss` key to (RFC 4055 §3.3).
 */
export function rsaSigningKey(
  parts: Parts,
  type: "rsa" | "rsa-pss",
  key: RsaPrivateKey,
  random?: Random,
  only?: HashName,
): SigningKey {
  const publicKey = { type, bytes: rsaPublicKeyDer(key.public) };
  const pss = RSA_WAYS.filter((way) => way.type === type && (only ?? way.hash) === way.hash);
  const pkcs1 = RSA_WAYS.filter((way) => type === "rsa" && way.type === "pkcs1");
  const ways = new Map<SignatureScheme, RsaWay>([...pss, ...pkcs1].map((way) => [way.scheme, way]));
  const { modulusBits, modulusBytes } = key.public;
  const seed = parts.hashes.sha512.digest(toBytes(key.d, modulusBytes));
  return signingKey(publicKey, pss.map((way) => way.scheme), [...ways.keys()], {
    sign(scheme, message) {
      const way = ways.get(scheme)!;
      const hash = parts.hashes[way.hash];
      const digest = hash.digest(message);
      const context = [Uint8Array.of(scheme >> 8, scheme), digest, drawn(random, 32) ?? NOTHING];
      const derive = (label: string, bytes: number) =>
        expand(parts.hashes.sha512, seed, label, context, bytes);
      const encoded = way.type === "pkcs1"
        ? encodePkcs1(modulusBytes, DIGEST_INFO[way.hash], digest)
        : encodePss(modulusBits, pssOf(hash), digest, derive("salt", hash.outputBytes));
      return rsaSign(key, encoded, derive("mask", modulusBytes + 16), parts.secretPower);
    },
    toPkcs8: () => pkcs8.writeRsa(type, key, only),
  });
}

/** Provider.generateKey with these parts. */
export function generateKey(parts: Parts, type: KeyType, random: Random): SigningKey {
  switch (type) {
    case "secp256r1":
    case "secp384r1":
    case "secp521r1":
      return ecSigningKey(parts, parts[type], drawnScalar(parts[type], random), random);
    case "ed25519":
      return ed25519SigningKey(parts, drawn(random, 32));
    case "mldsa44":
    case "mldsa65":
    case "mldsa87": {
      const seed = drawn(random, 32);
      return mlDsaSigningKey(parts, type, parts[type].keygen(seed), seed, random);
    }
    case "rsa":
    case "rsa-pss":
      return rsaSigningKey(parts, type, generateRsa(RSA_BITS, random), random);
  }
}

/** A scheme of RSA: which keys it is for, or that it is PKCS #1 v1.5. */
interface RsaWay {
  readonly scheme: SignatureScheme;
  readonly type: "rsa" | "rsa-pss" | "pkcs1";
  readonly hash: HashName;
}

interface KeyWork {
  sign(scheme: SignatureScheme, message: Uint8Array): Uint8Array;
  toPkcs8(): Uint8Array;
}

/** `usable` are the schemes `sign` takes, of which `schemes` are those of TLS. */
function signingKey(
  publicKey: PublicKey,
  schemes: readonly SignatureScheme[],
  usable: readonly SignatureScheme[],
  work: KeyWork,
): SigningKey {
  return {
    publicKey,
    schemes,
    sign(scheme, message) {
      if (!usable.includes(scheme)) {
        throw new KeyError(
          `Key of type ${publicKey.type} does not sign ${nameOf(Schemes, scheme)}`,
        );
      }
      return work.sign(scheme, message);
    },
    toPkcs8: work.toPkcs8,
  };
}

function drawn(random: Random, bytes: number): Uint8Array;
function drawn(random: Random | undefined, bytes: number): Uint8Array | undefined;
function drawn(random: Random | undefined, bytes: number): Uint8Array | undefined {
  if (random === undefined) return undefined;
  const out = new Uint8Array(bytes);
  random(out);
  return out;
}

/** RFC 8446 §4.2.3: TLS 1.3 binds each curve to one hash. */
const ECDSA = {
  secp256r1: { scheme: Schemes.ecdsa_secp256r1_sha256, hash: "sha256" },
  secp384r1: { scheme: Schemes.ecdsa_secp384r1_sha384, hash: "sha384" },
  secp521r1: { scheme: Schemes.ecdsa_secp521r1_sha512, hash: "sha512" },
} as const;
/** Preferred first. */
const RSA_WAYS: readonly RsaWay[] = [
  { scheme: Schemes.rsa_pss_rsae_sha256, type: "rsa", hash: "sha256" },
  { scheme: Schemes.rsa_pss_rsae_sha384, type: "rsa", hash: "sha384" },
  { scheme: Schemes.rsa_pss_rsae_sha512, type: "rsa", hash: "sha512" },
  { scheme: Schemes.rsa_pss_pss_sha256, type: "rsa-pss", hash: "sha256" },
  { scheme: Schemes.rsa_pss_pss_sha384, type: "rsa-pss", hash: "sha384" },
  { scheme: Schemes.rsa_pss_pss_sha512, type: "rsa-pss", hash: "sha512" },
  { scheme: Schemes.rsa_pkcs1_sha256, type: "pkcs1", hash: "sha256" },
  { scheme: Schemes.rsa_pkcs1_sha384, type: "pkcs1", hash: "sha384" },
  { scheme: Schemes.rsa_pkcs1_sha512, type: "pkcs1", hash: "sha512" },
];
const NOTHING = new Uint8Array(0);
const RSA_BITS = 2048;
