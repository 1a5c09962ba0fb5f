import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  formatDurationMicros,
  formatSize,
  parseDurationMicros,
  parseSize,
} from "../../../lib/config/quantities.ts";

const KIB = 1024;
const MIB = 1024 * 1024;
const SECOND = 1_000_000;

const SIZES: readonly (readonly [string, number | undefined])[] = [
  ["2 MB", 2_000_000],
  ["64 MiB", 64 * MIB],
  ["64MiB", 64 * MIB],
  ["1 GiB", 1024 * MIB],
  ["1 GB", 1_000_000_000],
  ["4 TiB", 4 * 1024 * 1024 * MIB],
  ["1200 B", 1200],
  ["100 kb", 100_000],
  ["10kib", 10 * KIB],
  ["64 Mi", 64 * MIB],
  ["5 k", 5000],
  ["4096", 4096],
  ["1.5 MB", 1_500_000],
  ["0", 0],
  ["0 B", 0],
  ["unlimited", 0],
  ["Unlimited", 0],
  ["none", 0],
  ["", undefined],
  ["MB", undefined],
  ["-1 MB", undefined],
  ["2 MBit", undefined],
  ["2 parsecs", undefined],
  ["1 GiB 2 MiB", undefined],
  ["99999999 TB", undefined],
];

const DURATIONS: readonly (readonly [string, number | undefined])[] = [
  ["30 s", 30 * SECOND],
  ["30s", 30 * SECOND],
  ["1 m", 60 * SECOND],
  ["1 M", 60 * SECOND],
  ["5min", 300 * SECOND],
  ["1 h", 3600 * SECOND],
  ["1 h 30 m", 5400 * SECOND],
  ["1h30m", 5400 * SECOND],
  ["2days 12h", 216_000 * SECOND],
  ["7 days", 604_800 * SECOND],
  ["1 week", 604_800 * SECOND],
  ["1 month", 2_630_016 * SECOND],
  ["1 year", 31_557_600 * SECOND],
  ["500 ms", 500_000],
  ["250 us", 250],
  ["1 ns", 1],
  ["0", 0],
  ["0 s", 0],
  ["none", 0],
  ["Disabled", 0],
  ["unlimited", 0],
  ["30", undefined],
  ["s", undefined],
  ["", undefined],
  ["-1 s", undefined],
  ["1.5 s", undefined],
  ["3 fortnights", undefined],
  ["1 h and 2 m", undefined],
  ["999999999999 years", undefined],
];

for (const [text, bytes] of SIZES) {
  Deno.test(`parseSize() reads "${text}" as ${bytes}`, () => assertEquals(parseSize(text), bytes));
}

for (const [text, micros] of DURATIONS) {
  Deno.test(`parseDurationMicros() reads "${text}" as ${micros}`, () => {
    assertEquals(parseDurationMicros(text), micros);
  });
}

Deno.test("formatSize() takes the largest unit without a fraction", () => {
  const sizes = [0, 1, 1000, 1024, 100_000, 64 * MIB, 64_000_000, 1024 * MIB];
  const texts = ["0", "1 B", "1 KB", "1 KiB", "100 KB", "64 MiB", "64 MB", "1 GiB"];
  assertEquals(sizes.map(formatSize), texts);
});

Deno.test("formatDurationMicros() takes the largest unit without a fraction", () => {
  const durations = [0, 1, 500_000, 30 * SECOND, 90 * SECOND, 60 * SECOND, 604_800 * SECOND];
  const texts = ["0 s", "1 us", "500 ms", "30 s", "90 s", "1 m", "7 days"];
  assertEquals(durations.map(formatDurationMicros), texts);
});

Deno.test("parseSize() reads back what formatSize() writes", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (bytes) => {
    assertEquals(parseSize(formatSize(bytes)), bytes);
  }));
});

Deno.test("parseDurationMicros() reads back what formatDurationMicros() writes", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (micros) => {
    assertEquals(parseDurationMicros(formatDurationMicros(micros)), micros);
  }));
});
