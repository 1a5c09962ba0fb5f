/**
 * A map with a bound: what was not used for longest goes first.
 *
 * @module
 */

/**
 * Entries with a total weight of at most `weightMax`, in the order of their last use (a `Map` keeps
 * the order of insertion, so a use takes the entry out and puts it in again). When only entries are
 * left that may not go, the bound is exceeded until they may.
 */
export class Lru<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #weightMax: number;
  readonly #weigh: (value: Value) => number;
  readonly #leave: (value: Value) => boolean;
  #weight = 0;
  #newest: Key | undefined;

  /**
   * @param weigh The weight of a value; it stays the same as long as the value is in here.
   * @param leave Called for the value that is to go; gives false when it may not go now.
   */
  constructor(
    weightMax: number,
    weigh: (value: Value) => number,
    leave: (value: Value) => boolean = () => true,
  ) {
    this.#weightMax = weightMax;
    this.#weigh = weigh;
    this.#leave = leave;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Finds a value and marks it as used now. */
  use(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined || key === this.#newest) return value;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#newest = key;
    return value;
  }

  /** Puts in a value under a key that is not in here; makes room first. */
  add(key: Key, value: Value): void {
    const weight = this.#weigh(value);
    this.makeRoom(weight);
    this.#entries.set(key, value);
    this.#weight += weight;
    this.#newest = key;
  }

  /** Lets go of values until `weight` more would fit. */
  makeRoom(weight: number): void {
    const weightMax = this.#weightMax - weight;
    if (this.#weight <= weightMax) return;
    for (const [key, value] of this.#entries) {
      if (this.#leave(value)) this.#drop(key, value);
      if (this.#weight <= weightMax) return;
    }
  }

  /** Takes a value out without asking it. */
  remove(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#drop(key, value);
    return value;
  }

  #drop(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#weight -= this.#weigh(value);
    if (this.#newest === key) this.#newest = undefined;
  }
}
