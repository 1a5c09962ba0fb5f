/**
 * Anti-replay for 0-RTT within one process (RFC 8446 §8.2): remembers each ClientHello as long as its
 * ticket's age would be believed.
 *
 * @module
 */
import type { ReplayStore } from "./config.ts";

/** Remembers ids in memory. When it is full it admits nothing: 0-RTT is refused, never replayed. */
export class MemoryReplayStore implements ReplayStore {
  readonly #now: () => number;
  readonly #entriesMax: number;
  /** Id, a character a byte, to when it may be forgotten; oldest first. */
  readonly #seen = new Map<string, number>();

  /**
   * @param now milliseconds since the Unix epoch
   * @param entriesMax how many ids are remembered at once
   */
  constructor(now: () => number, entriesMax: number) {
    this.#now = now;
    this.#entriesMax = entriesMax;
  }

  admit(id: Uint8Array, untilMs: number): boolean {
    const key = String.fromCharCode(...id);
    if (this.#seen.has(key)) return false;
    this.#forget();
    if (this.#seen.size >= this.#entriesMax) return false;
    this.#seen.set(key, untilMs);
    return true;
  }

  /** Those at the front are the oldest: a few a call keep up with those that come. */
  #forget(): void {
    const now = this.#now();
    for (const [key, untilMs] of this.#seen) {
      if (untilMs > now) return;
      this.#seen.delete(key);
    }
  }
}
