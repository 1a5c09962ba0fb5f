import { assertEquals } from "@std/assert";
import { testApp } from "../../support/http_app.ts";

Deno.test("createApp() answers an unknown path with 404 and no body", async () => {
  await using app = await testApp();
  const { status, text } = await app.ask("GET", "/health", { token: null });
  assertEquals([status, text], [404, ""]);
});

Deno.test("createApp() answers a wrong method with 405 and those that are right", async () => {
  await using app = await testApp();
  const { status, headers, text } = await app.ask("PATCH", "/streams");
  assertEquals([status, headers.get("allow"), text], [405, "GET,HEAD,POST", ""]);
});

Deno.test("createApp() answers HEAD as GET, without the body", async () => {
  await using app = await testApp();
  const { status, headers, text } = await app.ask("HEAD", "/streams");
  assertEquals([status, headers.get("content-type"), text], [200, "application/json", ""]);
});

Deno.test("createApp() puts security headers on every answer", async () => {
  await using app = await testApp();
  for (const path of ["/streams", "/ping", "/nowhere"]) {
    const { headers } = await app.ask("GET", path);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("x-frame-options"), "DENY");
    assertEquals(
      headers.get("content-security-policy"),
      "default-src 'none'; frame-ancestors 'none'",
    );
  }
});

Deno.test("createApp() sets iggy-view on what succeeds behind a login only", async () => {
  await using app = await testApp();
  const view = async (path: string) => (await app.ask("GET", path)).headers.get("iggy-view");
  assertEquals(await view("/streams"), "0");
  assertEquals(await view("/streams/9"), null);
  assertEquals(await view("/ping"), null);
});

Deno.test("createApp() lets other origins ask as configured", async () => {
  await using app = await testApp();
  const { headers } = await app.ask("GET", "/ping", { headers: { origin: "https://a.example" } });
  assertEquals(headers.get("access-control-allow-origin"), "*");
  assertEquals(headers.get("access-control-expose-headers"), "iggy-view");
  const preflight = await app.ask("OPTIONS", "/streams", {
    token: null,
    headers: { origin: "https://a.example", "access-control-request-method": "POST" },
  });
  assertEquals([preflight.status, preflight.text], [200, ""]);
  assertEquals(preflight.headers.get("vary"), null);
  assertEquals(preflight.headers.get("allow"), "GET,HEAD,POST");
  assertEquals(preflight.headers.get("access-control-allow-methods"), "GET,POST,PUT,DELETE");
});

Deno.test("createApp() answers what nobody expected with 500 and tells nothing of it", async () => {
  await using app = await testApp();
  const broken = app.broker.catalog.streams as unknown as { values: () => never };
  broken.values = () => {
    throw new Error("secret");
  };
  const { status, text } = await app.ask("GET", "/streams");
  assertEquals(status, 500);
  assertEquals(text.includes("secret"), false);
});

Deno.test("createApp() says nothing to other origins of a path that is none", async () => {
  await using app = await testApp();
  const { headers } = await app.ask("GET", "/health", { headers: { origin: "https://a.example" } });
  assertEquals(headers.get("access-control-allow-origin"), null);
});

Deno.test("createApp() answers paths that play tricks with 404", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const paths = [
    "/streams/..%2f",
    "/streams/%00",
    "/streams//topics",
    "//streams",
    "/streams/",
    "/streams/%2e%2e%2fusers",
    "/streams/orders%2Ftopics",
    "/streams/%ff",
    `/streams/${"a".repeat(255)}`,
  ];
  for (const path of paths) {
    const { status } = await app.ask("GET", path);
    assertEquals(status, 404, path);
  }
  assertEquals((await app.ask("GET", `/streams/${"a".repeat(256)}`)).status, 400);
});

Deno.test("createApp() asks each noun for the right of its command", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const token = await app.tokenOf(app.broker.connectUser("nobody").userId!);
  const asked: [method: string, path: string, body?: object][] = [
    ["GET", "/streams"],
    ["DELETE", "/streams/orders"],
    ["GET", "/streams/orders/topics"],
    ["DELETE", "/streams/orders/topics/events"],
    ["POST", "/streams/orders/topics/events/partitions", { partitions_count: 1 }],
    ["DELETE", "/streams/orders/topics/events/partitions/0?segments_count=1"],
    ["GET", "/streams/orders/topics/events/consumer-groups"],
    ["GET", "/streams/orders/topics/events/consumer-offsets"],
    ["GET", "/streams/orders/topics/events/messages"],
    ["GET", "/users"],
    ["GET", "/users/0"],
    ["GET", "/stats"],
    ["GET", "/clients"],
  ];
  for (const [method, path, body] of asked) {
    const refused = await app.expect(403, method, path, { token, body });
    assertEquals((refused as { id: number }).id, 41, path);
    assertEquals((await app.ask(method, path, { token: null, body })).status, 401, path);
  }
  await app.expect(200, "GET", "/users/me", { token });
});
