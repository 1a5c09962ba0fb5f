/**
 * Secrets of personal access tokens (CLASSIC.md section 12): 50 random bytes, told once, kept as a
 * hash. They are too long to guess, so a fast hash will do.
 *
 * @module
 */
import { blake3 } from "hash-wasm";
import { NEVER_EXPIRES } from "../../protocol/options.ts";
import type { Entropy } from "../ports.ts";

export interface TokenSecret {
  /** What the client gets: 68 characters of base64. */
  readonly raw: string;
  /** What the catalog keeps. */
  readonly hash: string;
}

/** A new secret that nobody else has. */
export async function newTokenSecret(entropy: Entropy): Promise<TokenSecret> {
  const bytes = new Uint8Array(50);
  entropy.fill(bytes);
  const raw = btoa(String.fromCharCode(...bytes));
  return { raw, hash: await hashToken(raw) };
}

/** BLAKE3 in hex: finds a token by what a client sends, and tells nothing about the secret. */
export function hashToken(raw: string): Promise<string> {
  return blake3(raw);
}

/**
 * When a token ends that shall live for `expiry` micros: micros since the Unix epoch, `undefined` for
 * never, which 0, the largest u64 and any time past 2^53 mean (CLASSIC.md section 3.6).
 */
export function tokenExpiryAt(expiry: bigint, nowMicros: number): number | undefined {
  if (expiry === 0n || expiry === NEVER_EXPIRES) return undefined;
  const at = nowMicros + Number(expiry);
  return at <= Number.MAX_SAFE_INTEGER ? at : undefined;
}

/** Whether a token that ends at `expiryAt` is over. */
export function isTokenExpired(expiryAt: number | undefined, nowMicros: number): boolean {
  return expiryAt !== undefined && expiryAt <= nowMicros;
}
