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
  /**
   * Asks for `bytes` in all; a promise when they are not there yet. Shrinking is at once. One call
   * waits at a time.
   */
  resize(bytes: number): void | Promise<void>;
  /** Ends a wait: its promise resolves and what was asked for was not granted. */
  giveUp(): void;
}

/** The budget; sizes in bytes. */
export class MemoryBudget {
  readonly #bytesMax: number;
  readonly #waiting = new Set<Waiter>();
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
    let waiter: Waiter | undefined;
    const fits = (bytes: number) => bytes <= held || this.#fits(this.#used - held, bytes);
    const settle = (bytes: number) => {
      this.#used += bytes - held;
      held = bytes;
    };
    return {
      resize: (bytes) => {
        if (fits(bytes)) {
          settle(bytes);
          return this.#wakeThoseWhoFit();
        }
        return new Promise((resolve) => {
          waiter = { fits: () => fits(bytes), take: () => settle(bytes), resolve };
          this.#waiting.add(waiter);
        });
      },
      giveUp: () => {
        if (waiter === undefined || !this.#waiting.delete(waiter)) return;
        waiter.resolve();
        this.#wakeThoseWhoFit();
      },
    };
  }

  #fits(othersBytes: number, bytes: number): boolean {
    return othersBytes === 0 || othersBytes + bytes <= this.#bytesMax;
  }

  /** In the order they came: the first who does not fit holds up those behind. */
  #wakeThoseWhoFit(): void {
    for (const waiter of this.#waiting) {
      if (!waiter.fits()) return;
      this.#waiting.delete(waiter);
      waiter.take();
      waiter.resolve();
    }
  }
}

interface Waiter {
  fits(): boolean;
  take(): void;
  resolve(): void;
}
