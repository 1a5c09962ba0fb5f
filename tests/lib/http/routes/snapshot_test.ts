import { assertEquals, assertMatch } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";

Deno.test("POST /snapshot gives a ZIP file with a name", async () => {
  await using app = await testApp();
  const body = { compression: "Deflated", snapshot_types: ["ServerLogs"] };
  const response = await app.fetch("POST", "/snapshot", { body });
  assertEquals([response.status, response.headers.get("content-type")], [200, "application/zip"]);
  assertMatch(
    response.headers.get("content-disposition")!,
    /^attachment; filename="iggy_snapshot_\d{8}_\d{6}\.zip"$/,
  );
  const bytes = new Uint8Array(await response.arrayBuffer());
  assertEquals(new TextDecoder().decode(bytes.subarray(0, 2)), "PK");
});

Deno.test("POST /snapshot refuses what cannot be, and who may not", async () => {
  await using app = await testApp();
  const ask = (compression: string, snapshot_types: string[], token?: string) =>
    app.ask("POST", "/snapshot", { body: { compression, snapshot_types }, token });
  const refused = await ask("Deflated", ["All", "Test"]);
  assertEquals([refused.status, (refused.json as { id: number }).id], [400, 3]);
  assertEquals((await ask("deflated", ["All"])).status, 422);
  assertEquals((await ask("Deflated", ["all"])).status, 422);
  const token = await app.tokenOf(app.broker.connectUser("nobody").userId!);
  assertEquals((await ask("Deflated", ["All"], token)).status, 403);
});
