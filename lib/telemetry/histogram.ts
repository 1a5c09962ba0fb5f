/**
 * How long things take, counted in buckets: what a record costs is a handful of comparisons, and no
 * memory.
 *
 * @module
 */

/** Times in seconds, by upper bounds that all histograms share. */
export class Histogram {
  readonly #counts = new Float64Array(BOUNDS_SECONDS.length + 1);
  #sumSeconds = 0;

  /** Counts one time of so many milliseconds, at least 0. */
  record(ms: number): void {
    const seconds = ms / 1000;
    let bucket = 0;
    while (bucket < BOUNDS_SECONDS.length && seconds > BOUNDS_SECONDS[bucket]) bucket++;
    this.#counts[bucket]++;
    this.#sumSeconds += seconds;
  }

  /** How many were recorded. */
  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  get sumSeconds(): number {
    return this.#sumSeconds;
  }

  /** How many were recorded in each bucket, the last one without a bound; a copy. */
  counts(): Float64Array {
    return this.#counts.slice();
  }
}

/** Upper bounds of the buckets, seconds, rising. */
export const BOUNDS_SECONDS: readonly number[] = [
  0.00005,
  0.0001,
  0.00025,
  0.0005,
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  30,
];

/**
 * The time in seconds that a share of `quantile` (0 to 1) stays below, by counts as `Histogram.counts`
 * gives them, or the difference of two: interpolated in its bucket. `undefined` when nothing was
 * counted; the last bound where it is beyond.
 */
export function quantileSeconds(counts: Float64Array, quantile: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let wanted = quantile * total;
  for (const [bucket, upper] of BOUNDS_SECONDS.entries()) {
    const count = counts[bucket];
    if (wanted <= count && count > 0) {
      const lower = bucket === 0 ? 0 : BOUNDS_SECONDS[bucket - 1];
      return lower + (upper - lower) * wanted / count;
    }
    wanted -= count;
  }
  return BOUNDS_SECONDS.at(-1);
}
