/**
 * RSA private keys: making, checking and using them. BigInt is not constant time; the number that is
 * raised to the secret power is blinded, so that its sender does not know it.
 *
 * @module
 */
import { der } from "../x509/der.ts";
import type { SecretPower } from "./parts.ts";
import { type Hash, KeyError, type Random } from "./provider.ts";
import { modPow, type RsaPublicKey, rsaPublicKey, toBigInt, toBytes } from "./rsa.ts";

/** RSAPrivateKey of RFC 8017 §A.1.2, checked by {@link rsaPrivateKey}. */
export interface RsaPrivateKey {
  readonly public: RsaPublicKey;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dP: bigint;
  readonly dQ: bigint;
  readonly qInv: bigint;
}

/** The integers of RSAPrivateKey after its version: big-endian magnitudes. */
export type RsaIntegers = readonly [
  n: Uint8Array,
  e: Uint8Array,
  d: Uint8Array,
  p: Uint8Array,
  q: Uint8Array,
  dP: Uint8Array,
  dQ: Uint8Array,
  qInv: Uint8Array,
];

/** Checks that the numbers of a key belong together. Throws a {@link KeyError}. */
export function rsaPrivateKey([n, e, ...secrets]: RsaIntegers): RsaPrivateKey {
  const [d, p, q, dP, dQ, qInv] = secrets.map(toBigInt);
  const key = { public: rsaPublicKey(n, e), d, p, q, dP, dQ, qInv };
  const { modulus, exponent } = key.public;
  const fits = p > 1n && q > 1n && p !== q && p * q === modulus &&
    d < modulus && exponent * d % (p - 1n) === 1n && exponent * d % (q - 1n) === 1n &&
    dP === d % (p - 1n) && dQ === d % (q - 1n) && qInv < p && q * qInv % p === 1n;
  if (!fits) throw new KeyError("RSA private key is inconsistent: its numbers do not fit together");
  return key;
}

/** DER of RSAPublicKey. */
export function rsaPublicKeyDer({ modulus, exponent, modulusBytes }: RsaPublicKey): Uint8Array {
  return der.sequence(
    der.integer(toBytes(modulus, modulusBytes)),
    der.integer(toBytes(exponent, 5)),
  );
}

/** DER of RSAPrivateKey, version two-prime. */
export function rsaPrivateKeyDer(key: RsaPrivateKey): Uint8Array {
  const { modulus, exponent, modulusBytes } = key.public;
  const numbers = [modulus, exponent, key.d, key.p, key.q, key.dP, key.dQ, key.qInv];
  return der.sequence(
    der.smallInteger(0),
    ...numbers.map((number) => der.integer(toBytes(number, modulusBytes))),
  );
}

/**
 * RSASP1 (RFC 8017 §5.2.1) of an encoded message, by the Chinese remainder theorem. `mask` is a
 * secret the encoded message's sender cannot know, as long as the modulus or longer.
 *
 * Throws when the result does not verify: a fault in one half of the computation, sent out, would
 * give away the factors (Boneh, DeMillo, Lipton 1997).
 */
export function rsaSign(
  key: RsaPrivateKey,
  encoded: Uint8Array,
  mask: Uint8Array,
  secretPower: SecretPower = modPow,
): Uint8Array {
  const { modulus, exponent, modulusBytes } = key.public;
  const m = toBigInt(encoded);
  const r = toBigInt(mask) % (modulus - 2n) + 2n;
  const blinded = m * modPow(r, exponent, modulus) % modulus;
  const s1 = secretPower(blinded, key.dP, key.p);
  const s2 = secretPower(blinded, key.dQ, key.q);
  const h = positive((s1 - s2) * key.qInv, key.p);
  const s = (s2 + h * key.q) * inverse(r, modulus) % modulus;
  if (modPow(s, exponent, modulus) !== m) {
    throw new Error(
      "RSA signature does not verify and is withheld: the key or the machine is faulty",
    );
  }
  return toBytes(s, modulusBytes);
}

/** A key of FIPS 186-5 §A.1.3 with the exponent 65537; `bits` is a multiple of 16. */
export function generateRsa(bits: number, random: Random): RsaPrivateKey {
  for (;;) {
    const p = randomPrime(bits / 2, random);
    const q = randomPrime(bits / 2, random);
    const distance = p > q ? p - q : q - p;
    // FIPS 186-5 §A.1.3 step 5.4: factors close together are found from the root of the modulus.
    if (distance >> BigInt(bits / 2 - 100) === 0n) continue;
    const lambda = (p - 1n) * (q - 1n) / gcd(p - 1n, q - 1n);
    const d = inverse(EXPONENT, lambda);
    if (d >> BigInt(bits / 2) === 0n) continue;
    const numbers = [p * q, EXPONENT, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q, p)];
    return rsaPrivateKey(
      numbers.map((number) => toBytes(number, bits / 8)) as unknown as RsaIntegers,
    );
  }
}

/** Pseudorandom bytes from a secret: HMAC in counter mode (NIST SP 800-108 §4.1). */
export function expand(
  hash: Hash,
  secret: Uint8Array,
  label: string,
  context: readonly Uint8Array[],
  bytes: number,
): Uint8Array {
  const out = new Uint8Array(bytes);
  const labelBytes = new TextEncoder().encode(label);
  for (let at = 0, counter = 1; at < bytes; at += hash.outputBytes, counter++) {
    const block = hash.hmac(secret, Uint8Array.of(counter), labelBytes, ...context);
    out.set(block.subarray(0, Math.min(block.length, bytes - at)), at);
  }
  return out;
}

/** A prime of exactly `bits` bits, whose two highest are set, and with no factor in common with e - 1. */
function randomPrime(bits: number, random: Random): bigint {
  const bytes = new Uint8Array(bits / 8);
  for (;;) {
    random(bytes);
    bytes[0] |= 0xc0;
    bytes[bytes.length - 1] |= 1;
    const candidate = toBigInt(bytes);
    if (gcd(candidate, smallPrimesProduct ??= productOfSmallPrimes()) !== 1n) continue;
    if (candidate % EXPONENT !== 1n && isProbablePrime(candidate, random)) return candidate;
  }
}

/** Miller-Rabin (FIPS 186-5 §B.3.1) with random bases. */
function isProbablePrime(candidate: bigint, random: Random): boolean {
  let odd = candidate - 1n;
  let twos = 0;
  for (; (odd & 1n) === 0n; odd >>= 1n) twos++;
  const bytes = new Uint8Array(candidate.toString(16).length / 2 + 8);
  for (let round = 0; round < MILLER_RABIN_ROUNDS; round++) {
    random(bytes);
    const base = toBigInt(bytes) % (candidate - 3n) + 2n;
    let x = modPow(base, odd, candidate);
    let passes = x === 1n || x === candidate - 1n;
    for (let i = 1; i < twos && !passes; i++) {
      x = x * x % candidate;
      passes = x === candidate - 1n;
    }
    if (!passes) return false;
  }
  return true;
}

/** The inverse of `value` modulo `modulus`, to which it is prime: extended Euclid. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n && b > 0n) {
    const quotient = b / a;
    [a, b, x, y] = [b - quotient * a, a, y - quotient * x, x];
  }
  return positive(x, modulus);
}

function gcd(a: bigint, b: bigint): bigint {
  while (b > 0n) [a, b] = [b, a % b];
  return a;
}

function positive(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

const EXPONENT = 65537n;
/** FIPS 186-5 table B.1: enough for an error below 2^-100 at 1024-bit primes. */
const MILLER_RABIN_ROUNDS = 8;
/** Made when first needed: few who load this make a key. */
let smallPrimesProduct: bigint | undefined;

/** The odd primes below 1000, one of which most candidates have as a factor. */
function productOfSmallPrimes(): bigint {
  return Array.from({ length: 1000 }, (_, n) => n)
    .filter((n) =>
      n > 2 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0)
    )
    .reduce((product, prime) => product * BigInt(prime), 1n);
}
