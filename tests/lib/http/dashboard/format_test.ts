import { assertEquals } from "@std/assert";
import {
  ago,
  bytes,
  count,
  counted,
  duration,
  exactTime,
  short,
} from "../../../../lib/http/dashboard/format.ts";

Deno.test("count() and counted() group digits and bend the noun", () => {
  assertEquals([count(0), count(12_400), count(1.6)], ["0", "12,400", "2"]);
  assertEquals([counted(1, "message"), counted(2000, "message")], ["1 message", "2,000 messages"]);
});

Deno.test("bytes() gives three digits in decimal units", () => {
  assertEquals([0, 999, 1000, 1_460_000, 12_345_678, 999_600].map(bytes), [
    "0 B",
    "999 B",
    "1.00 kB",
    "1.46 MB",
    "12.3 MB",
    "1.00 MB",
  ]);
});

Deno.test("short() keeps four digits and shortens more", () => {
  assertEquals([0, 2.5, 12, 9999, 12_400, 3_400_000, 5e9].map(short), [
    "0",
    "2.5",
    "12",
    "9,999",
    "12.4 k",
    "3.40 M",
    "5.00 G",
  ]);
});

Deno.test("duration() gives the two largest units", () => {
  assertEquals([40, 12_000, 200_000, 532_800_000, 3_600_000, 86_405_000].map(duration), [
    "40 ms",
    "12 s",
    "3 min 20 s",
    "6 d 4 h",
    "1 h",
    "1 d",
  ]);
});

Deno.test("ago() looks both ways, with the largest unit", () => {
  const now = 1_700_000_000_000_000;
  assertEquals(ago(now - 12_500_000, now), "12 s ago");
  assertEquals(ago(now + 3 * 86_400_000_000, now), "in 3 d");
  assertEquals(ago(now - 400_000, now), "now");
});

Deno.test("exactTime() tells micros, and never fails", () => {
  assertEquals(exactTime(1_795_830_367_123_456), "2026-11-28 01:46:07.123456 UTC");
  assertEquals(exactTime(Number.MAX_SAFE_INTEGER), "2255-06-05 23:47:34.740991 UTC");
  assertEquals(exactTime(1e30), "1e+30 µs");
});
