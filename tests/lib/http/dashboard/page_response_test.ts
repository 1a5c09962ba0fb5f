import { assertEquals, assertStringIncludes } from "@std/assert";
import { htmlOf, pageResponse } from "../../../../lib/http/dashboard/page_response.ts";
import { Mark } from "../../../../lib/http/dashboard/parts/words.tsx";

Deno.test("pageResponse() answers a document with its policy", async () => {
  const response = await pageResponse(Mark({ state: "good", children: "<b>" }), 418);
  assertEquals(response.status, 418);
  assertStringIncludes(response.headers.get("content-security-policy")!, "default-src 'none'");
  assertStringIncludes(await response.text(), "<!DOCTYPE html><span");
});

Deno.test("htmlOf() escapes what is text", async () => {
  assertStringIncludes(await htmlOf(Mark({ state: "good", children: "<b>" })), "&lt;b&gt;");
});
