import { assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";

const PATH = "/personal-access-tokens";

Deno.test("/personal-access-tokens creates a token that is a bearer, lists and deletes it", async () => {
  await using app = await testApp();
  const body = { name: "deploy", expiry: 3_600_000_000 };
  const { token } = await app.expect(200, "POST", PATH, { body }) as { token: string };
  await app.expect(200, "POST", PATH, { body: { name: "backup", expiry: 18446744073709551615n } });
  assertEquals(await app.expect(200, "GET", PATH, { token }), [
    { name: "backup", expiry_at: null },
    { name: "deploy", expiry_at: app.broker.clock.nowMicros() + 3_600_000_000 },
  ]);
  await app.expect(204, "DELETE", `${PATH}/deploy`);
  await app.expect(401, "GET", PATH, { token });
  assertEquals((await app.expect(404, "DELETE", `${PATH}/deploy`) as { id: number }).id, 20);
});

Deno.test("/personal-access-tokens refuses what cannot be, by status and code", async () => {
  await using app = await testApp();
  const refused = async (body: object) => {
    const { status, json } = await app.ask("POST", PATH, { body });
    return [status, (json as { id: number } | undefined)?.id];
  };
  await app.expect(200, "POST", PATH, { body: { name: "deploy", expiry: 0 } });
  assertEquals(await refused({ name: "deploy", expiry: 0 }), [400, 51]);
  assertEquals(await refused({ name: "x", expiry: 0 }), [400, 50]);
  assertEquals(await refused({ name: "deploy" }), [422, undefined]);
  assertEquals(await refused({ name: "other", expiry: 18446744073709551616n }), [422, undefined]);
});
