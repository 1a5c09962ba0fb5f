/**
 * What the engine asks of cryptography: plain objects and tables, so that a part can be replaced by
 * spreading, as in `{ ...reference, cipherSuites }`. Everything here is synchronous and works on the
 * caller's bytes; only a signature may be made elsewhere and come later.
 *
 * Two providers are in this folder: `reference.ts`, slow and short, and `simd.ts`, WebAssembly.
 *
 * @module
 */
import type { CipherSuiteId, NamedGroup, SignatureScheme } from "../registry.ts";

/** A frozen set of algorithms; lists are in order of preference. */
export interface Provider {
  /** For logs and test names. */
  readonly name: string;
  readonly hashes: Readonly<Record<HashName, Hash>>;
  readonly cipherSuites: readonly CipherSuite[];
  readonly groups: readonly KxGroup[];
  /** What `verify` knows, preferred first. */
  readonly signatureAlgorithms: readonly SignatureAlgorithm[];
  /**
   * Whether `signature` is `key`'s over `message` by `algorithm`. Anything malformed, a key of
   * another type or of a refused size included, is `false`.
   */
  verify(
    algorithm: SignatureAlgorithm,
    key: PublicKey,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
  /**
   * Reads a private key: DER of PKCS #8, SEC 1 or PKCS #1. Throws a `KeyError` that says what is
   * wrong. `random` hedges its signatures; without it they follow from key and message.
   */
  loadKey(der: Uint8Array, random?: Random): SigningKey;
  /** Makes a key; RSA takes seconds and is not for a data plane's isolate. */
  generateKey(type: KeyType, random: Random): SigningKey;
  /** Memory that `AeadKey` works on without copying. */
  readonly buffers: BufferPool;
}

/** Fills `into` with unpredictable bytes. */
export type Random = (into: Uint8Array) => void;

export type HashName = "sha256" | "sha384" | "sha512";

/** FIPS 180-4, and HMAC of RFC 2104 over it. */
export interface Hash {
  readonly name: HashName;
  readonly outputBytes: number;
  readonly blockBytes: number;
  /** The hash of `parts`, one after another. */
  digest(...parts: readonly Uint8Array[]): Uint8Array;
  /** HMAC of `parts`, one after another. */
  hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  start(): RunningHash;
}

/** A hash that is fed over time. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** The hash of all so far; more may follow. */
  digest(): Uint8Array;
  clone(): RunningHash;
}

/** A TLS 1.3 cipher suite (RFC 8446 §B.4). */
export interface CipherSuite {
  readonly id: CipherSuiteId;
  readonly aead: Aead;
  readonly hash: Hash;
  /** Records that may be sealed under one key (RFC 8446 §5.5); `Infinity` when the sequence ends first. */
  readonly recordsMax: number;
}

/** An AEAD with 12-byte nonces and 16-byte tags (RFC 5116). */
export interface Aead {
  readonly keyBytes: number;
  /** Takes a copy of `key`. */
  load(key: Uint8Array): AeadKey;
}

/**
 * An AEAD with its key. Works in place; without a copy when `bytes` came from the provider's
 * `buffers`. `bytes` ends with 16 bytes for the tag in both directions.
 */
export interface AeadKey {
  /** Encrypts what is in front of the last 16 bytes, and writes the tag there. */
  seal(nonce: Uint8Array, aad: Uint8Array, bytes: Uint8Array): void;
  /** Decrypts what is in front of the last 16 bytes. `false` when the tag is wrong: then `bytes` are worthless. */
  open(nonce: Uint8Array, aad: Uint8Array, bytes: Uint8Array): boolean;
  /** Overwrites the key; the object is not used after. */
  destroy(): void;
}

/** Both ends of a key exchange: (EC)DHE, a KEM, or a hybrid of them (RFC 8446 §4.2.8, RFC 10024). */
export interface KxGroup {
  readonly name: NamedGroup;
  /** The client's side, begun: makes an ephemeral key. */
  start(random: Random): KeyExchange;
  /**
   * The server's side, whole. Throws a `TlsError` (`badKeyShare`, illegal_parameter) for a share of a
   * wrong length, a point that is not on the curve, an all-zero shared secret.
   */
  respond(peerShare: Uint8Array, random: Random): { share: Uint8Array; secret: Uint8Array };
}

/** A key exchange that waits for the other side's share. */
export interface KeyExchange {
  /** What goes into the KeyShareEntry. */
  readonly share: Uint8Array;
  /** The shared secret. Throws as {@link KxGroup.respond}. Used once. */
  complete(peerShare: Uint8Array): Uint8Array;
}

export type KeyType =
  | "rsa"
  | "rsa-pss"
  | "secp256r1"
  | "secp384r1"
  | "secp521r1"
  | "ed25519"
  | "mldsa44"
  | "mldsa65"
  | "mldsa87";

/** A public key as a certificate has it. */
export interface PublicKey {
  readonly type: KeyType;
  /** Content of the `subjectPublicKey` bit string: a SEC 1 point, a DER RSAPublicKey, raw bytes. */
  readonly bytes: Uint8Array;
}

/** A way to sign, without the curve: X.509 lets any ECDSA key sign with any hash. */
export type SignatureAlgorithm =
  | "ecdsa_sha256"
  | "ecdsa_sha384"
  | "ecdsa_sha512"
  | "rsa_pss_sha256"
  | "rsa_pss_sha384"
  | "rsa_pss_sha512"
  | "rsa_pkcs1_sha256"
  | "rsa_pkcs1_sha384"
  | "rsa_pkcs1_sha512"
  | "ed25519"
  | "mldsa44"
  | "mldsa65"
  | "mldsa87";

/** A private key, or a handle of one that is elsewhere. */
export interface SigningKey {
  readonly publicKey: PublicKey;
  /** What it can sign with in TLS, preferred first. */
  readonly schemes: readonly SignatureScheme[];
  /** Signs `message` (hashing is the scheme's). ECDSA signatures are DER. May take its time: then a promise. */
  sign(scheme: SignatureScheme, message: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** DER of PKCS #8, where the key may leave; `undefined` for one that is elsewhere. */
  toPkcs8?(): Uint8Array;
}

/** A private key that cannot be read, or is too weak to be used. */
export class KeyError extends Error {
  override readonly name = "KeyError";
}

/** Memory that kernels reach. Every buffer taken is given back, or it is lost to others. */
export interface BufferPool {
  /** A buffer of at least `bytes` bytes, content undefined; plain memory when the pool is exhausted. */
  take(bytes: number): Uint8Array;
  /** Gives back the very buffer that `take` handed out; buffers of other origin are ignored. */
  give(buffer: Uint8Array): void;
}
