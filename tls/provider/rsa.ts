/**
 * RSA signatures of RFC 8017: the public operation and both encodings, over BigInt. Nothing here
 * handles secrets but {@link modPow}, which is not constant time; rsa_key.ts blinds what goes in.
 *
 * @module
 */
import { DerReader, Tag } from "../x509/der.ts";
import { type Hash, KeyError } from "./provider.ts";

/** A public key, checked by {@link readRsaPublicKey}. */
export interface RsaPublicKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
  readonly modulusBits: number;
  /** Bytes of the modulus, and of every signature. */
  readonly modulusBytes: number;
}

/** What RSA needs of a hash, so that it can be tested with hashes TLS does not have. */
export type RsaHash = Pick<Hash, "outputBytes" | "digest">;

/** RFC 8017 §9.1: TLS and X.509 practice have `mgfHash` the same and the salt as long as the hash. */
export interface PssParameters {
  readonly hash: RsaHash;
  readonly mgfHash: RsaHash;
  readonly saltBytes: number;
}

/** The salt's length and MGF1's hash that follow from the message's hash (RFC 8446 §4.2.3). */
export function pssOf(hash: RsaHash): PssParameters {
  return { hash, mgfHash: hash, saltBytes: hash.outputBytes };
}

/**
 * Reads RSAPublicKey (RFC 8017 §A.1.1). Accepts odd moduli of 2048 to 8192 bits and odd exponents
 * from 3 to below 2^33: larger ones would make verifying as slow as the sender likes.
 *
 * Throws a `DerError` or a {@link KeyError}.
 */
export function readRsaPublicKey(bytes: Uint8Array): RsaPublicKey {
  return DerReader.whole(bytes, Tag.SEQUENCE, (content) => {
    const modulus = content.positiveInteger();
    const exponent = content.positiveInteger();
    return rsaPublicKey(modulus, exponent);
  });
}

/** Checks a key's sizes, as {@link readRsaPublicKey}. */
export function rsaPublicKey(modulusBytes: Uint8Array, exponentBytes: Uint8Array): RsaPublicKey {
  const bits = bitLength(modulusBytes);
  if (bits < MODULUS_BITS_MIN || bits > MODULUS_BITS_MAX) {
    throw new KeyError(
      `RSA modulus has ${bits} bits, not ${MODULUS_BITS_MIN} to ${MODULUS_BITS_MAX}`,
    );
  }
  if (bitLength(exponentBytes) > EXPONENT_BITS_MAX) {
    throw new KeyError(`RSA public exponent has ${bitLength(exponentBytes)} bits, more than 33`);
  }
  const [modulus, exponent] = [toBigInt(modulusBytes), toBigInt(exponentBytes)];
  if ((modulus & 1n) === 0n) throw new KeyError("RSA modulus is even");
  if ((exponent & 1n) === 0n || exponent < 3n) {
    throw new KeyError(`RSA public exponent is ${exponent}, not an odd number above 1`);
  }
  return { modulus, exponent, modulusBits: bits, modulusBytes: Math.ceil(bits / 8) };
}

/** RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2); `digestInfo` is the DER in front of the hash. */
export function verifyPkcs1(
  key: RsaPublicKey,
  hash: RsaHash,
  digestInfo: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const encoded = recovered(key, signature);
  if (encoded === undefined) return false;
  // Comparing with the one right encoding leaves nothing to parse, hence nothing to parse wrongly.
  return sameBytes(encoded, encodePkcs1(key.modulusBytes, digestInfo, hash.digest(message)));
}

/** RSASSA-PSS (RFC 8017 §8.1.2). */
export function verifyPss(
  key: RsaPublicKey,
  parameters: PssParameters,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const encoded = recovered(key, signature);
  if (encoded === undefined) return false;
  const emBits = key.modulusBits - 1;
  const emBytes = Math.ceil(emBits / 8);
  if (emBytes < encoded.length && encoded[0] !== 0) return false;
  return isPssEncoding(
    encoded.subarray(encoded.length - emBytes),
    emBits,
    parameters,
    parameters.hash.digest(message),
  );
}

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2). */
export function encodePkcs1(
  modulusBytes: number,
  digestInfo: Uint8Array,
  digest: Uint8Array,
): Uint8Array {
  const out = new Uint8Array(modulusBytes).fill(0xff);
  const start = modulusBytes - digestInfo.length - digest.length;
  out[0] = 0;
  out[1] = 1;
  out[start - 1] = 0;
  out.set(digestInfo, start);
  out.set(digest, start + digestInfo.length);
  return out;
}

/** EMSA-PSS-ENCODE (RFC 8017 §9.1.1), from step 5 on. The modulus must have room for hash and salt. */
export function encodePss(
  modulusBits: number,
  { hash, mgfHash }: PssParameters,
  digest: Uint8Array,
  salt: Uint8Array,
): Uint8Array {
  const emBits = modulusBits - 1;
  const emBytes = Math.ceil(emBits / 8);
  const dbBytes = emBytes - digest.length - 1;
  const h = hash.digest(EIGHT_ZEROS, digest, salt);
  const out = new Uint8Array(emBytes);
  out[dbBytes - salt.length - 1] = 1;
  out.set(salt, dbBytes - salt.length);
  xorMask(out.subarray(0, dbBytes), mgfHash, h);
  out[0] &= 0xff >> (8 * emBytes - emBits);
  out.set(h, dbBytes);
  out[emBytes - 1] = 0xbc;
  return out;
}

/** EMSA-PSS-VERIFY (RFC 8017 §9.1.2), from step 3 on. */
function isPssEncoding(
  encoded: Uint8Array,
  emBits: number,
  { hash, mgfHash, saltBytes }: PssParameters,
  digest: Uint8Array,
): boolean {
  const dbBytes = encoded.length - digest.length - 1;
  if (dbBytes < saltBytes + 1) return false;
  const unusedBits = 8 * encoded.length - emBits;
  if (encoded[encoded.length - 1] !== 0xbc || encoded[0] >> (8 - unusedBits) !== 0) return false;
  const db = encoded.slice(0, dbBytes);
  const h = encoded.subarray(dbBytes, dbBytes + digest.length);
  xorMask(db, mgfHash, h);
  db[0] &= 0xff >> unusedBits;
  const zeros = dbBytes - saltBytes - 1;
  if (db.subarray(0, zeros).some((byte) => byte !== 0) || db[zeros] !== 1) return false;
  return sameBytes(h, hash.digest(EIGHT_ZEROS, digest, db.subarray(zeros + 1)));
}

/** MGF1 (RFC 8017 §B.2.1), laid over `bytes`. */
function xorMask(bytes: Uint8Array, hash: RsaHash, seed: Uint8Array): void {
  for (let at = 0, counter = 0; at < bytes.length; at += hash.outputBytes, counter++) {
    const mask = hash.digest(seed, Uint8Array.of(0, 0, counter >> 8, counter));
    const length = Math.min(mask.length, bytes.length - at);
    for (let i = 0; i < length; i++) bytes[at + i] ^= mask[i];
  }
}

/** The encoded message that a signature stands for (RFC 8017 §5.2.2). */
function recovered(key: RsaPublicKey, signature: Uint8Array): Uint8Array | undefined {
  if (signature.length !== key.modulusBytes) return undefined;
  const s = toBigInt(signature);
  if (s >= key.modulus) return undefined;
  return toBytes(modPow(s, key.exponent, key.modulus), key.modulusBytes);
}

/** `base` to the power of `exponent`, four bits at a time. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const digits = exponent.toString(16);
  const reduced = base % modulus;
  const powers = [1n];
  let result = 1n;
  for (const digit of digits) {
    if (result !== 1n) {
      for (let i = 0; i < 4; i++) result = result * result % modulus;
    }
    const index = parseInt(digit, 16);
    while (powers.length <= index) powers.push(powers[powers.length - 1] * reduced % modulus);
    if (index > 0) result = result * powers[index] % modulus;
  }
  return result;
}

/** Big-endian bytes as a number. */
export function toBigInt(bytes: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}

/** A number below 256^`length` as big-endian bytes. */
export function toBytes(value: bigint, length: number): Uint8Array {
  const hex = value.toString(16).padStart(2 * length, "0");
  return Uint8Array.from({ length }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** Bits of a big-endian magnitude, leading zeros not counted. */
function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : 8 * (bytes.length - first) - Math.clz32(bytes[first]) + 24;
}

/** For public values: it stops at the first difference. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

const MODULUS_BITS_MIN = 2048;
const MODULUS_BITS_MAX = 8192;
const EXPONENT_BITS_MAX = 33;
const EIGHT_ZEROS = new Uint8Array(8);
