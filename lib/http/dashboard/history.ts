/**
 * What the node did in the last minutes, a sample a second, in memory of a fixed size.
 *
 * ```text
 * the node's plain counters --sampling.ts, once a second--> ring of numbers --> charts
 * ```
 *
 * @module
 */

/** What is kept of a second. Of those in `COUNTERS`, which only ever grow, the growth is kept. */
const FIGURES = [
  "sentMessages",
  "polledMessages",
  "sentBytes",
  "polledBytes",
  "cpuSeconds",
  "memoryBytes",
  "diskBytes",
  "clients",
  "connections",
  "medianMs",
  "slowMs",
] as const;

export type Figure = (typeof FIGURES)[number];

/** One second's; `NaN` where there was nothing to measure. */
export type Sample = Readonly<Record<Figure, number>>;

/** The last {@link SECONDS_KEPT} samples. */
export class History {
  readonly #rings: Readonly<Record<Figure, Float64Array>>;
  #last: Sample | undefined;
  #count = 0;

  constructor() {
    this.#rings = Object.fromEntries(
      FIGURES.map((figure) => [figure, new Float64Array(SECONDS_KEPT)]),
    ) as Record<Figure, Float64Array>;
  }

  /** How many samples there are. */
  get length(): number {
    return Math.min(this.#count, SECONDS_KEPT);
  }

  /** Adds a sample in place of the oldest. */
  add(sample: Sample): void {
    const before = this.#last ?? sample;
    const at = this.#count++ % SECONDS_KEPT;
    for (const figure of FIGURES) {
      const value = sample[figure];
      this.#rings[figure][at] = COUNTERS.has(figure) ? Math.max(0, value - before[figure]) : value;
    }
    this.#last = sample;
  }

  /** The newest value; 0 when there is none. */
  latest(figure: Figure): number {
    return this.#count === 0 ? 0 : this.#rings[figure][(this.#count - 1) % SECONDS_KEPT];
  }

  /**
   * Averages of the last `seconds` in at most {@link POINTS_MAX} parts, oldest first; `undefined` where there was
   * nothing. Parts begin at multiples of their width, so that a line moves and does not flicker.
   */
  series(figure: Figure, seconds: number): (number | undefined)[] {
    const buckets = Math.min(POINTS_MAX, seconds);
    const width = seconds / buckets;
    const end = Math.ceil(this.#count / width) * width;
    const oldest = this.#count - this.length;
    return Array.from({ length: buckets }, (_, bucket) => {
      const from = Math.max(end - seconds + bucket * width, oldest);
      const to = Math.min(end - seconds + (bucket + 1) * width, this.#count);
      return this.#average(figure, from, to);
    });
  }

  #average(figure: Figure, from: number, to: number): number | undefined {
    let sum = 0;
    let found = 0;
    for (let at = from; at < to; at++) {
      const value = this.#rings[figure][at % SECONDS_KEPT];
      if (Number.isNaN(value)) continue;
      sum += value;
      found++;
    }
    return found === 0 ? undefined : sum / found;
  }
}

/** How far back charts can go. */
export const SECONDS_KEPT = 900;

/** Points of a chart; divides what charts go back to. */
export const POINTS_MAX = 180;

const COUNTERS: ReadonlySet<Figure> = new Set([
  "sentMessages",
  "polledMessages",
  "sentBytes",
  "polledBytes",
  "cpuSeconds",
  "connections",
]);
