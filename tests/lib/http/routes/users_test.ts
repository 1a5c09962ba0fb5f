import { assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";

const NEW_USER = { username: "reader", password: "secret", status: "active", permissions: null };

Deno.test("/users creates, lists, finds, changes and deletes users", async () => {
  await using app = await testApp();
  const at = app.broker.clock.nowMicros();
  const reader = { id: 1, created_at: at, status: "active", username: "reader", options: {} };
  assertEquals(await app.expect(200, "POST", "/users", { body: NEW_USER }), {
    ...reader,
    permissions: null,
  });
  const users = await app.expect(200, "GET", "/users") as unknown[];
  assertEquals(users[1], reader);
  await app.expect(204, "PUT", "/users/reader", { body: { username: "writer", status: null } });
  await app.expect(204, "PUT", "/users/1", { body: {} });
  assertEquals(await app.expect(200, "GET", "/users/1"), {
    ...reader,
    username: "writer",
    permissions: null,
  });
  await app.expect(204, "DELETE", "/users/1");
  await app.expect(404, "GET", "/users/1");
  assertEquals((await app.expect(404, "DELETE", "/users/1") as { id: number }).id, 20);
});

Deno.test("/users refuses what cannot be, by status and code", async () => {
  await using app = await testApp();
  await app.expect(200, "POST", "/users", { body: NEW_USER });
  const refused = async (change: object) => {
    const { status, json } = await app.ask("POST", "/users", { body: { ...NEW_USER, ...change } });
    return [status, (json as { id: number } | undefined)?.id];
  };
  assertEquals(await refused({}), [400, 46]);
  assertEquals(await refused({ username: "ab" }), [400, 43]);
  assertEquals(await refused({ username: "other", password: "s" }), [400, 44]);
  assertEquals(await refused({ status: "ACTIVE" }), [422, undefined]);
  assertEquals(await refused({ permissions: { global: {} } }), [422, undefined]);
  const permissions = { permissions: null };
  assertEquals(
    (await app.expect(400, "PUT", "/users/0/permissions", { body: permissions }) as {
      id: number;
    }).id,
    49,
  );
  assertEquals((await app.expect(400, "DELETE", "/users/0") as { id: number }).id, 48);
});

Deno.test("PUT /users/{user_id}/permissions replaces all of them", async () => {
  await using app = await testApp();
  await app.expect(200, "POST", "/users", { body: NEW_USER });
  const root = await app.expect(200, "GET", "/users/me") as { permissions: { global: object } };
  const { global } = root.permissions;
  const stream = {
    manage_stream: false,
    read_stream: true,
    manage_topics: false,
    read_topics: true,
    poll_messages: true,
    send_messages: false,
  };
  const topic = {
    manage_topic: true,
    read_topic: false,
    poll_messages: false,
    send_messages: true,
  };
  const permissions = { global, streams: { "7": { ...stream, topics: { "4294967295": topic } } } };
  await app.expect(204, "PUT", "/users/1/permissions", { body: { permissions } });
  const found = await app.expect(200, "GET", "/users/1") as { permissions: unknown };
  assertEquals(found.permissions, permissions);
  await app.expect(204, "PUT", "/users/1/permissions", { body: { permissions: null } });
  const without = await app.expect(200, "GET", "/users/1") as { permissions: unknown };
  assertEquals(without.permissions, null);
});

Deno.test("PUT /users/me/password changes the caller's own, given the one it has", async () => {
  await using app = await testApp();
  await app.expect(200, "POST", "/users", { body: NEW_USER });
  const token = await app.tokenOf(1);
  const change = (current_password: string) =>
    app.ask("PUT", "/users/me/password", {
      token,
      body: { current_password, new_password: "secret2" },
    });
  assertEquals((await change("wrong")).status, 400);
  assertEquals((await change("")).status, 400);
  assertEquals((await change("secret")).status, 204);
  assertEquals((await change("secret")).status, 400);
});
