import { assertEquals, assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import { Bar, Chart, Sparkline } from "../../../../../lib/http/dashboard/parts/chart.tsx";

const show = (value: number) => `${value} x`;

Deno.test("Chart() draws gaps as gaps, below a round top, and tells it in words", async () => {
  const html = await htmlOf(Chart({
    title: "Things",
    seconds: 900,
    lines: [{ name: "in", show, values: [0, undefined, 30] }],
  }));
  assertStringIncludes(html, 'aria-label="Things over 15 minutes: now in 30 x"');
  assertStringIncludes(html, ">50 x<");
  assertStringIncludes(html, 'd="M0.0 99.0M600.0 40.2"');
  assertStringIncludes(html, 'data-values="0 x||30 x"');
});

Deno.test("Chart() stands without a single value", async () => {
  const html = await htmlOf(
    Chart({ title: "T", seconds: 60, lines: [{ name: "a", show, values: [] }] }),
  );
  assertStringIncludes(html, "now a –");
});

Deno.test("Sparkline() keeps its newest values at the right end", async () => {
  assertStringIncludes(await htmlOf(Sparkline({ values: [1, 1] })), "M589.8 1.0L600.0 1.0");
});

Deno.test("Bar() stays inside of its ground", async () => {
  const width = async (from: number, to: number) =>
    /x="([\d.]+)" width="([\d.]+)"/.exec(await htmlOf(Bar({ from, to })))!.slice(1).map(Number);
  assertEquals(await width(0.25, 0.5), [25, 25]);
  assertEquals(await width(-1, 7), [0, 100]);
  assertEquals(await width(0.5, 0.2), [50, 0]);
});
