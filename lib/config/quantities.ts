/**
 * Sizes and durations as people write them: `"64 MiB"`, `"1 h 30 m"`. The grammar is Iggy's
 * (CONFIG-CLI.md section 1): byte units of 1000 and of 1024, humantime's units of time.
 *
 * @module
 */

/** Bytes of a size such as `"2 MB"`, `"64 MiB"` or `"4096"`; `"0"`, `"unlimited"` and `"none"` give 0; `undefined` when it is no size. */
export function parseSize(text: string): number | undefined {
  if (ZERO_SIZES.has(text.toLowerCase())) return 0;
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (match === null) return undefined;
  const factor = BYTES_BY_UNIT.get(match[2].toLowerCase());
  if (factor === undefined) return undefined;
  const bytes = Math.floor(Number(match[1]) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Writes bytes in the largest unit that takes no fraction: `67108864` is `"64 MiB"`. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return "0";
  const [unit, factor] = SIZE_UNITS.find(([, factor]) => bytes % factor === 0)!;
  return `${bytes / factor} ${unit}`;
}

/** Microseconds of a duration such as `"30 s"` or `"1h 30m"`; `"0"`, `"none"`, `"disabled"` and `"unlimited"` give 0; `undefined` when it is no duration. */
export function parseDurationMicros(text: string): number | undefined {
  const lowered = text.trim().toLowerCase();
  if (ZERO_DURATIONS.has(lowered)) return 0;
  if (!/^(\d+\s*[a-z]+\s*)+$/.test(lowered)) return undefined;
  let micros = 0;
  for (const [, amount, unit] of lowered.matchAll(/(\d+)\s*([a-z]+)/g)) {
    const factor = MICROS_BY_UNIT.get(unit);
    if (factor === undefined) return undefined;
    micros += Number(amount) * factor;
  }
  return Number.isSafeInteger(Math.ceil(micros)) ? Math.ceil(micros) : undefined;
}

/** Writes microseconds in the largest unit that takes no fraction: `90000000` is `"90 s"`. */
export function formatDurationMicros(micros: number): string {
  if (micros === 0) return "0 s";
  const [unit, factor] = DURATION_UNITS.find(([, factor]) => micros % factor === 0)!;
  return `${micros / factor} ${unit}`;
}

const ZERO_SIZES = new Set(["0", "unlimited", "none"]);

const SIZE_UNITS: readonly (readonly [string, number])[] = [
  ["TiB", 1024 ** 4],
  ["TB", 1000 ** 4],
  ["GiB", 1024 ** 3],
  ["GB", 1000 ** 3],
  ["MiB", 1024 ** 2],
  ["MB", 1000 ** 2],
  ["KiB", 1024],
  ["KB", 1000],
  ["B", 1],
];

/** The units above in lower case, also without their `B` (`"64 Mi"`), and a bare number of bytes. */
const BYTES_BY_UNIT = new Map<string, number>([
  ["", 1],
  ...SIZE_UNITS.flatMap(([unit, factor]): [string, number][] => {
    const name = unit.toLowerCase();
    return name === "b" ? [[name, factor]] : [[name, factor], [name.slice(0, -1), factor]];
  }),
]);

const ZERO_DURATIONS = new Set(["0", "none", "disabled", "unlimited"]);

const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;

const DURATION_UNITS: readonly (readonly [string, number])[] = [
  ["days", DAY],
  ["h", 3600 * SECOND],
  ["m", 60 * SECOND],
  ["s", SECOND],
  ["ms", 1000],
  ["us", 1],
];

/** humantime's units; its capital `M` (month) cannot occur, because Iggy lowers the text first. */
const MICROS_BY_UNIT = new Map<string, number>(
  ([
    ["ns nsec", 0.001],
    ["us usec", 1],
    ["ms msec millis", 1000],
    ["s sec secs second seconds", SECOND],
    ["m min mins minute minutes", 60 * SECOND],
    ["h hr hrs hour hours", 3600 * SECOND],
    ["d day days", DAY],
    ["w week weeks", 7 * DAY],
    ["month months", 30.44 * DAY],
    ["y year years", 365.25 * DAY],
  ] as const).flatMap(([names, micros]) => names.split(" ").map((name) => [name, micros] as const)),
);
