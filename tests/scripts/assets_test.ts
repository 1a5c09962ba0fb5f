import { assertEquals, assertStringIncludes } from "@std/assert";
import { assetsModule, compactStyle } from "../../scripts/assets.ts";

Deno.test("assetsModule() is a module of texts, whatever they hold", () => {
  const text = assetsModule('a"`${b}\\', "x\ny");
  assertStringIncludes(text, 'export const SCRIPT = "a\\"`${b}\\\\";');
  assertStringIncludes(text, 'export const STYLE = "x\\ny";');
});

Deno.test("compactStyle() leaves out comments and indentation", () => {
  assertEquals(compactStyle("/* a */\n\n  b { c: d; }\n  e {}\n"), "b { c: d; }\ne {}");
});
