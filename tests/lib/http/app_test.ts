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
  assertEquals(preflight.status < 300, true);
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
