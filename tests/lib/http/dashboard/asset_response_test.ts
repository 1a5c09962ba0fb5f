import { assert, assertEquals } from "@std/assert";
import { assetResponse } from "../../../../lib/http/dashboard/asset_response.ts";

Deno.test("assetResponse() gives script, style and icon by their kind", async () => {
  for (
    const [name, type] of [
      ["main.js", "text/javascript; charset=utf-8"],
      ["style.css", "text/css; charset=utf-8"],
      ["icon.svg", "image/svg+xml"],
    ]
  ) {
    const response = assetResponse(name, new Request("http://localhost/"));
    assertEquals([response.status, response.headers.get("content-type")], [200, type]);
    assert((await response.text()).length > 100);
  }
});

Deno.test("assetResponse() sends nothing again that the browser has", () => {
  const tag = assetResponse("main.js", new Request("http://localhost/")).headers.get("etag")!;
  const again = new Request("http://localhost/", { headers: { "if-none-match": tag } });
  assertEquals(assetResponse("main.js", again).status, 304);
});

Deno.test("assetResponse() knows no other name", () => {
  for (const name of ["toString", "__proto__", "../main.js", ""]) {
    assertEquals(assetResponse(name, new Request("http://localhost/")).status, 404);
  }
});
