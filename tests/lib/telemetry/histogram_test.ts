import { assertEquals } from "@std/assert";
import { BOUNDS_SECONDS, Histogram, quantileSeconds } from "../../../lib/telemetry/histogram.ts";

function histogramOf(...ms: number[]): Histogram {
  const histogram = new Histogram();
  for (const each of ms) histogram.record(each);
  return histogram;
}

Deno.test("Histogram.record() counts a time in the first bucket whose bound it does not pass", () => {
  for (const [at, bound] of BOUNDS_SECONDS.entries()) {
    const counts = histogramOf(bound * 1000).counts();
    assertEquals(counts.indexOf(1), at, `${bound} s`);
  }
  assertEquals(histogramOf(1e9).counts().at(-1), 1);
});

Deno.test("Histogram knows how many times there were and their sum", () => {
  const histogram = histogramOf(1, 2, 3);
  assertEquals(histogram.count, 3);
  assertEquals(Math.round(histogram.sumSeconds * 1e6), 6000);
});

Deno.test("quantileSeconds() interpolates in the bucket that the quantile falls into", () => {
  const counts = histogramOf(...Array(50).fill(0.2), ...Array(50).fill(0.9)).counts();
  assertEquals(quantileSeconds(counts, 0.5)!.toFixed(6), (0.00025).toFixed(6));
  assertEquals(quantileSeconds(counts, 0.75)!.toFixed(6), (0.00075).toFixed(6));
  assertEquals(quantileSeconds(counts, 1)!.toFixed(6), (0.001).toFixed(6));
});

Deno.test("quantileSeconds() is nothing of nothing, and the last bound beyond it", () => {
  assertEquals(quantileSeconds(new Histogram().counts(), 0.99), undefined);
  assertEquals(quantileSeconds(histogramOf(1e9).counts(), 0.5), BOUNDS_SECONDS.at(-1));
});
