/**
 * The nonces of ECDSA as RFC 6979 derives them from the key and what is signed, so that no lack of
 * randomness can give the key away.
 *
 * @module
 */
import type { Hash } from "./provider.ts";

/**
 * The candidates for a nonce, each as long as `secret`, the best one first: take the first that is
 * between 1 and the order less 1 and makes no zero. `digest` is reduced modulo the order
 * (bits2octets of §2.3.4) and as long as `secret`. `extra` hedges against faults (§3.6).
 */
export function* nonces(
  hash: Hash,
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
  // RFC 6979 §3.2, steps d to g.
  renew(ZERO, secret, digest, extra);
  renew(ONE, secret, digest, extra);
  while (true) {
    const candidate = new Uint8Array(secret.length);
    for (let at = 0; at < candidate.length; at += value.length) {
      value = hash.hmac(key, value);
      candidate.set(value.subarray(0, candidate.length - at), at);
    }
    yield candidate;
    renew(ZERO);
  }
}

const ZERO = Uint8Array.of(0);
const ONE = Uint8Array.of(1);
