import { assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";

Deno.test("GET /openapi.json gives the document to anybody", async () => {
  await using app = await testApp();
  const document = await app.expect(200, "GET", "/openapi.json", { token: null });
  assertEquals((document as { openapi: string }).openapi, "3.1.0");
});
