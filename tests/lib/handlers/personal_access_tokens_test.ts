import { assertEquals, assertMatch } from "@std/assert";
import {
  createPersonalAccessToken,
  deletePersonalAccessToken,
  getPersonalAccessTokens,
  loginWithPersonalAccessToken,
} from "../../../lib/handlers/personal_access_tokens.ts";
import { NEVER_EXPIRES } from "../../../protocol/options.ts";
import { assertRefusal, testBroker } from "../../support/broker.ts";

Deno.test("createPersonalAccessToken() gives the secret once: 68 characters that log in", async () => {
  await using broker = await testBroker();
  const bob = broker.connectUser("bob");
  const { token } = await createPersonalAccessToken(broker, bob, { name: "deploy", expiry: 0n });
  assertMatch(token, /^[A-Za-z0-9+/]{67}=$/);
  assertEquals(getPersonalAccessTokens(broker, bob), [{ name: "deploy", expiryAt: undefined }]);
  const session = broker.connect(undefined);
  assertEquals(await loginWithPersonalAccessToken(broker, session, { token }), { userId: 1 });
  assertEquals(session.userId, 1);
});

Deno.test("createPersonalAccessToken() makes tokens that expire, or never do (CLASSIC.md section 3.6)", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  const expiries = { "hour": 3_600_000_000n, "default": 0n, "never": NEVER_EXPIRES };
  for (const [name, expiry] of Object.entries(expiries)) {
    await createPersonalAccessToken(broker, client, { name, expiry });
  }
  assertEquals(getPersonalAccessTokens(broker, client), [
    { name: "hour", expiryAt: broker.clock.micros + 3_600_000_000 },
    { name: "default", expiryAt: undefined },
    { name: "never", expiryAt: undefined },
  ]);
});

Deno.test("createPersonalAccessToken() refuses with the code of what is wrong: 40, 50, 51, 52", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  const create = (name: string, by = client) =>
    createPersonalAccessToken(broker, by, { name, expiry: 0n });
  await assertRefusal(40, () => create("deploy", broker.connect(undefined)));
  await assertRefusal(50, () => create("ab"));
  await assertRefusal(50, () => create("a".repeat(31)));
  for (let made = 0; made < 100; made++) {
    broker.catalog.tokens.create(0, { name: `token-${made}`, hash: String(made) });
  }
  await assertRefusal(51, () => create("token-7"));
  await assertRefusal(52, () => create("another"));
});

Deno.test("Tokens are each user's own: lists, names and deletion", async () => {
  await using broker = await testBroker();
  const [root, bob] = [broker.connect(), broker.connectUser("bob")];
  await createPersonalAccessToken(broker, root, { name: "deploy", expiry: 0n });
  await createPersonalAccessToken(broker, bob, { name: "deploy", expiry: 0n });
  await deletePersonalAccessToken(broker, bob, { name: "deploy" });
  assertEquals(getPersonalAccessTokens(broker, bob), []);
  assertEquals(getPersonalAccessTokens(broker, root).length, 1);
  await assertRefusal(20, () => deletePersonalAccessToken(broker, bob, { name: "deploy" }));
});

Deno.test("deletePersonalAccessToken() ends logins with it: 20", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  const { token } = await createPersonalAccessToken(broker, client, { name: "deploy", expiry: 0n });
  await deletePersonalAccessToken(broker, client, { name: "deploy" });
  const session = broker.connect(undefined);
  await assertRefusal(20, () => loginWithPersonalAccessToken(broker, session, { token }));
  assertEquals(session.userId, undefined);
});
