import { assertEquals } from "@std/assert";
import { testApp } from "../../support/http_app.ts";

Deno.test("authenticateBearer() takes an access token and a personal access token", async () => {
  await using app = await testApp();
  const { token } = await app.expect(200, "POST", "/users/login", {
    body: { username: "iggy", password: "iggy" },
    token: null,
  }).then((body) => (body as { access_token: { token: string } }).access_token);
  await app.expect(200, "GET", "/streams", { token });
});

Deno.test("authenticateBearer() answers 77 without a bearer, 40 for a wrong one", async () => {
  await using app = await testApp();
  const id = async (authorization: string) => {
    const body = await app.expect(401, "GET", "/streams", { headers: { authorization } });
    return (body as { id: number }).id;
  };
  for (const header of ["", "Bearer", "bearer abc", "Basic abc", "Bearer "]) {
    assertEquals(await id(header), 77, header);
  }
  for (const header of ["Bearer abc", "Bearer a.b.c", "Bearer ..", "Bearer  x"]) {
    assertEquals(await id(header), 40, header);
  }
});

Deno.test("authenticateBearer() refuses the token of a user who is gone or inactive", async () => {
  await using app = await testApp();
  const user = app.broker.connectUser("user1").userId!;
  const token = await app.tokenOf(user);
  await app.expect(403, "GET", "/streams", { token });
  app.broker.catalog.users.update(user, { status: "inactive" });
  await app.expect(401, "GET", "/streams", { token });
  app.broker.catalog.users.update(user, { status: "active" });
  app.broker.catalog.users.delete(user);
  await app.expect(401, "GET", "/streams", { token });
});

Deno.test("authenticateBearer() takes a session's cookie, and a bearer before it", async () => {
  await using app = await testApp();
  const cookie = `whippet-session=${await app.tokenOf(0)}`;
  const ask = async (headers: Record<string, string>) =>
    (await app.ask("GET", "/streams", { token: null, headers: { cookie, ...headers } })).status;
  assertEquals(await ask({}), 200);
  assertEquals(await ask({ authorization: "Bearer wrong" }), 401);
  assertEquals(await ask({ authorization: "Basic x" }), 401);
  assertEquals(await ask({ "sec-fetch-site": "cross-site" }), 401);
});
