/**
 * The nonces of ECDSA as RFC 6979 derives them from the key and what is signed, so that no lack of
 * randomness can give the key away.
 *
 * @module
 */
import type { Hash } from "./provider.ts";

/**
 * The candidates for a nonce, each as long as `secret`, the best one first: take the first that is
 * between 1 and the order less 1 and makes no zero. `bits` are those of the order; `digest` is reduced
 * modulo the order (bits2octets of §2.3.4) and as long as `secret`. `extra` hedges against faults
 * (§3.6).
 */
export function* nonces(
  hash: Hash,
  bits: number,
  secret: Uint8Array,
  digest: Uint8Array,
  extra: Uint8Array = new Uint8Array(0),
): Generator<Uint8Array, never> {
  let key: Uint8Array = new Uint8Array(hash.outputBytes);
  let value: Uint8Array = new Uint8Array(hash.outputBytes).fill(1);
  const renew = (...parts: readonly Uint8Array[]) => {
    key = hash.hmac(key, value, ...parts);
    value = hash.hmac(key, value);
  };
  try {
    // RFC 6979 §3.2, steps d to g.
    renew(ZERO, secret, digest, extra);
    renew(ONE, secret, digest, extra);
    while (true) {
      const joined = new Uint8Array(secret.length);
      for (let at = 0; at < joined.length; at += value.length) {
        value = hash.hmac(key, value);
        joined.set(value.subarray(0, joined.length - at), at);
      }
      const candidate = leftmostBits(joined, bits);
      joined.fill(0);
      yield candidate;
      renew(ZERO);
    }
  } finally {
    // Both lead to the nonce, and a nonce to the key.
    key.fill(0);
    value.fill(0);
  }
}

/**
 * The leftmost `bits` bits as a number, in as many bytes as it needs; all of them if there are no more
 * (bits2int of RFC 6979 §2.3.2).
 */
export function leftmostBits(bytes: Uint8Array, bits: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(bits / 8));
  if (8 * bytes.length <= bits) {
    out.set(bytes, out.length - bytes.length);
    return out;
  }
  const shift = 8 * out.length - bits;
  for (let i = 0; i < out.length; i++) {
    const above = i === 0 ? 0 : bytes[i - 1];
    out[i] = (above << 8 | bytes[i]) >> shift;
  }
  return out;
}

const ZERO = Uint8Array.of(0);
const ONE = Uint8Array.of(1);
