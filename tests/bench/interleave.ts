/**
 * Measures rivals on a busy machine: short windows in turn, so that all meet the same noise. The
 * best window says what a quiet core does, the median how it went; trust ratios more than either.
 *
 * @module
 */

/** Ways to do the same thing, by name; the first is the one the others are compared with. */
export interface Race {
  readonly name: string;
  /** What one run works through, where MB/s say more than microseconds. */
  readonly bytes?: number;
  readonly rivals: Readonly<Record<string, () => unknown>>;
}

/** What a rival took, in microseconds a run. */
export interface Pace {
  readonly rival: string;
  readonly best: number;
  readonly median: number;
}

/** How long and how often; the defaults are those of every figure in the READMEs. */
export interface Windows {
  readonly count: number;
  readonly milliseconds: number;
}

/** Runs every rival in turn, window by window. */
export function interleave(race: Race, windows: Windows = WINDOWS): Pace[] {
  const rivals = Object.entries(race.rivals).map(([rival, run]) => ({
    rival,
    run,
    runsPerWindow: warmUp(run, windows.milliseconds),
    paces: [] as number[],
  }));
  for (let window = 0; window < windows.count; window++) {
    for (const { run, runsPerWindow, paces } of rivals) {
      paces.push(time(run, runsPerWindow) * 1000 / runsPerWindow);
    }
  }
  return rivals.map(({ rival, paces }) => {
    paces.sort((a, b) => a - b);
    return { rival, best: paces[0], median: paces[paces.length >> 1] };
  });
}

/** The lines of a table: a head, then one line a rival. */
export function tableOf(race: Race, paces: readonly Pace[]): string[] {
  const bytes = race.bytes;
  const unit = bytes === undefined ? "us" : "MB/s";
  const figure = (pace: number) => threeDigits(bytes === undefined ? pace : bytes / pace);
  const line = (cells: string[]) =>
    cells[0].padEnd(34) + cells.slice(1).map((each) => each.padStart(9)).join("");
  return [
    line([race.name, unit, "median", "ratio"]),
    ...paces.map(({ rival, best, median }) =>
      line([`  ${rival}`, figure(best), figure(median), (best / paces[0].best).toFixed(2)])
    ),
  ];
}

/** Until the compiler has done its work; returns how many runs fill a window. */
function warmUp(run: () => unknown, milliseconds: number): number {
  let runs = 1;
  for (let round = 0; round < 3 || time(run, runs) < milliseconds / 2; round++) {
    const took = time(run, runs);
    runs = Math.max(1, took < milliseconds / 8 ? runs * 4 : Math.round(runs * milliseconds / took));
  }
  return runs;
}

function time(run: () => unknown, runs: number): number {
  const start = performance.now();
  for (let at = 0; at < runs; at++) sink.last = run();
  return performance.now() - start;
}

function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Holds the last result, so that no run can be left out as useless. */
const sink: { last: unknown } = { last: undefined };

const WINDOWS: Windows = { count: 100, milliseconds: 2 };
