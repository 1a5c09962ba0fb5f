/**
 * Group commit: many waiters, one sync.
 *
 * @module
 */

/**
 * Runs one commit at a time. Whoever asks while one runs that may have begun too early for him waits
 * for the next, together with all others who came meanwhile.
 */
export class GroupCommit {
  readonly #end: () => number;
  readonly #commit: () => Promise<void>;
  #running: Turn | undefined;
  #next: Turn | undefined;

  /**
   * @param end The offset up to which a commit that starts now reaches.
   * @param commit Makes it so.
   */
  constructor(end: () => number, commit: () => Promise<void>) {
    this.#end = end;
    this.#commit = commit;
  }

  /** Resolves when all before `offset` is committed; rejects with the error of the commit it needed. */
  reach(offset: number): Promise<void> {
    if (this.#running === undefined) return this.#start(new Turn()).promise;
    if (this.#running.end >= offset) return this.#running.promise;
    this.#next ??= new Turn();
    return this.#next.promise;
  }

  /** Resolves when no commit runs or waits, however the last one ended. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running.promise.catch(() => {});
  }

  #start(turn: Turn): Turn {
    this.#running = turn;
    turn.end = this.#end();
    this.#commit().then(turn.resolve, turn.reject).finally(() => this.#finish());
    return turn;
  }

  #finish(): void {
    this.#running = undefined;
    const next = this.#next;
    if (next === undefined) return;
    this.#next = undefined;
    this.#start(next);
  }
}

/** One commit and the promise that all who wait for it share. */
class Turn {
  end = 0;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.promise = promise;
    this.resolve = resolve;
    this.reject = reject;
    // A commit nobody waits for reports its failure elsewhere.
    promise.catch(() => {});
  }
}
