/**
 * The algorithms a provider is assembled from, as small as they can be: fixed sizes, no encodings,
 * no policy. A part is replaced here, below everything that is built on it: a faster P-256 serves key
 * exchange, verifying and signing alike.
 *
 * @module
 */
import type { Aead, BufferPool, Hash, HashName } from "./provider.ts";

/** What `assemble` makes a provider of; `{ ...referenceParts, secp256r1 }` replaces one. */
export interface Parts {
  readonly hashes: Readonly<Record<HashName, Hash>>;
  readonly chacha20Poly1305: Aead;
  readonly aes128Gcm: Aead;
  readonly aes256Gcm: Aead;
  readonly buffers: BufferPool;
  readonly x25519: X25519;
  readonly secp256r1: Curve;
  readonly secp384r1: Curve;
  readonly secp521r1: Curve;
  readonly mlKem768: Kem;
  readonly mlKem1024: Kem;
  readonly secretPower: SecretPower;
  readonly ed25519: Ed25519;
  readonly mldsa44: MlDsa;
  readonly mldsa65: MlDsa;
  readonly mldsa87: MlDsa;
}

/** The function of RFC 7748 §5. */
export interface X25519 {
  /** The public key, 32 bytes, of a secret of 32 bytes. */
  publicKey(secret: Uint8Array): Uint8Array;
  /** X25519(`secret`, `point`), both of 32 bytes; all zero when the point is of low order. */
  shared(secret: Uint8Array, point: Uint8Array): Uint8Array;
}

/** A prime curve of SEC 2. Scalars are big-endian, of `scalarBytes`; points uncompressed (SEC 1 §2.3.3). */
export interface Curve {
  readonly type: "secp256r1" | "secp384r1" | "secp521r1";
  /** Bytes of a scalar and of a coordinate: 32, 48 or 66. */
  readonly scalarBytes: number;
  /** Whether `secret` is of `scalarBytes` and from 1 to the order less 1. */
  isScalar(secret: Uint8Array): boolean;
  /** The uncompressed point of a scalar. */
  publicKey(secret: Uint8Array): Uint8Array;
  /** The x coordinate of `secret` times `point`; `undefined` when `point` is not an uncompressed point of the curve. */
  shared(secret: Uint8Array, point: Uint8Array): Uint8Array | undefined;
  /** ECDSA over `digest`, which is cut to the order's length: r and s, each of `scalarBytes`. */
  sign(secret: Uint8Array, digest: Uint8Array, extraEntropy?: Uint8Array): Uint8Array;
  /** Whether `signature`, r and s, is `point`'s over `digest`; `false` for a point that is none. */
  verify(point: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean;
}

/**
 * `base` to the power of `exponent` modulo `modulus`: half of an RSA signature by the Chinese remainder
 * theorem. The modulus is a prime of a key, the exponent is below it, and both are secret; the base
 * is blinded, and not below the modulus.
 */
export type SecretPower = (base: bigint, exponent: bigint, modulus: bigint) => bigint;

/** FIPS 203. */
export interface Kem {
  readonly encapsulationKeyBytes: number;
  readonly ciphertextBytes: number;
  /** Algorithm 16, of the 64 bytes d and z. */
  keygen(seed: Uint8Array): { encapsulationKey: Uint8Array; decapsulationKey: Uint8Array };
  /** Algorithm 17, of the 32 bytes m; `undefined` when the key fails the checks of §7.2. */
  encapsulate(
    encapsulationKey: Uint8Array,
    message: Uint8Array,
  ): { ciphertext: Uint8Array; secret: Uint8Array } | undefined;
  /** Algorithm 18; `undefined` when either input fails the checks of §7.3. */
  decapsulate(decapsulationKey: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
}

/** RFC 8032 §5.1, pure. */
export interface Ed25519 {
  /** The public key, 32 bytes, of a secret of 32 bytes. */
  publicKey(secret: Uint8Array): Uint8Array;
  sign(secret: Uint8Array, message: Uint8Array): Uint8Array;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** FIPS 204, pure (no pre-hash). */
export interface MlDsa {
  readonly publicKeyBytes: number;
  readonly secretKeyBytes: number;
  /** Algorithm 6, of a seed of 32 bytes. */
  keygen(seed: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array };
  /** The public key that belongs to an expanded secret key; `undefined` when the key is none. */
  publicKeyOf(secretKey: Uint8Array): Uint8Array | undefined;
  /** Algorithm 2; deterministic without the 32 bytes `random`. */
  sign(secretKey: Uint8Array, message: Uint8Array, random?: Uint8Array): Uint8Array;
  /** Algorithm 3. `context` is of 0 to 255 bytes, and empty in TLS and X.509. */
  verify(
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
    context?: Uint8Array,
  ): boolean;
}
