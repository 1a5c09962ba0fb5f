/**
 * How far a partition has come, in three steps.
 *
 * @module
 */

/**
 * Three exclusive ends: offsets after the last message that was
 *
 * - dirty: accepted, its offset given out;
 * - stable: written to the operating system, safe from a crash of this process;
 * - committed: on stable storage, safe from a power cut.
 *
 * Invariant: `committed <= stable <= dirty`. A violation is a bug of the log and throws.
 */
export class Offsets {
  #dirty: number;
  #stable: number;
  #committed: number;

  constructor(stable: number, committed: number) {
    this.#dirty = stable;
    this.#stable = stable;
    this.#committed = committed;
    this.#check();
  }

  get dirty(): number {
    return this.#dirty;
  }

  get stable(): number {
    return this.#stable;
  }

  get committed(): number {
    return this.#committed;
  }

  /** Gives out `count` offsets; what follows is `wrote` or `refuse`. */
  accept(count: number): void {
    this.#dirty += count;
    this.#check();
  }

  /** All that was accepted is written. */
  wrote(): void {
    this.#stable = this.#dirty;
    this.#check();
  }

  /** What was accepted could not be written: its offsets are free again. */
  refuse(): void {
    this.#dirty = this.#stable;
    this.#check();
  }

  /** All before `end` is on stable storage. */
  commit(end: number): void {
    this.#committed = end;
    this.#check();
  }

  #check(): void {
    if (this.#committed <= this.#stable && this.#stable <= this.#dirty) return;
    throw new Error(
      `Offsets are out of order: committed ${this.#committed}, stable ${this.#stable}, dirty ${this.#dirty}`,
    );
  }
}
