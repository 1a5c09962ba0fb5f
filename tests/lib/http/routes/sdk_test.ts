import { assertEquals } from "@std/assert";
import { SDK_HASH, SDK_SCRIPT } from "../../../../lib/http/sdk_bundle.ts";
import { testApp } from "../../../support/http_app.ts";

Deno.test("GET /sdk.js gives anybody's page the module, to be kept for a while", async () => {
  await using app = await testApp();
  const { status, headers, text } = await app.ask("GET", "/sdk.js", {
    token: null,
    headers: { origin: "https://elsewhere.example" },
  });
  assertEquals([status, text], [200, SDK_SCRIPT]);
  assertEquals(headers.get("content-type"), "text/javascript; charset=utf-8");
  assertEquals(headers.get("access-control-allow-origin"), "*");
  assertEquals(headers.get("cache-control"), "public, max-age=300");
  assertEquals(headers.get("etag"), `"${SDK_HASH}"`);
});

Deno.test("GET /sdk.js answers 304 to who has it, by its tag, also a weak one or one of several", async () => {
  await using app = await testApp();
  const tag = `"${SDK_HASH}"`;
  for (const known of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
    const { status, headers, text } = await app.ask("GET", "/sdk.js", {
      token: null,
      headers: { "if-none-match": known },
    });
    assertEquals([status, text, headers.get("etag")], [304, "", tag]);
  }
  const other = { token: null, headers: { "if-none-match": '"other"' } };
  assertEquals((await app.ask("GET", "/sdk.js", other)).status, 200);
});

Deno.test("HEAD /sdk.js gives the head only", async () => {
  await using app = await testApp();
  const { status, text } = await app.ask("HEAD", "/sdk.js", { token: null });
  assertEquals([status, text], [200, ""]);
});
