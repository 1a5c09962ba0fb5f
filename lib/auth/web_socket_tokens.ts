/**
 * Tokens for pages: one login each over WebSocket, within a minute, and nothing else. A page gets one
 * over HTTP and never holds what lives longer.
 *
 * They are in memory only, by their hash. A user who asks for more than {@link USER_TOKENS_MAX} loses
 * the oldest, so that memory is bounded and nobody's tokens are in the way of another's.
 *
 * @module
 */
import type { Clock, Entropy } from "../ports.ts";
import { hashToken, newTokenSecret } from "./tokens.ts";

/** What a page gets. */
export interface WebSocketToken {
  readonly token: string;
  /** Seconds since the Unix epoch. */
  readonly expiry: number;
}

/** The tokens that are out. */
export class WebSocketTokens {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  /** By hash, the oldest first. */
  readonly #tokens = new Map<string, { readonly userId: number; readonly expiryMicros: number }>();
  /** Hashes by user, the oldest first. */
  readonly #hashes = new Map<number, Set<string>>();

  constructor({ clock, entropy }: { readonly clock: Clock; readonly entropy: Entropy }) {
    this.#clock = clock;
    this.#entropy = entropy;
  }

  /** A new token for a user. */
  async issue(userId: number): Promise<WebSocketToken> {
    const { raw, hash } = await newTokenSecret(this.#entropy);
    const now = this.#clock.nowMicros();
    this.#dropExpired(now);
    const hashes = this.#hashes.get(userId) ?? new Set();
    if (hashes.size >= USER_TOKENS_MAX) this.#drop(hashes.values().next().value!, userId);
    const expiryMicros = now + LIFETIME_MICROS;
    this.#hashes.set(userId, hashes.add(hash));
    this.#tokens.set(hash, { userId, expiryMicros });
    return { token: raw, expiry: Math.floor(expiryMicros / 1_000_000) };
  }

  /** The user whose token that is; `undefined` when it never was one, was used, or is too old. */
  async redeem(token: string): Promise<number | undefined> {
    const hash = await hashToken(token);
    const found = this.#tokens.get(hash);
    if (found === undefined) return undefined;
    this.#drop(hash, found.userId);
    return this.#clock.nowMicros() < found.expiryMicros ? found.userId : undefined;
  }

  #dropExpired(now: number): void {
    for (const [hash, { userId, expiryMicros }] of this.#tokens) {
      if (now < expiryMicros) return;
      this.#drop(hash, userId);
    }
  }

  #drop(hash: string, userId: number): void {
    this.#tokens.delete(hash);
    const hashes = this.#hashes.get(userId);
    hashes?.delete(hash);
    if (hashes?.size === 0) this.#hashes.delete(userId);
  }
}

/** Pages of one user that load within one minute. */
export const USER_TOKENS_MAX = 100;

const LIFETIME_MICROS = 60_000_000;
