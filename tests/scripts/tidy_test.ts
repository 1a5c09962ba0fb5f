import { assertEquals } from "@std/assert";
import { findings, longFiles } from "../../scripts/tidy.ts";

const SOUND = {
  "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n",
  "README.md": "See [the protocol](protocol/) and [docs](docs/README.md#top).\n",
  "deno.json": '{ "tasks": { "ok": { "description": "All", "command": "true" } } }',
  "docs/README.md": "# Docs\n",
  "scripts/README.md": "# Scripts\n",
  "tests/README.md": "# Tests\n",
  "protocol/README.md": "# Protocol\n",
  "protocol/wire.ts": "/**\n * Cursors.\n *\n * @module\n */\nexport function read() {}\n",
  "tests/protocol/wire_test.ts": 'import { read } from "../../protocol/wire.ts";\nread();\n',
};

/** The findings of a sound repository after some of its files are changed, or removed (`null`). */
function after(
  changes: Record<string, string | null>,
  exceptions: Partial<Parameters<typeof findings>[1]> = {},
): string[] {
  const files = Object.entries({ ...SOUND, ...changes });
  const tree = new Map(files.filter((file): file is [string, string] => file[1] !== null));
  return findings(tree, { untested: {}, vocabularies: {}, ...exceptions })
    .map(({ path, message }) => `${path}: ${message}`);
}

Deno.test("findings() has none in a sound repository", () => {
  assertEquals(after({}), []);
});

Deno.test("findings() names a file over 600 lines, longFiles() one that comes near", () => {
  const text = (lines: number) => SOUND["protocol/wire.ts"] + "\n".repeat(lines - 6);
  assertEquals(after({ "protocol/wire.ts": text(600) }), []);
  assertEquals(after({ "protocol/wire.ts": text(601) }), [
    "protocol/wire.ts: 601 lines, at most 600: split it by what it decides",
  ]);
  const tree = new Map([["a.ts", text(400)], ["b.ts", text(401)], ["c.md", text(500)]]);
  assertEquals(longFiles(tree), [["b.ts", 401]]);
});

Deno.test("findings() names a source without a test", () => {
  const moved = { "tests/protocol/wire_test.ts": null, "tests/other_test.ts": "read();\n" };
  assertEquals(after(moved), ["protocol/wire.ts: Has no test: write tests/protocol/wire_test.ts"]);
});

Deno.test("findings() asks no test of types, nor of a file with a reason", () => {
  const moved = { "tests/protocol/wire_test.ts": null, "tests/other_test.ts": "read();\n" };
  const types = "/**\n * @module\n */\nexport interface A {\n  b(): void;\n}\n";
  assertEquals(after({ ...moved, "protocol/wire.ts": types }), []);
  const untested = { "protocol/wire.ts": "covered by every codec's test" };
  assertEquals(after(moved, { untested }), []);
  assertEquals(after({}, { untested }), [
    "protocol/wire.ts: Needs no row in UNTESTED of scripts/tidy_exceptions.ts: delete it",
  ]);
});

Deno.test("findings() names an export that no other file uses, and spares types", () => {
  const header = "/**\n * @module\n */\n";
  const text = `${header}export const read = 1;\nexport class Lost {}\nexport type Shape = 1;\n`;
  const lost = "protocol/wire.ts: Exports Lost, which no other file names: drop the export";
  assertEquals(after({ "protocol/wire.ts": text }), [lost]);
  assertEquals(after({ "protocol/wire.ts": text, "docs/a.md": "Lost" }), [lost]);
  assertEquals(after({ "protocol/wire.ts": text }, { vocabularies: { "protocol/": "all" } }), []);
});

Deno.test("findings() names folders without README and links that lead nowhere", () => {
  assertEquals(after({ "protocol/README.md": null }), [
    "protocol/: Has no README.md: what it is, invariants, start here",
  ]);
  assertEquals(
    after({ "docs/README.md": "[up](../README.md) [gone](./gone.md) [web](https://x.y)" }),
    [
      "docs/README.md: Links to docs/gone.md: not there",
    ],
  );
});

Deno.test("findings() names a file that does not say what it is", () => {
  assertEquals(after({ "protocol/wire.ts": "export function read() {}\n" }), [
    "protocol/wire.ts: Starts without its @module comment: say in a sentence what it is",
  ]);
});

Deno.test("findings() names vague and misspelt names", () => {
  const module = "/**\n * @module\n */\n";
  assertEquals(after({ "scripts/dateUtils.ts": module }), [
    "scripts/dateUtils.ts: Names of files and folders are snake_case",
  ]);
  assertEquals(after({ "scripts/date_utils.ts": module }), [
    'scripts/date_utils.ts: "utils" says little: name it after what it decides or holds',
  ]);
});

Deno.test("findings() names a task without description and a changelog without Unreleased", () => {
  assertEquals(after({ "deno.json": '{ "tasks": { "ok": "true" } }' }), [
    "deno.json: Task ok has no description",
  ]);
  assertEquals(after({ "CHANGELOG.md": "# Changelog\n\n## 0.1.0\n" }), [
    "CHANGELOG.md: Has no section Unreleased (keepachangelog.com)",
  ]);
});
