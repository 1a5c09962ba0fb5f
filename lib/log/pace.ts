/**
 * Long work in short steps, so that it never keeps requests waiting.
 *
 * @module
 */
import type { Clock } from "../ports.ts";

/** Says when work has gone on for long enough, and waits then until all others had their turn. */
export class Pace {
  readonly #clock: Clock;
  readonly #stepMsMax: number;
  readonly #resume = new Set<() => void>();
  #stepStartMs: number;
  #isStopped = false;

  /** `stepMsMax`: how long others wait at most, one piece of work excepted. */
  constructor(clock: Clock, stepMsMax: number) {
    this.#clock = clock;
    this.#stepMsMax = stepMsMax;
    this.#stepStartMs = clock.monotonicMs();
  }

  /** Whether no more work is to be begun. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Says that a step begins now: nothing was done since the last one, or others had their turn. */
  begin(): void {
    this.#stepStartMs = this.#clock.monotonicMs();
  }

  /** Call it between two pieces of work. Resolves when the next may begin; `undefined`: at once. */
  turn(): Promise<void> | undefined {
    const elapsedMs = this.#clock.monotonicMs() - this.#stepStartMs;
    return this.#isStopped || elapsedMs < this.#stepMsMax ? undefined : this.#pause();
  }

  /** Ends all pauses, and those to come: what is left of the work is to be left undone. */
  stop(): void {
    this.#isStopped = true;
    for (const resume of [...this.#resume]) resume();
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(0, () => resume());
      const resume = () => {
        this.#resume.delete(resume);
        cancel();
        resolve();
      };
      this.#resume.add(resume);
    });
    this.begin();
  }
}
