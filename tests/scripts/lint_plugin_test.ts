import { assertEquals, assertStringIncludes } from "@std/assert";
import plugin from "../../scripts/lint_plugin.ts";

/** The ids of the rules that `source` breaks as the file `path`. */
function broken(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, path, source).map((each) => each.id.replace("whippet/", ""));
}

/** What is said, with the advice, about the first fault. */
function advice(path: string, source: string): string {
  const [fault] = Deno.lint.runPlugin(plugin, path, source);
  return `${fault.message}: ${fault.hint}`;
}

Deno.test("imports allows what points down", () => {
  assertEquals(broken("lib/session/a.ts", 'import { b } from "../handlers/b.ts"; b;'), []);
  assertEquals(broken("lib/handlers/a.ts", 'import { b } from "../../protocol/b.ts"; b;'), []);
  assertEquals(broken("lib/log/a.ts", 'import { b } from "../ports.ts"; b;'), []);
  assertEquals(broken("lib/log/a.ts", 'import { b } from "./deep/b.ts"; b;'), []);
  assertEquals(broken("lib/log/a.ts", 'import { b } from "./checksum.ts"; b;'), []);
  assertEquals(broken("lib/client/a.ts", 'import { b } from "../log/checksum.ts"; b;'), []);
  assertEquals(broken("lib/log/checksum.ts", 'import { b } from "./kernels/b.wasm"; b;'), []);
  assertEquals(broken("lib/node.ts", 'import { b } from "./transport/b.ts"; b;'), []);
  assertEquals(broken("tests/lib/a_test.ts", 'import { b } from "../../lib/b.ts"; b;'), []);
});

Deno.test("imports refuses what points up or sideways", () => {
  assertEquals(broken("protocol/a.ts", 'import { b } from "../lib/ports.ts"; b;'), ["imports"]);
  assertEquals(broken("tls/a.ts", 'import { b } from "../protocol/wire.ts"; b;'), ["imports"]);
  assertEquals(broken("lib/log/a.ts", 'import { b } from "../catalog/b.ts"; b;'), ["imports"]);
  assertEquals(broken("lib/handlers/a.ts", 'import { b } from "../session/b.ts"; b;'), ["imports"]);
  assertEquals(broken("lib/session/a.ts", 'import { b } from "../../tls/mod.ts"; b;'), ["imports"]);
  assertEquals(broken("lib/client/a.ts", 'import { b } from "../log/segment.ts"; b;'), ["imports"]);
  assertEquals(broken("mod.ts", 'export * from "./scripts/bench.ts";'), ["imports"]);
});

Deno.test("imports sees every form of import", () => {
  const path = "protocol/a.ts";
  assertEquals(broken(path, 'import type { B } from "../lib/b.ts"; export type A = B;'), [
    "imports",
  ]);
  assertEquals(broken(path, 'export { b } from "../lib/b.ts";'), ["imports"]);
  assertEquals(broken(path, 'export * from "../lib/b.ts";'), ["imports"]);
  assertEquals(broken(path, 'await import("../lib/b.ts");'), ["imports"]);
});

Deno.test("imports keeps each package in its place", () => {
  assertEquals(broken("lib/config.ts", 'import { parse } from "@std/toml"; parse;'), []);
  assertEquals(broken("lib/auth/a.ts", 'import { x } from "npm:hash-wasm@4.13.0"; x;'), []);
  assertEquals(
    broken("lib/auth/a.ts", 'import { x } from "@std/crypto/timing-safe-equal"; x;'),
    [],
  );
  assertEquals(broken("tests/a_test.ts", 'import fc from "fast-check"; fc;'), []);
  assertEquals(broken("lib/log/segment.ts", 'import { x } from "hash-wasm"; x;'), ["imports"]);
  assertEquals(broken("protocol/a.ts", 'import { x } from "@std/toml"; x;'), ["imports"]);
  assertEquals(broken("lib/config.ts", 'import { x } from "@std/tomlish"; x;'), ["imports"]);
});

Deno.test("imports names both ends and the way out", () => {
  const text = advice("lib/log/a.ts", 'import { b } from "../catalog/b.ts"; b;');
  assertStringIncludes(text, "lib/log/ may not import lib/catalog/b.ts");
  assertStringIncludes(text, "Hand it in from a layer above");
});

Deno.test("ports keeps the runtime, the clock and the dice in lib/os and lib/service", () => {
  const faults = [
    "Deno.readFileSync('x');",
    "let f: Deno.FsFile | undefined; f;",
    'import { readSync } from "node:fs"; readSync;',
    "Date.now();",
    "performance.now();",
    "setTimeout(() => {}, 1);",
    "setInterval(() => {}, 1);",
    "Math.random();",
    "crypto.getRandomValues(new Uint8Array(1));",
  ];
  for (const source of faults) {
    assertEquals(broken("lib/log/a.ts", source), ["ports"], source);
    assertEquals(broken("lib/os/a.ts", source), [], source);
    assertEquals(broken("lib/service/a.ts", source), [], source);
    assertEquals(broken("main.ts", source), [], source);
  }
});

Deno.test("own-crypto leaves the runtime's cryptography to the tests", () => {
  const faults = [
    "crypto.subtle;",
    "const { subtle } = crypto; subtle;",
    'import { createHash } from "node:crypto"; createHash;',
    "Deno.listenTls({ port: 0 });",
    "Deno.connectTls({ port: 0 });",
    "Deno.startTls(conn);",
  ];
  for (const source of faults) {
    assertEquals(new Set(broken("lib/os/a.ts", source)), new Set(["own-crypto"]), source);
    assertEquals(broken("tests/a_test.ts", source), [], source);
  }
});

Deno.test("no-console lets only programs print", () => {
  assertEquals(broken("lib/node.ts", 'console.log("x");'), ["no-console"]);
  assertEquals(broken("mod.ts", 'console.error("x");'), ["no-console"]);
  assertEquals(broken("main.ts", 'console.log("x");'), []);
  assertEquals(broken("scripts/a.ts", 'console.log("x");'), []);
});

Deno.test("no-enum wants a table", () => {
  assertEquals(broken("lib/a.ts", "enum A { b }"), ["no-enum"]);
  assertEquals(broken("lib/a.ts", "const enum A { b }"), ["no-enum"]);
  assertEquals(broken("lib/a.ts", "export const A = { b: 1 } as const;"), []);
});

Deno.test("hash-private wants names that are private when it runs", () => {
  assertEquals(broken("lib/a.ts", "class A { private b = 1; }"), ["hash-private"]);
  assertEquals(broken("lib/a.ts", "class A { protected b() {} }"), ["hash-private"]);
  assertEquals(broken("lib/a.ts", "class A { constructor(private b: number) {} }"), [
    "hash-private",
  ]);
  assertEquals(broken("lib/a.ts", "class A { #b = 1; readonly c = this.#b; }"), []);
  assertEquals(broken("lib/a.ts", "class A { private constructor() {} }"), []);
});

Deno.test("function-length wants what fits a screen", () => {
  const body = (lines: number) => `{\n${"// x\n".repeat(lines - 2)}}`;
  assertEquals(broken("lib/a.ts", `function a() ${body(70)}`), []);
  assertEquals(broken("lib/a.ts", `function a() ${body(71)}`), ["function-length"]);
  assertEquals(broken("lib/a.ts", `class A { a() ${body(71)} }`), ["function-length"]);
  assertEquals(broken("lib/a.ts", `const a = () => ${body(71)};`), ["function-length"]);
  assertEquals(broken("tests/a_test.ts", `function a() ${body(71)}`), []);
});

Deno.test("names refuses words that say little", () => {
  assertEquals(broken("lib/a.ts", "class StreamManager {}"), ["names"]);
  assertEquals(broken("lib/a.ts", "interface IClock {}"), ["names"]);
  assertEquals(broken("lib/a.ts", "type PathUtils = string;"), ["names"]);
  assertEquals(broken("lib/a.ts", "function getOffset() {}"), ["names"]);
  assertEquals(broken("lib/a.ts", "class A { getOffset() {} }"), ["names"]);
  assertEquals(broken("lib/handlers/a.ts", "function getStream() {}"), []);
  assertEquals(broken("lib/a.ts", "class IggyError { get offset() { return 1; } }"), []);
  assertEquals(broken("lib/a.ts", "class A { b = new DataView(x).getUint8(0); }"), []);
});

Deno.test("no-todo wants it done or written down", () => {
  assertEquals(broken("lib/a.ts", "// TODO: later"), ["no-todo"]);
  assertEquals(broken("lib/a.ts", "/* FIXME */"), ["no-todo"]);
  assertEquals(broken("lib/a.ts", "// A method, and the XXXL size"), []);
});

Deno.test("ports leaves the timers of the dashboard's page alone", () => {
  const source = "setTimeout(() => {}, 1);";
  assertEquals(broken("lib/http/dashboard/client/a.ts", source), []);
  assertEquals(broken("lib/http/dashboard/a.ts", source), ["ports"]);
});
