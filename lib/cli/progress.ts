/**
 * How far long work is, in one line on the terminal of the errors; nothing where there is no terminal.
 * The line is cli-progress'.
 *
 * @module
 */
import { SingleBar } from "cli-progress";
import type { CommandContext } from "./command_context.ts";

/** See the module comment. Disposing of it takes the line away. */
export class Progress implements Disposable {
  readonly #context: CommandContext;
  readonly #noun: string;
  readonly #total: number | undefined;
  readonly #startMs: number;
  #bar: Bar | undefined;

  /** Of `total` things that `noun` names, or of as many as there will be. */
  constructor(context: CommandContext, noun: string, total?: number) {
    this.#context = context;
    this.#noun = noun;
    this.#total = total;
    this.#startMs = context.ports.clock.monotonicMs();
  }

  /** So many are done, and that `share` of all, from 0 to 1. Drawn some ten times a second at most. */
  show(done: number, share: number | undefined = this.#shareOf(done)): void {
    const { ports, showsProgress } = this.#context;
    if (!showsProgress) return;
    const seconds = Math.max(0.001, (ports.clock.monotonicMs() - this.#startMs) / 1000);
    const words = { done, noun: this.#noun, pace: Math.round(done / seconds) };
    if (this.#bar !== undefined) {
      this.#bar.update(share ?? 0, words);
      return;
    }
    this.#bar = barOn(ports.draw, share !== undefined);
    this.#bar.start(1, share ?? 0, words);
  }

  [Symbol.dispose](): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #shareOf(done: number): number | undefined {
    return this.#total === undefined ? undefined : done / this.#total;
  }
}

/** The package comes without types. */
interface Bar {
  start(total: number, value: number, words: Words): void;
  update(value: number, words: Words): void;
  stop(): void;
}

type Words = Readonly<Record<string, string | number>>;

/** `linewrap`: a line too long is cut short, where else the terminal's own setting would be changed. */
function barOn(write: (text: string) => void, hasShare: boolean): Bar {
  return new SingleBar({
    stream: { isTTY: true, write },
    format: `${hasShare ? "{bar} " : ""}{done} {noun}, {pace}/s`,
    barsize: BAR_WIDTH,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    linewrap: true,
    clearOnComplete: true,
  });
}

const BAR_WIDTH = 24;
