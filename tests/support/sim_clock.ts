/**
 * Time that stands still until a test moves it.
 *
 * @module
 */
import type { Clock } from "../../lib/ports.ts";

/** A clock that is set by hand; both of its times move together. */
export class SimClock implements Clock {
  micros = 1_700_000_000_000_000;
  readonly #timers = new Set<Timer>();

  /** Timers that wait. */
  get timers(): number {
    return this.#timers.size;
  }

  nowMicros(): number {
    return this.micros;
  }

  monotonicMs(): number {
    return this.micros / 1000;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { atMicros: this.micros + delayMs * 1000, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass; what falls due happens at its time, one after the other. */
  advance(ms: number): void {
    const end = this.micros + ms * 1000;
    for (let timer; (timer = this.#next(end)) !== undefined;) {
      this.#timers.delete(timer);
      this.micros = Math.max(this.micros, timer.atMicros);
      timer.task();
    }
    this.micros = end;
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.atMicros <= end && timer.atMicros < (next?.atMicros ?? Infinity)) next = timer;
    }
    return next;
  }
}

interface Timer {
  readonly atMicros: number;
  readonly task: () => void;
}
