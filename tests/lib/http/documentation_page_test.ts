import { assertEquals, assertStringIncludes } from "@std/assert";
import { DOCUMENTATION_STYLE, documentationPage } from "../../../lib/http/documentation_page.ts";
import { openApiDocument } from "../../../lib/http/openapi.ts";
import { route } from "../../../lib/http/route.ts";
import { ROUTES } from "../../../lib/http/routes/all.ts";

Deno.test("documentationPage() has every operation, and links that lead somewhere", async () => {
  const document = openApiDocument(ROUTES, "1.2.3");
  const page = String(await documentationPage(document, "/docs/style.css"));
  for (const { path, summary } of ROUTES) {
    assertStringIncludes(page, `<code>${path}</code>`);
    assertStringIncludes(page, summary.replaceAll("'", "&#39;").replaceAll("`", "`"));
  }
  const ids = new Set(page.matchAll(/ id="([^"]+)"/g).map(([, id]) => id));
  const dangling = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)
    .filter((id) => !ids.has(id));
  assertEquals(dangling, []);
});

Deno.test("documentationPage() escapes what a text says, and has no script", async () => {
  const sly = route({
    method: "get",
    path: "/sly",
    tag: "<script>alert(1)</script>",
    summary: "<img src=x onerror=alert(1)>",
    access: "public",
    answers: { 200: { description: '"><script>' } },
    handle: () => new Response(),
  });
  const page = String(await documentationPage(openApiDocument([sly], "<b>"), "/docs/style.css"));
  assertEquals(/<script|<img|<b>1/.test(page), false);
});

Deno.test("DOCUMENTATION_STYLE asks for nothing from outside", () => {
  assertEquals(/url\(|@import/.test(DOCUMENTATION_STYLE), false);
});
