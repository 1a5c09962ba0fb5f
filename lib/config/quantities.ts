/**
 * Sizes and durations as people write them: `"64 MiB"`, `"1 h 30 m"`. The grammar is Iggy's
 * (CONFIG-CLI.md section 1): what `protocol/quantities.ts` reads, and words for zero.
 *
 * @module
 */
import { parseBytes, parseMicros } from "../../protocol/quantities.ts";

/** Bytes of a size such as `"2 MB"`, `"64 MiB"` or `"4096"`; `"0"`, `"unlimited"` and `"none"` give 0; `undefined` when it is no size. */
export function parseSize(text: string): number | undefined {
  if (ZERO_SIZES.has(text.toLowerCase())) return 0;
  return parseBytes(text);
}

/** Writes bytes in the largest unit that takes no fraction: `67108864` is `"64 MiB"`. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return "0";
  const [unit, factor] = SIZE_UNITS.find(([, factor]) => bytes % factor === 0)!;
  return `${bytes / factor} ${unit}`;
}

/** Microseconds of a duration such as `"30 s"` or `"1h 30m"`; `"0"`, `"none"`, `"disabled"` and `"unlimited"` give 0; `undefined` when it is no duration. */
export function parseDurationMicros(text: string): number | undefined {
  if (ZERO_DURATIONS.has(text.trim().toLowerCase())) return 0;
  return parseMicros(text);
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
