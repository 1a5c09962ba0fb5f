/**
 * Memory that many connections share: each asks before its buffer grows, and waits when all is
 * taken, so that a thousand announced 64 MiB frames cost no more than the budget.
 *
 * Invariant: the sum of all grants' sizes is at most `bytesMax`, except for one grant at a time that
 * is larger than what is left while nobody else holds any.
 *
 * @module
 */

/** What one connection was granted. */
export interface MemoryGrant {
  /** Asks for `bytes` in all; a promise when they are not there yet. Shrinking is at once. */
  resize(bytes: number): void | Promise<void>;
}

/** The budget; sizes in bytes. */
export class MemoryBudget {
  readonly #bytesMax: number;
  readonly #waiting: Waiter[] = [];
  #used = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes granted now. */
  get used(): number {
    return this.#used;
  }

  /** A grant of nothing, to be resized. */
  grant(): MemoryGrant {
    let held = 0;
    const settle = (bytes: number) => {
      this.#used += bytes - held;
      held = bytes;
    };
    return {
      resize: (bytes) => {
        if (bytes <= held || this.#fits(bytes - held)) {
          settle(bytes);
          this.#wakeThoseWhoFit();
          return;
        }
        return new Promise((resolve) => {
          this.#waiting.push({
            extra: bytes - held,
            take() {
              settle(bytes);
              resolve();
            },
          });
        });
      },
    };
  }

  #fits(extra: number): boolean {
    return this.#used === 0 || this.#used + extra <= this.#bytesMax;
  }

  #wakeThoseWhoFit(): void {
    while (this.#waiting.length > 0 && this.#fits(this.#waiting[0].extra)) {
      this.#waiting.shift()?.take();
    }
  }
}

interface Waiter {
  readonly extra: number;
  take(): void;
}
