import { assert, assertFalse } from "@std/assert";
import { SCRIPT, STYLE } from "../../../../lib/http/dashboard/assets.ts";

Deno.test("SCRIPT is small, and leads nowhere else", () => {
  assert(SCRIPT.length < 120_000, `${SCRIPT.length} characters`);
  assertFalse(/https?:\/\/(?!www\.w3\.org)/.test(SCRIPT));
  assertFalse(/\beval\(|new Function\b/.test(SCRIPT));
});

Deno.test("STYLE loads nothing", () => {
  assertFalse(/@import|url\(/.test(STYLE));
});
