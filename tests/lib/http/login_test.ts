import { assertEquals } from "@std/assert";
import { testApp } from "../../support/http_app.ts";

Deno.test("logInByPassword() asks who guesses to wait, and says for how long", async () => {
  await using app = await testApp();
  const attempt = (password: string) =>
    app.ask("POST", "/users/login", { token: null, body: { username: "iggy", password } });
  for (let failure = 0; failure < 5; failure++) {
    assertEquals((await attempt("wrong")).status, 400);
  }
  const refused = await attempt("iggy");
  assertEquals([refused.status, refused.headers.get("retry-after")], [429, "1"]);
  app.broker.clock.advance(1000);
  assertEquals((await attempt("iggy")).status, 200);
});

Deno.test("logInByToken() tells nobody what is wrong with a token", async () => {
  await using app = await testApp();
  const body = { name: "old", expiry: 1_000_000 };
  const { token } = await app.expect(200, "POST", "/personal-access-tokens", { body }) as {
    token: string;
  };
  const attempt = async (token: string) => {
    const { status, json } = await app
      .ask("POST", "/personal-access-tokens/login", { token: null, body: { token } });
    return [status, (json as { id?: number }).id];
  };
  assertEquals(await attempt(token), [200, undefined]);
  app.broker.clock.advance(2000);
  assertEquals(await attempt(token), [401, 53]);
  assertEquals(await attempt("none"), [401, 53]);
});
