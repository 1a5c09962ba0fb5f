import { assertEquals, assertThrows } from "@std/assert";
import { pageAt } from "../../../../../lib/http/dashboard/pages/all.ts";
import type { Visit } from "../../../../../lib/http/dashboard/visit.ts";
import { IggyError } from "../../../../../protocol/errors.ts";

Deno.test("pageAt() finds a page by its address, with or without a slash at its end", () => {
  for (const path of ["/", "/ui", "/ui/"]) assertEquals(pageAt(path).page.section, "overview");
  assertEquals(pageAt("/ui/streams/").page.path, "streams");
  assertEquals(pageAt("/ui/streams/3/topics/a%2Fb").params, { stream: "3", topic: "a%2Fb" });
});

Deno.test("pageAt() gives a page that says so where there is none", () => {
  for (const path of ["/ui/nowhere", "/ui/streams/1/2/3/4", "/uistreams"]) {
    assertThrows(() => pageAt(path).page.render({} as Visit), IggyError, "no such page");
  }
});
