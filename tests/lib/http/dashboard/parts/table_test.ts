import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import { type Column, Table } from "../../../../../lib/http/dashboard/parts/table.tsx";
import { testBroker } from "../../../../support/broker.ts";
import { visitOf } from "../../../../support/dashboard.ts";

interface Row {
  readonly name: string;
  readonly size: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { key: "name", label: "Name", value: ({ name }) => name, cell: ({ name }) => name },
  {
    key: "size",
    label: "Size",
    numeric: true,
    value: ({ size }) => size,
    cell: ({ size }) => size,
  },
];

const ROWS: readonly Row[] = [
  { name: "b", size: 2 },
  { name: "a", size: 10 },
  { name: "c<", size: 1 },
];

Deno.test("Table() sorts by the address, numbers as numbers", async () => {
  assertEquals(namesIn(await table("")), ["b", "a", "c&lt;"]);
  assertEquals(namesIn(await table("?t-sort=name-up")), ["a", "b", "c&lt;"]);
  assertEquals(namesIn(await table("?t-sort=size-down")), ["a", "b", "c&lt;"]);
  assertEquals(namesIn(await table("?t-sort=nothing-up")), ["b", "a", "c&lt;"]);
});

Deno.test("Table() links each head to the other order, the largest number first", async () => {
  const html = await table("?t-sort=name-up");
  assertStringIncludes(html, 'href="/ui?t-sort=name-down"');
  assertStringIncludes(html, 'href="/ui?t-sort=size-down"');
  assertStringIncludes(html, 'aria-sort="ascending"');
});

Deno.test("Table() filters by the address, and says when nothing matches", async () => {
  assertEquals(namesIn(await table("?t-filter=A")), ["a"]);
  const none = await table("?t-filter=%3Cscript%3E");
  assertStringIncludes(none, "Nothing matches “&lt;script&gt;”");
});

Deno.test("Table() shows what to do when there are no rows", async () => {
  const html = await table("", []);
  assertStringIncludes(html, "make one");
  assertFalse(html.includes("<table"));
});

Deno.test("Table() shows the first of very many rows, and how to see the others", async () => {
  const html = await table(
    "",
    Array.from({ length: 700 }, (_, at) => ({ name: `r${at}`, size: 1 })),
  );
  assertEquals(namesIn(html).length, 500);
  assertStringIncludes(html, "The first 500 of 700");
});

async function table(query: string, rows = ROWS): Promise<string> {
  await using broker = await testBroker();
  const visit = visitOf(broker, { path: `/ui${query}` });
  const html = await htmlOf(Table<Row>({
    visit,
    name: "t",
    caption: "Things",
    columns: COLUMNS,
    rows,
    text: ({ name }) => name,
    link: ({ name }) => `/ui/${name}`,
    empty: "make one",
  }));
  assert(html !== "");
  return html;
}

function namesIn(html: string): string[] {
  return Array.from(html.matchAll(/class="row-link"[^>]*>([^<]*)</g), ([, name]) => name);
}
