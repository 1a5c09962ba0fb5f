/**
 * Chance that can be had again: the same seed gives the same numbers.
 *
 * @module
 */

/** Numbers from a seed (Mulberry32). */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** A seed of this run's own, or that of `SEED` in the environment; printed either way. */
  static announced(what: string): Random {
    const chosen = Deno.env.get("SEED");
    const seed = chosen === undefined ? crypto.getRandomValues(new Uint32Array(1))[0] : +chosen;
    console.log(`${what}: SEED=${seed}`);
    return new Random(seed);
  }

  /** A whole number from 0 on, below `end`. */
  below(end: number): number {
    this.#state = this.#state + 0x6d2b79f5 >>> 0;
    let mixed = Math.imul(this.#state ^ this.#state >>> 15, this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return Math.floor(((mixed ^ mixed >>> 14) >>> 0) / 0x100000000 * end);
  }

  /** A whole number from `first` to `last`, both included. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  /** One of them. */
  pick<T>(things: readonly T[]): T {
    return things[this.below(things.length)];
  }

  fill(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.below(256);
  }
}
