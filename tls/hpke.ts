/**
 * Hybrid public key encryption in base mode (RFC 9180), as far as encrypted ClientHellos use it:
 * DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, and the AEADs of TLS.
 *
 * @module
 */
import { concat } from "./bytes.ts";
import { expand, extract } from "./hkdf.ts";
import type { AeadKey, CipherSuite, KxGroup, Provider, Random } from "./provider/provider.ts";
import { CipherSuiteId, NamedGroup } from "./registry.ts";

/** `HpkeSymmetricCipherSuite` (RFC 9849 §4). */
export interface HpkeSuite {
  readonly kdfId: number;
  readonly aeadId: number;
}

/** DHKEM(X25519, HKDF-SHA256) (RFC 9180 §7.1). */
export const KEM_X25519_HKDF_SHA256 = 0x0020;

/** Bytes of a public and of a private key. */
export const HPKE_KEY_BYTES = 32;

/** Whether `suite` can be used with `provider`. */
export function supportsHpke(provider: Provider, suite: HpkeSuite): boolean {
  return suite.kdfId === KDF_HKDF_SHA256 && aeadSuite(provider, suite) !== undefined;
}

/** A context that seals or opens messages one after another (§5.2). */
export class HpkeContext {
  readonly #key: AeadKey;
  readonly #baseNonce: Uint8Array;
  #sequence = 0;

  constructor(key: AeadKey, baseNonce: Uint8Array) {
    this.#key = key;
    this.#baseNonce = baseNonce;
  }

  /** Seals in place: `bytes` ends with 16 bytes for the tag. */
  seal(aad: Uint8Array, bytes: Uint8Array): void {
    this.#key.seal(this.#nonce(), aad, bytes);
    this.#sequence++;
  }

  /** The plaintext, or `undefined` when `bytes` are not authentic: then the sequence stays. */
  open(aad: Uint8Array, bytes: Uint8Array): Uint8Array | undefined {
    const copy = bytes.slice();
    if (copy.length < TAG_BYTES || !this.#key.open(this.#nonce(), aad, copy)) return undefined;
    this.#sequence++;
    return copy.subarray(0, copy.length - TAG_BYTES);
  }

  /** §5.2: the base nonce, xored with the number of the message. */
  #nonce(): Uint8Array {
    const nonce = this.#baseNonce.slice();
    nonce[nonce.length - 1] ^= this.#sequence;
    return nonce;
  }
}

/** `SetupBaseS` (§5.1.1): a context to seal for the owner of `publicKey`, and what it needs to follow. */
export function setupSender(
  provider: Provider,
  suite: HpkeSuite,
  publicKey: Uint8Array,
  info: Uint8Array,
  random: Random,
): { enc: Uint8Array; context: HpkeContext } {
  const exchange = x25519(provider).start(random);
  const { share } = exchange;
  const secret = decapsulated(provider, exchange.complete(publicKey), share, publicKey);
  return { enc: share, context: keySchedule(provider, suite, secret, info) };
}

/** `SetupBaseR` (§5.1.1). Throws a `TlsError` when `enc` is not a key. */
export function setupReceiver(
  provider: Provider,
  suite: HpkeSuite,
  privateKey: Uint8Array,
  enc: Uint8Array,
  info: Uint8Array,
): HpkeContext {
  // The group's secret is what it draws, unchanged.
  const exchange = x25519(provider).start((into) => into.set(privateKey));
  const secret = decapsulated(provider, exchange.complete(enc), enc, exchange.share);
  return keySchedule(provider, suite, secret, info);
}

/** `ExtractAndExpand` (§4.1). */
function decapsulated(
  provider: Provider,
  dh: Uint8Array,
  enc: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array {
  const suiteId = concat(ascii("KEM"), u16(KEM_X25519_HKDF_SHA256));
  const key = labeledExtract(provider, suiteId, NOTHING, "eae_prk", dh);
  return labeledExpand(provider, suiteId, key, "shared_secret", concat(enc, publicKey), 32);
}

/** `KeySchedule` in base mode (§5.1). */
function keySchedule(
  provider: Provider,
  suite: HpkeSuite,
  sharedSecret: Uint8Array,
  info: Uint8Array,
): HpkeContext {
  const { aead } = aeadSuite(provider, suite)!;
  const ids = [KEM_X25519_HKDF_SHA256, suite.kdfId, suite.aeadId].map(u16);
  const suiteId = concat(ascii("HPKE"), ...ids);
  const pskIdHash = labeledExtract(provider, suiteId, NOTHING, "psk_id_hash", NOTHING);
  const infoHash = labeledExtract(provider, suiteId, NOTHING, "info_hash", info);
  const context = concat(Uint8Array.of(MODE_BASE), pskIdHash, infoHash);
  const secret = labeledExtract(provider, suiteId, sharedSecret, "secret", NOTHING);
  const key = labeledExpand(provider, suiteId, secret, "key", context, aead.keyBytes);
  const nonce = labeledExpand(provider, suiteId, secret, "base_nonce", context, NONCE_BYTES);
  return new HpkeContext(aead.load(key), nonce);
}

/** `LabeledExtract` (§4). */
function labeledExtract(
  { hashes }: Provider,
  suiteId: Uint8Array,
  salt: Uint8Array,
  label: string,
  keyMaterial: Uint8Array,
): Uint8Array {
  return extract(hashes.sha256, salt, concat(VERSION, suiteId, ascii(label), keyMaterial));
}

/** `LabeledExpand` (§4). */
function labeledExpand(
  { hashes }: Provider,
  suiteId: Uint8Array,
  key: Uint8Array,
  label: string,
  info: Uint8Array,
  bytes: number,
): Uint8Array {
  const labeled = concat(u16(bytes), VERSION, suiteId, ascii(label), info);
  return expand(hashes.sha256, key, labeled, bytes);
}

/** The suite of TLS with the same AEAD. */
function aeadSuite({ cipherSuites }: Provider, { aeadId }: HpkeSuite): CipherSuite | undefined {
  return cipherSuites.find(({ id }) => id === AEAD_SUITES[aeadId]);
}

function x25519({ groups }: Provider): KxGroup {
  const group = groups.find(({ name }) => name === NamedGroup.x25519);
  if (group === undefined) throw new Error("Provider has no X25519");
  return group;
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (each) => each.charCodeAt(0));
}

/** RFC 9180 §7.3: numbers of AEADs. */
const AEAD_SUITES: Readonly<Record<number, number>> = {
  1: CipherSuiteId.TLS_AES_128_GCM_SHA256,
  2: CipherSuiteId.TLS_AES_256_GCM_SHA384,
  3: CipherSuiteId.TLS_CHACHA20_POLY1305_SHA256,
};
const KDF_HKDF_SHA256 = 1;
const MODE_BASE = 0;
const VERSION = ascii("HPKE-v1");
const NOTHING = new Uint8Array(0);
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
