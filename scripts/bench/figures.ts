/**
 * Samples become figures, figures become tables.
 *
 * @module
 */
import type { Sample } from "./contender.ts";
import type { CpuSeconds } from "./cpu.ts";

/** What one contender did in one direction, over all its turns. */
export interface Series {
  readonly name: string;
  readonly isFloor: boolean;
  readonly samples: readonly Sample[];
}

/** How much one sample moved. */
export interface Volume {
  /** Bytes of payload. */
  readonly bytes: number;
  readonly messages: number;
  readonly requests: number;
}

/** The middle of several turns and how far they were apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** A row of a table. */
export interface Figures {
  readonly name: string;
  /** 1e6 bytes of payload a second. */
  readonly megabytesPerSecond: Spread;
  /**
   * Its speed over that of the last floor, turn by turn: both took the same turn. `undefined` when
   * there is no floor.
   */
  readonly ofFloor: Spread | undefined;
  readonly messagesPerSecond: Spread;
  /** Of requests, over all turns, by the name of the quantile. */
  readonly latencyMs: Readonly<Record<QuantileName, number>>;
  /** Processor seconds of the server for 1e9 bytes of payload; `undefined` where nobody tells. */
  readonly cpuPerGigabyte: CpuSeconds | undefined;
  /** Processor microseconds of the server for one request, user and system. */
  readonly cpuPerRequest: number | undefined;
}

/** Figures of all contenders, compared with the last floor among them. */
export function figuresOf(series: readonly Series[], volume: Volume): Figures[] {
  const { bytes, messages, requests } = volume;
  const floor = series.findLast(({ isFloor }) => isFloor);
  return series.map(({ name, samples }) => {
    const cpu = cpuOf(samples);
    return {
      name,
      megabytesPerSecond: spread(samples.map(({ seconds }) => bytes / 1e6 / seconds)),
      ofFloor: floor === undefined
        ? undefined
        : spread(samples.map(({ seconds }, turn) => floor.samples[turn].seconds / seconds)),
      messagesPerSecond: spread(samples.map(({ seconds }) => messages / seconds)),
      latencyMs: latencies(samples),
      cpuPerGigabyte: cpu && {
        user: cpu.user * 1e9 / bytes,
        system: cpu.system * 1e9 / bytes,
      },
      cpuPerRequest: cpu && (cpu.user + cpu.system) * 1e6 / requests,
    };
  });
}

/** The rows, laid out below their head. */
export function tableOf(figures: readonly Figures[]): string[] {
  return aligned([HEAD, ...figures.map(cells)]);
}

/** Lines of cells: the first column to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  return rows.map((row) =>
    row.map((cell, at) => at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))
      .join("  ").trimEnd()
  );
}

/** The middle one, or the mean of the two in the middle. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** The value that the share `quantile` of `sorted` does not pass. */
export function quantile(sorted: Float64Array, quantile: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * quantile) - 1)];
}

function latencies(samples: readonly Sample[]): Record<QuantileName, number> {
  const all = new Float64Array(samples.reduce((sum, each) => sum + each.latenciesMs.length, 0));
  let at = 0;
  for (const { latenciesMs } of samples) {
    all.set(latenciesMs, at);
    at += latenciesMs.length;
  }
  all.sort();
  return { p50: quantile(all, 0.5), p99: quantile(all, 0.99), p999: quantile(all, 0.999) };
}

/** The median of what the turns used; `undefined` unless it is known of all. */
function cpuOf(samples: readonly Sample[]): CpuSeconds | undefined {
  const used = samples.flatMap(({ cpu }) => cpu ?? []);
  if (used.length < samples.length) return undefined;
  return {
    user: spread(used.map(({ user }) => user)).median,
    system: spread(used.map(({ system }) => system)).median,
  };
}

function cells(figures: Figures): string[] {
  const { name, megabytesPerSecond, ofFloor, messagesPerSecond, latencyMs } = figures;
  const { cpuPerGigabyte, cpuPerRequest } = figures;
  return [
    name,
    digits(megabytesPerSecond.median),
    `(${digits(megabytesPerSecond.min)}-${digits(megabytesPerSecond.max)})`,
    ofFloor?.median.toFixed(2) ?? "",
    messagesPerSecond.median.toLocaleString("en", { maximumFractionDigits: 0 }),
    ...QUANTILES.map((each) => digits(latencyMs[each])),
    cpuPerGigabyte === undefined
      ? ""
      : `${digits(cpuPerGigabyte.user)} + ${digits(cpuPerGigabyte.system)}`,
    cpuPerRequest === undefined ? "" : digits(cpuPerRequest),
  ];
}

/** Three of them, as far as they come after the point. */
export function digits(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

const QUANTILES = ["p50", "p99", "p999"] as const;
type QuantileName = (typeof QUANTILES)[number];

const HEAD = [
  "",
  "MB/s",
  "(min-max)",
  "of floor",
  "messages/s",
  ...QUANTILES.map((each) => `${each} ms`),
  "CPU s/GB",
  "us/request",
];
