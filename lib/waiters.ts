/**
 * Waiting for news without looking again and again: whoever has the news wakes all who wait for it.
 *
 * @module
 */

/** Somebody who waits. */
export interface Waiter {
  /** Says that it is time to look. It runs in the midst of the change, so it must do no more than note that. */
  wake(): void;
}

/** Those who wait for news of one thing, each until it is taken out. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  get count(): number {
    return this.#waiting.size;
  }

  /** Adds somebody; a second time changes nothing. */
  add(waiter: Waiter): void {
    this.#waiting.add(waiter);
  }

  delete(waiter: Waiter): void {
    this.#waiting.delete(waiter);
  }

  /** Wakes all. */
  wake(): void {
    for (const waiter of this.#waiting) waiter.wake();
  }
}
