import { assert, assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";
import { simConfig } from "../../../support/sim_node.ts";

async function status(environment: Record<string, string>, token?: null, path = "/metrics") {
  await using app = await testApp({ config: simConfig(environment).httpApi });
  return (await app.ask("GET", path, { token })).status;
}

Deno.test("GET /metrics takes a token, unless the configuration lets others read", async () => {
  assertEquals(await status({}), 200);
  assertEquals(await status({}, null), 401);
  assertEquals(await status({ WHIPPET_HTTP_METRICS_ACCESS: "loopback" }, null), 200);
  assertEquals(await status({ WHIPPET_HTTP_METRICS_ACCESS: "public" }, null), 200);
});

Deno.test("GET /metrics is where the configuration puts it, or nowhere", async () => {
  assertEquals(await status({ IGGY_HTTP_METRICS_ENABLED: "false" }), 404);
  const moved = { IGGY_HTTP_METRICS_ENDPOINT: "/figures" };
  assertEquals(await status(moved), 404);
  assertEquals(await status(moved, undefined, "/figures"), 200);
});

Deno.test("GET /metrics counts the requests over HTTP", async () => {
  await using app = await testApp();
  await app.ask("GET", "/ping");
  assert((await app.ask("GET", "/metrics")).text.includes("\nhttp_requests_total 2\n"));
});
