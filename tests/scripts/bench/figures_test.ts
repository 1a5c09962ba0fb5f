import { assertEquals } from "@std/assert";
import type { Sample } from "../../../scripts/bench/contender.ts";
import { figuresOf, quantile, spread, tableOf } from "../../../scripts/bench/figures.ts";

const VOLUME = { bytes: 500e6, messages: 500_000, requests: 500 };

function sample(seconds: number, cpu?: Sample["cpu"]): Sample {
  return { seconds, latenciesMs: Float64Array.of(1, 2, 30), cpu };
}

Deno.test("figuresOf() gives the median of the turns and how far they were apart", () => {
  const samples = [sample(1), sample(0.25), sample(0.5)];
  const [figures] = figuresOf([{ name: "vsr", isFloor: false, samples }], VOLUME);
  assertEquals(figures.megabytesPerSecond, { median: 1000, min: 500, max: 2000 });
  assertEquals(figures.messagesPerSecond.median, 1_000_000);
  assertEquals(figures.latencyMs, { p50: 2, p99: 30, p999: 30 });
});

Deno.test("figuresOf() compares turn by turn with the last floor, so that a slow minute cancels out", () => {
  const [, , figures] = figuresOf([
    { name: "bare socket", isFloor: true, samples: [sample(0.1), sample(0.1)] },
    { name: "socket + file", isFloor: true, samples: [sample(1), sample(3)] },
    { name: "vsr", isFloor: false, samples: [sample(2), sample(6)] },
  ], VOLUME);
  assertEquals(figures.ofFloor, { median: 0.5, min: 0.5, max: 0.5 });
});

Deno.test("figuresOf() gives processor time for 1 GB and for a request, if every turn has it", () => {
  const cpu = { user: 0.5, system: 1 };
  const series = (...samples: Sample[]) => [{ name: "vsr", isFloor: false, samples }];
  const [figures] = figuresOf(series(sample(1, cpu)), VOLUME);
  assertEquals(figures.cpuPerGigabyte, { user: 1, system: 2 });
  assertEquals(figures.cpuPerRequest, 3000);
  assertEquals(figuresOf(series(sample(1, cpu), sample(1)), VOLUME)[0].cpuPerGigabyte, undefined);
});

Deno.test("tableOf() lines its columns up", () => {
  const rows = tableOf(figuresOf([
    { name: "socket + file", isFloor: true, samples: [sample(0.5)] },
    { name: "vsr", isFloor: false, samples: [sample(5, { user: 0.1, system: 0.2 })] },
  ], VOLUME));
  assertEquals(rows, [
    "               MB/s    (min-max)  of floor  messages/s  p50 ms  p99 ms  p999 ms     CPU s/GB  us/request",
    "socket + file  1000  (1000-1000)      1.00   1,000,000    2.00    30.0     30.0",
    "vsr             100    (100-100)      0.10     100,000    2.00    30.0     30.0  0.20 + 0.40         600",
  ]);
});

Deno.test("quantile() gives a latency that was measured", () => {
  const sorted = Float64Array.from({ length: 1000 }, (_, at) => at + 1);
  assertEquals([0.5, 0.99, 0.999].map((each) => quantile(sorted, each)), [500, 990, 999]);
  assertEquals(quantile(Float64Array.of(7), 0.999), 7);
});

Deno.test("spread() takes the mean of two in the middle", () => {
  assertEquals(spread([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4 });
});
