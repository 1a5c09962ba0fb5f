/**
 * How far long work is, in one line on the terminal of the errors; nothing where there is no terminal.
 *
 * @module
 */
import type { CommandContext } from "./command_context.ts";

/** See the module comment. */
export class Progress {
  readonly #context: CommandContext;
  readonly #noun: string;
  readonly #total: number | undefined;
  readonly #startMs: number;
  #shownMs = -Infinity;
  #isShown = false;

  /** Of `total` things that `noun` names, or of as many as there will be. */
  constructor(context: CommandContext, noun: string, total?: number) {
    this.#context = context;
    this.#noun = noun;
    this.#total = total;
    this.#startMs = context.ports.clock.monotonicMs();
  }

  /** So many are done, and that `share` of all, from 0 to 1. Draws at most ten times a second. */
  show(done: number, share: number | undefined = this.#shareOf(done)): void {
    const { ports, showsProgress } = this.#context;
    const nowMs = ports.clock.monotonicMs();
    if (!showsProgress || nowMs - this.#shownMs < BETWEEN_MS) return;
    this.#shownMs = nowMs;
    this.#isShown = true;
    const seconds = Math.max(0.001, (nowMs - this.#startMs) / 1000);
    const pace = `${Math.round(done / seconds)}/s`;
    ports.draw(`\r\x1b[K${bar(share)}${done} ${this.#noun}, ${pace}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isShown) this.#context.ports.draw("\r\x1b[K");
    this.#isShown = false;
  }

  #shareOf(done: number): number | undefined {
    return this.#total === undefined ? undefined : done / this.#total;
  }
}

function bar(share: number | undefined): string {
  if (share === undefined) return "";
  const filled = Math.round(Math.min(1, share) * BAR_WIDTH);
  return `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)} `;
}

const BETWEEN_MS = 100;
const BAR_WIDTH = 24;
