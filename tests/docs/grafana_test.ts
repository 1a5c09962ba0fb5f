import { assert, assertEquals } from "@std/assert";
import { families } from "../../lib/http/metric_families.ts";
import { testBroker } from "../support/broker.ts";

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const FILE = new URL("../../docs/grafana/whippet.json", import.meta.url);
const dashboard = JSON.parse(Deno.readTextFileSync(FILE));
const panels: readonly Panel[] = dashboard.panels;
const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** Names as Prometheus has them, each family's own and those of its samples. */
async function seriesOf(): Promise<Map<string, string>> {
  await using broker = await testBroker();
  const series = new Map<string, string>();
  for (const { name, type } of await families(broker)) {
    const suffixes = {
      counter: ["_total"],
      gauge: [""],
      histogram: ["_bucket", "_sum", "_count"],
    }[type];
    for (const suffix of suffixes) series.set(`${name}${suffix}`, name);
  }
  return series;
}

/** What stands in front of a selector. */
function namesIn(expr: string): string[] {
  return Array.from(expr.matchAll(/([a-z_:][a-z0-9_:]*)\{/g), ([, name]) => name);
}

Deno.test("The Grafana dashboard names only metrics that there are", async () => {
  const series = await seriesOf();
  for (const expr of expressions) {
    const names = namesIn(expr);
    assert(names.length > 0, `No metric in ${expr}`);
    for (const name of names) assert(series.has(name), `${name} in ${expr}`);
  }
});

Deno.test("The Grafana dashboard shows every metric that there is", async () => {
  const shown = new Set(expressions.flatMap(namesIn));
  const missing = new Set((await seriesOf()).values());
  for (const [name, family] of await seriesOf()) if (shown.has(name)) missing.delete(family);
  assertEquals([...missing], []);
});

Deno.test("The Grafana dashboard asks the data source and the nodes that a person chose", () => {
  const variables = dashboard.templating.list.map((each: { name: string }) => each.name);
  assertEquals(variables, ["datasource", "instance"]);
  for (const { title, type, datasource } of panels) {
    if (type !== "row") assertEquals(datasource?.uid, "${datasource}", title);
  }
  for (const expr of expressions) assert(expr.includes('instance=~"$instance"'), expr);
});

Deno.test("The Grafana dashboard's panels have numbers of their own and fit its width", () => {
  assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const { title, gridPos } of panels) assert(gridPos.x + gridPos.w <= 24, title);
});
