import { assertEquals } from "@std/assert";
import { parseBytes, parseMicros } from "../../protocol/quantities.ts";

Deno.test("parseBytes() reads units of 1000 and of 1024", () => {
  const sizes: [string, number | undefined][] = [
    ["0", 0],
    ["4096", 4096],
    ["1 B", 1],
    ["2 MB", 2_000_000],
    ["64 MiB", 67_108_864],
    ["1GiB", 2 ** 30],
    ["1.5 kib", 1536],
    ["4 PiB", 2 ** 52],
    ["9 PiB", undefined],
    ["1 EiB", undefined],
    ["-1", undefined],
    ["1 XB", undefined],
    ["GiB", undefined],
    ["", undefined],
  ];
  for (const [text, bytes] of sizes) assertEquals(parseBytes(text), bytes, text);
});

Deno.test("parseMicros() adds up humantime's units", () => {
  const durations: [string, number | undefined][] = [
    ["1 us", 1],
    ["500 ms", 500_000],
    ["1 h", 3_600_000_000],
    ["1h 30m", 5_400_000_000],
    ["1day 2h", 93_600_000_000],
    ["7 days", 604_800_000_000],
    ["2 Weeks", 1_209_600_000_000],
    ["1 ns", 1],
    ["5", undefined],
    ["5 fortnights", undefined],
    ["1 h later", undefined],
    ["999999 years", undefined],
    ["", undefined],
  ];
  for (const [text, micros] of durations) assertEquals(parseMicros(text), micros, text);
});
