import { assertEquals } from "@std/assert";
import {
  History,
  POINTS_MAX,
  type Sample,
  SECONDS_KEPT,
} from "../../../../lib/http/dashboard/history.ts";

Deno.test("History keeps the growth of counters and the values of the rest", () => {
  const history = new History();
  history.add(sample({ sentMessages: 1000, memoryBytes: 5 }));
  history.add(sample({ sentMessages: 1250, memoryBytes: 7 }));
  assertEquals([history.latest("sentMessages"), history.latest("memoryBytes")], [250, 7]);
  assertEquals(history.series("sentMessages", POINTS_MAX).slice(-3), [undefined, 0, 250]);
});

Deno.test("History.latest() is 0 before the first sample", () => {
  assertEquals(new History().latest("clients"), 0);
});

Deno.test("History.series() averages what falls into one point, leaving out what was not measured", () => {
  const history = new History();
  for (const slowMs of [1, NaN, 3, NaN, NaN, 8]) history.add(sample({ slowMs }));
  assertEquals(history.series("slowMs", SECONDS_KEPT).slice(-3), [undefined, 2, 8]);
  for (let each = 0; each < 5; each++) history.add(sample({ slowMs: NaN }));
  assertEquals(history.series("slowMs", SECONDS_KEPT).at(-1), undefined);
});

Deno.test("History keeps as much as it says, however long it runs", () => {
  const history = new History();
  for (let at = 0; at < 3 * SECONDS_KEPT; at++) history.add(sample({ clients: at }));
  assertEquals(history.length, SECONDS_KEPT);
  const series = history.series("clients", SECONDS_KEPT);
  assertEquals([series[0], series.at(-1)], [2 * SECONDS_KEPT + 2, 3 * SECONDS_KEPT - 3]);
});

Deno.test("History takes a counter that starts again for one that stands still", () => {
  const history = new History();
  history.add(sample({ sentBytes: 100 }));
  history.add(sample({ sentBytes: 3 }));
  assertEquals(history.latest("sentBytes"), 0);
});

function sample(figures: Partial<Sample>): Sample {
  return {
    sentMessages: 0,
    polledMessages: 0,
    sentBytes: 0,
    polledBytes: 0,
    cpuSeconds: 0,
    memoryBytes: 0,
    diskBytes: 0,
    clients: 0,
    connections: 0,
    medianMs: NaN,
    slowMs: NaN,
    ...figures,
  };
}
