/**
 * Turns of `deno task bench tls` become tables.
 *
 * @module
 */
import { aligned, digits, quantile, spread } from "./figures.ts";
import type { CpuSeconds } from "./cpu.ts";
import type { Memory, TlsContender, Turn } from "./tls_contenders.ts";
import type { Measure } from "./tls_options.ts";

/** What one contender did by one measure. */
export interface TlsSeries {
  readonly contender: Pick<TlsContender, "name" | "kind" | "suite">;
  readonly turns: readonly Turn[];
}

/** Lines of the table of one measure; `amount`: bytes, or connections, of one turn. */
export function tlsTable(
  measure: Exclude<Measure, "idle">,
  series: readonly TlsSeries[],
  amount: number,
): string[] {
  if (measure === "send" || measure === "receive") return bulkTable(series, amount);
  return connectionTable(series, amount);
}

/** Lines of the table of memory, the floor's among them. */
export function idleTable(
  rows: readonly { readonly name: string; readonly memory: Memory }[],
): string[] {
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);
  return aligned([
    ["", "held KB", "RSS KB"],
    ...rows.map(({ name, memory }) => [name, kilobytes(memory.held), kilobytes(memory.rss)]),
  ]);
}

function bulkTable(series: readonly TlsSeries[], bytes: number): string[] {
  const rows = series.map((each) => {
    const { contender, turns } = each;
    const native = rivalOf(series, each);
    const speed = spread(turns.map(({ seconds }) => bytes / 1e6 / seconds));
    const cpu = cpuOfTurns(turns);
    const gigabytes = bytes / 1e9;
    return [
      contender.name,
      digits(speed.median),
      `(${digits(speed.min)}-${digits(speed.max)})`,
      ratio(native, each, (own, other) => other.seconds / own.seconds),
      cpu && `${digits(cpu.user / gigabytes)} + ${digits(cpu.system / gigabytes)}`,
      cpuRatio(native, each, ({ user }) => user),
      cpuRatio(native, each, ({ user, system }) => user + system),
    ];
  });
  const head = ["", "MB/s", "(min-max)", "of native", "CPU s/GB", "user/native", "CPU/native"];
  return filled([head, ...rows]);
}

function connectionTable(series: readonly TlsSeries[], connections: number): string[] {
  const rows = series.map((each) => {
    const { contender, turns } = each;
    const native = rivalOf(series, each);
    const speed = spread(turns.map(({ seconds }) => connections / seconds));
    const cpu = cpuOfTurns(turns);
    const latencies = Float64Array.from(turns.flatMap(({ latenciesMs }) => latenciesMs)).sort();
    const micros = (seconds: number) => digits(seconds * 1e6 / connections);
    return [
      contender.name,
      speed.median.toFixed(0),
      `(${speed.min.toFixed(0)}-${speed.max.toFixed(0)})`,
      cpu && (connections / (cpu.user + cpu.system)).toFixed(0),
      cpu && `${micros(cpu.user)} + ${micros(cpu.system)}`,
      cpuRatio(native, each, ({ user, system }) => user + system),
      digits(quantile(latencies, 0.5)),
      digits(quantile(latencies, 0.99)),
    ];
  });
  const head = ["", "a second", "(min-max)", "a core", "CPU us", "CPU/native", "p50 ms", "p99 ms"];
  return filled([head, ...rows]);
}

/** The runtime's server that speaks the same suite: whom a series is compared with. */
function rivalOf(series: readonly TlsSeries[], { contender }: TlsSeries): TlsSeries | undefined {
  if (contender.kind === "native") return undefined;
  return series.find((each) =>
    each.contender.kind === "native" && each.contender.suite === contender.suite
  );
}

/** The median over the rounds, for both had the same round. */
function ratio(
  native: TlsSeries | undefined,
  { turns }: TlsSeries,
  of: (own: Turn, other: Turn) => number,
): string {
  if (native === undefined) return "";
  return spread(turns.map((turn, at) => of(turn, native.turns[at]))).median.toFixed(2);
}

/** Of the sums over the rounds: a clock that ticks every 10 ms is too coarse for one. */
function cpuRatio(
  native: TlsSeries | undefined,
  { turns }: TlsSeries,
  of: (cpu: CpuSeconds) => number,
): string {
  const [own, other] = [cpuOfTurns(turns), native && cpuOfTurns(native.turns)];
  if (own === undefined || other === undefined) return "";
  return (of(own) / of(other)).toFixed(2);
}

/** The mean of the turns; `undefined` unless it is known of all. */
function cpuOfTurns(turns: readonly Turn[]): CpuSeconds | undefined {
  const used = turns.flatMap(({ cpu }) => cpu ?? []);
  if (used.length < turns.length) return undefined;
  const mean = (of: (cpu: CpuSeconds) => number) =>
    used.reduce((sum, each) => sum + of(each), 0) / used.length;
  return { user: mean(({ user }) => user), system: mean(({ system }) => system) };
}

function filled(rows: readonly (readonly (string | undefined)[])[]): string[] {
  return aligned(rows.map((row) => row.map((cell) => cell ?? "")));
}
