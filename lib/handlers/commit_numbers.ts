/**
 * The one counter behind VSR's session and commit numbers (VSR.md sections 3.3 and 5).
 *
 * @module
 */

/**
 * Strictly rising, also over restarts: it starts at the time of day in microseconds, and a node that
 * makes fewer than a million commits a second never catches up with the clock.
 */
export class CommitNumbers {
  #last: number;

  constructor(nowMicros: number) {
    this.#last = nowMicros;
  }

  /** The last number given out. */
  get last(): number {
    return this.#last;
  }

  next(): number {
    return ++this.#last;
  }
}
