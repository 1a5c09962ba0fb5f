import { assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";

Deno.test("POST /streams makes a stream and gives it", async () => {
  await using app = await testApp();
  assertEquals(await app.expect(200, "POST", "/streams", { body: { name: "orders" } }), {
    id: 0,
    created_at: app.broker.clock.nowMicros(),
    name: "orders",
    size: "0 B",
    messages_count: 0,
    topics_count: 0,
    options: {},
    topics: [],
  });
});

Deno.test("POST /streams refuses a name that is taken, empty or too long", async () => {
  await using app = await testApp();
  const create = async (name: string) => {
    const { status, json } = await app.ask("POST", "/streams", { body: { name } });
    return [status, (json as { id: number }).id];
  };
  await create("orders");
  assertEquals(await create("orders"), [400, 1012]);
  assertEquals(await create(""), [400, 1013]);
  assertEquals(await create("ü".repeat(128)), [400, 1013]);
});

Deno.test("GET /streams/{stream_id} finds a stream by number and by name", async () => {
  await using app = await testApp();
  await app.expect(200, "POST", "/streams", { body: { name: "a b/c" } });
  const byId = await app.expect(200, "GET", "/streams/0");
  assertEquals(await app.expect(200, "GET", "/streams/a%20b%2Fc"), byId);
  assertEquals(await app.expect(404, "GET", "/streams/9"), {
    id: 404,
    code: "not_found",
    reason: "Resource not found",
    field: null,
  });
});

Deno.test("PUT and DELETE of a stream answer 204, and 404 when there is none", async () => {
  await using app = await testApp();
  await app.expect(200, "POST", "/streams", { body: { name: "orders" } });
  await app.expect(204, "PUT", "/streams/orders", { body: { name: "sales" } });
  await app.expect(204, "DELETE", "/streams/sales/purge");
  await app.expect(204, "DELETE", "/streams/sales");
  for (const [method, path] of [["PUT", "/streams/0"], ["DELETE", "/streams/0"]] as const) {
    const body = method === "PUT" ? { name: "x" } : undefined;
    const refused = await app.expect(404, method, path, { body });
    assertEquals((refused as { id: number }).id, 1009);
  }
  assertEquals(await app.expect(200, "GET", "/streams"), []);
});
