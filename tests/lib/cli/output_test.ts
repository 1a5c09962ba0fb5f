import { assertEquals } from "@std/assert";
import * as output from "../../../lib/cli/output.ts";

function outputOf(format: output.OutputFormat, options: Partial<output.OutputOptions> = {}) {
  const printed: string[] = [];
  const print = (text: string) => void printed.push(text);
  const made = new output.Output({ format, colours: false, quiet: false, print, ...options });
  return { made, printed };
}

const ROWS = [{ name: "日本", size: 5 }, { name: "b\x1b[2J", size: 1234 }];
const COLUMNS: output.Column<(typeof ROWS)[number]>[] = [
  ["Name", ({ name }) => name],
  ["Size", ({ size }) => size],
];

Deno.test("Output.rows() draws a table in the widths of a terminal, and lets nothing move its cursor", () => {
  const { made, printed } = outputOf("table");
  made.rows(ROWS, COLUMNS, "Nothing");
  assertEquals(printed[0].split("\n"), [
    "Name        Size",
    "──────────  ────",
    "日本           5",
    "b\\u001b[2J  1234",
  ]);
  made.rows([], COLUMNS, "Nothing");
  assertEquals(printed[1], "Nothing");
});

Deno.test("Output.rows() lists one after the other", () => {
  const { made, printed } = outputOf("list");
  made.rows(ROWS.slice(0, 1), COLUMNS, "");
  assertEquals(printed, ["Name  日本\nSize  5"]);
});

Deno.test("Output writes JSON with whole numbers of any size, in lines or indented", () => {
  const value = { id: (1n << 128n) - 1n, map: new Map([[7, new Uint8Array([1])]]), none: [] };
  const line = `{"id":340282366920938463463374607431768211455,"map":{"7":"AQ=="},"none":[]}`;
  const ndjson = outputOf("ndjson");
  ndjson.made.rows([value, value], [], "");
  assertEquals(ndjson.printed, [line, line]);
  const json = outputOf("json");
  json.made.record({ a: [1, "x,y"], b: {} }, []);
  assertEquals(json.printed, [JSON.stringify({ a: [1, "x,y"], b: {} }, undefined, 2)]);
});

Deno.test("Output.done() says a sentence to people unless quiet, facts to programs", () => {
  const facts = { created: 1 };
  const said = [
    outputOf("table"),
    outputOf("table", { quiet: true }),
    outputOf("ndjson", { quiet: true }),
  ].map(({ made, printed }) => (made.done("Created", facts), printed));
  assertEquals(said, [["Created"], [], ['{"created":1}']]);
});

Deno.test("Output.paint() colours where there are colours", () => {
  assertEquals(outputOf("table").made.paint("x", "good"), "x");
  assertEquals(outputOf("table", { colours: true }).made.paint("x", "good"), "\x1b[32mx\x1b[0m");
});

Deno.test("sizeText() and timeText() are for people", () => {
  assertEquals([0, 1023, 1536, 3 * 1024 ** 4].map(output.sizeText), [
    "0 B",
    "1023 B",
    "1.5 KiB",
    "3.0 TiB",
  ]);
  assertEquals(output.timeText(1_000_000), "1970-01-01 00:00:01Z");
});

Deno.test("printable() shows control characters and those that turn the writing around", () => {
  assertEquals(output.printable("a\n\x07\u202e"), "a\\n\\u0007\\u202e");
});
