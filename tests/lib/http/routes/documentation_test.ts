import { assertEquals, assertStringIncludes } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";

Deno.test("GET /openapi.json gives the document to anybody", async () => {
  await using app = await testApp();
  const document = await app.expect(200, "GET", "/openapi.json", { token: null });
  assertEquals((document as { openapi: string }).openapi, "3.1.0");
});

Deno.test("GET /openapi.json gives a document in which every reference leads somewhere", async () => {
  await using app = await testApp();
  const { text, json } = await app.ask("GET", "/openapi.json");
  const references = [...text.matchAll(/"\$ref":"#([^"]+)"/g)].map(([, path]) => path);
  assertEquals(references.length > 0, true);
  for (const path of references) {
    const found = path.split("/").slice(1)
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], json);
    assertEquals(typeof found, "object", path);
  }
  assertEquals(text.includes("null,null"), false);
});

Deno.test("GET /docs gives a page that may load its stylesheet and nothing else", async () => {
  await using app = await testApp();
  const page = await app.ask("GET", "/docs", { token: null });
  assertEquals(page.headers.get("content-type"), "text/html; charset=utf-8");
  const policy = page.headers.get("content-security-policy")!;
  assertStringIncludes(policy, "default-src 'none'; style-src 'self'");
  assertStringIncludes(page.text, 'href="/docs/style.css"');
  const style = await app.ask("GET", "/docs/style.css", { token: null });
  assertEquals([style.status, style.headers.get("content-type")], [200, "text/css; charset=utf-8"]);
});
