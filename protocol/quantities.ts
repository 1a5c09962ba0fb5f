/**
 * Sizes and durations as people write them, in option values (VSR.md section 7.1) as in configuration
 * (`lib/config/quantities.ts` adds its words): byte units of 1000 and of 1024, humantime's units of time.
 *
 * @module
 */

/** Bytes of `"2 MB"`, `"64 MiB"`, `"64 Mi"` or `"4096"`; `undefined` when it is no size below 2^53. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const factor = match === null ? undefined : BYTES_BY_UNIT.get(match[2].toLowerCase());
  return factor === undefined ? undefined : safe(Math.floor(Number(match![1]) * factor));
}

/** Micros of `"30 s"` or `"1h 30m"`; `undefined` when it is no duration below 2^53 micros. */
export function parseMicros(text: string): number | undefined {
  const lowered = text.trim().toLowerCase();
  if (!/^(\d+\s*[a-z]+\s*)+$/.test(lowered)) return undefined;
  let micros = 0;
  for (const [, amount, unit] of lowered.matchAll(/(\d+)\s*([a-z]+)/g)) {
    micros += Number(amount) * (MICROS_BY_UNIT.get(unit) ?? NaN);
  }
  return safe(Math.ceil(micros));
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

const BYTES_BY_UNIT: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["b", 1],
  ...["k", "m", "g", "t", "p", "e"].flatMap((prefix, at): [string, number][] => [
    ...["", "b"].map((unit): [string, number] => [prefix + unit, 1000 ** (at + 1)]),
    ...["i", "ib"].map((unit): [string, number] => [prefix + unit, 1024 ** (at + 1)]),
  ]),
]);

const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;

const MICROS_BY_UNIT: ReadonlyMap<string, number> = new Map(
  ([
    ["ns nsec", 0.001],
    ["us usec", 1],
    ["ms msec millis", 1000],
    ["s sec secs second seconds", SECOND],
    ["m min mins minute minutes", 60 * SECOND],
    ["h hr hrs hour hours", 3600 * SECOND],
    ["d day days", DAY],
    ["w wk wks week weeks", 7 * DAY],
    ["month months", 30.44 * DAY],
    ["y yr yrs year years", 365.25 * DAY],
  ] as const).flatMap(([names, micros]) => names.split(" ").map((name) => [name, micros] as const)),
);
