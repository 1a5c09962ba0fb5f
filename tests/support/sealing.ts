/**
 * Keys and ciphers of encryption at rest, for tests.
 *
 * @module
 */
import { keyOf, type SealingKey } from "../../lib/encryption/keys.ts";
import { type Algorithm, SealedBatches } from "../../lib/encryption/sealed_batches.ts";
import type { Entropy } from "../../lib/ports.ts";

/** A key of 32 equal bytes. */
export function testKey(byte: number): SealingKey {
  return keyOf(new Uint8Array(32).fill(byte));
}

/** A key in the form that a key file has it in. */
export function base64Of({ secret }: SealingKey): string {
  return btoa(String.fromCharCode(...secret));
}

/** A cipher that seals with the first of these keys; every salt is another. */
export function sealer(keys: readonly SealingKey[], algorithm: Algorithm = "chacha20-poly1305") {
  const batches = opener(keys, algorithm);
  if (keys.length > 0) batches.sealWith(keys[0]);
  return batches;
}

/** A cipher that leaves new batches as they are. */
export function opener(keys: readonly SealingKey[], algorithm: Algorithm = "chacha20-poly1305") {
  const batches = new SealedBatches(countedEntropy, algorithm);
  batches.know(keys);
  return batches;
}

let fills = 0;
const countedEntropy: Entropy = { fill: (into) => void into.fill(++fills) };
