import { assertEquals } from "@std/assert";
import { type TestApp, testApp } from "../../../support/http_app.ts";

interface Identity {
  readonly user_id: number;
  readonly access_token: { readonly token: string; readonly expiry: number };
}

function login(app: TestApp, username: string, password: string) {
  return app.ask("POST", "/users/login", { body: { username, password }, token: null });
}

Deno.test("GET /ping answers pong without a token", async () => {
  await using app = await testApp();
  assertEquals((await app.ask("GET", "/ping", { token: null })).text, "pong");
});

Deno.test("POST /users/login gives an access token that lives an hour", async () => {
  await using app = await testApp();
  const { status, headers, json } = await login(app, "iggy", "iggy");
  const { user_id, access_token } = json as Identity;
  assertEquals([status, headers.get("iggy-view"), user_id], [200, "0", 0]);
  assertEquals(access_token.expiry, Math.floor(app.broker.clock.nowMicros() / 1e6) + 3600);
  await app.expect(200, "GET", "/streams", { token: access_token.token });
});

Deno.test("POST /users/login tells nobody what is wrong with a login", async () => {
  await using app = await testApp();
  const user = app.broker.connectUser("sleeper").userId!;
  app.broker.catalog.users.update(user, { status: "inactive" });
  const wrong = [["iggy", "wrong"], ["nobody", "iggy"], ["x", "y"], ["sleeper", "iggy"]];
  for (const [username, password] of wrong) {
    const { status, json } = await login(app, username, password);
    assertEquals([status, (json as { id: number }).id], [400, 42], username);
  }
});

Deno.test("POST /users/refresh-token exchanges a token once", async () => {
  await using app = await testApp();
  const token = await app.tokenOf(0);
  const refresh = { body: { token }, token: null };
  const { access_token } = await app.expect(
    200,
    "POST",
    "/users/refresh-token",
    refresh,
  ) as Identity;
  await app.expect(200, "GET", "/streams", { token: access_token.token });
  await app.expect(401, "GET", "/streams", { token });
  await app.expect(401, "POST", "/users/refresh-token", refresh);
  await app.expect(401, "POST", "/users/refresh-token", { body: { token: "" } });
});

Deno.test("DELETE /users/logout ends the access token", async () => {
  await using app = await testApp();
  const token = await app.tokenOf(0);
  await app.expect(204, "DELETE", "/users/logout", { token });
  await app.expect(401, "GET", "/streams", { token });
});

Deno.test("POST /personal-access-tokens/login refuses an unknown token with 53", async () => {
  await using app = await testApp();
  const body = { token: "bm9uZQ==" };
  const refused = await app.expect(401, "POST", "/personal-access-tokens/login", { body });
  assertEquals((refused as { id: number }).id, 53);
});

Deno.test("POST /users/web-socket-token gives a token that is good for one login over WebSocket", async () => {
  await using app = await testApp();
  const token = await app.tokenOf(app.broker.connectUser("reader").userId!);
  const path = "/users/web-socket-token";
  const given = await app.expect(200, "POST", path, { token }) as Identity["access_token"];
  assertEquals(given.expiry, Math.floor(app.broker.clock.nowMicros() / 1e6) + 60);
  await app.expect(401, "GET", "/streams", { token: given.token });
  const login = { body: { token: given.token }, token: null };
  assertEquals((await app.ask("POST", "/personal-access-tokens/login", login)).status, 401);
  assertEquals(await app.broker.webSocketTokens.redeem(given.token), 1);
});

Deno.test("POST /users/web-socket-token asks who wants one, and lets nobody keep the answer", async () => {
  await using app = await testApp();
  const path = "/users/web-socket-token";
  assertEquals((await app.ask("POST", path, { token: null })).status, 401);
  assertEquals((await app.ask("POST", path)).headers.get("cache-control"), "no-store");
});
