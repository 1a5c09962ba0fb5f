import { assertEquals } from "@std/assert";
import { hashToken } from "../../../lib/auth/tokens.ts";
import {
  authenticateCertified,
  authenticateConnection,
  authenticatePassword,
  authenticateToken,
} from "../../../lib/handlers/login.ts";
import { assertRefusal, testBroker } from "../../support/broker.ts";

Deno.test("authenticatePassword() gives the user whose name and password that is", async () => {
  await using broker = await testBroker();
  assertEquals((await authenticatePassword(broker, "iggy", "iggy")).id, 0);
});

Deno.test("authenticatePassword() does not tell an unknown user from a wrong password: 42", async () => {
  await using broker = await testBroker();
  await assertRefusal(42, () => authenticatePassword(broker, "iggy", "wrong"));
  await assertRefusal(42, () => authenticatePassword(broker, "nobody", "iggy"));
});

Deno.test("authenticatePassword() refuses lengths that no user has with 43 and 44", async () => {
  await using broker = await testBroker();
  await assertRefusal(43, () => authenticatePassword(broker, "ab", "iggy"));
  await assertRefusal(43, () => authenticatePassword(broker, "a".repeat(51), "iggy"));
  await assertRefusal(44, () => authenticatePassword(broker, "iggy", "ab"));
  await assertRefusal(44, () => authenticatePassword(broker, "iggy", "é".repeat(51)));
});

Deno.test("authenticatePassword() says 47 to an inactive user, but only with the right password", async () => {
  await using broker = await testBroker();
  const { passwordHash } = broker.catalog.users.require(0);
  broker.catalog.users.create({ name: "sleeper", passwordHash, status: "inactive", at: 1 });
  await assertRefusal(47, () => authenticatePassword(broker, "sleeper", "iggy"));
  await assertRefusal(42, () => authenticatePassword(broker, "sleeper", "wrong"));
});

Deno.test("authenticatePassword() takes an empty password for the certificate of that very user", async () => {
  await using broker = await testBroker();
  assertEquals((await authenticatePassword(broker, "iggy", "", "iggy")).id, 0);
  await assertRefusal(42, () => authenticatePassword(broker, "iggy", "wrong", "iggy"));
  await assertRefusal(44, () => authenticatePassword(broker, "iggy", "", "other"));
  await assertRefusal(44, () => authenticatePassword(broker, "iggy", ""));
});

Deno.test("authenticateCertified() gives an active user: 42 for nobody, 47 for an inactive one", async () => {
  await using broker = await testBroker();
  assertEquals(authenticateCertified(broker, "iggy").id, 0);
  broker.catalog.users.create({ name: "sleeper", passwordHash: "", status: "inactive", at: 1 });
  await assertRefusal(47, () => authenticateCertified(broker, "sleeper"));
  await assertRefusal(42, () => authenticateCertified(broker, "nobody"));
});

Deno.test("authenticateToken() gives the user whose token that is, until it expires", async () => {
  await using broker = await testBroker();
  const hash = await hashToken("secret");
  const expiryAt = broker.clock.micros + 1_000_000;
  broker.catalog.tokens.create(0, { name: "token", hash, expiryAt });
  assertEquals((await authenticateToken(broker, "secret")).id, 0);
  broker.clock.micros = expiryAt - 1;
  assertEquals((await authenticateToken(broker, "secret")).id, 0);
  broker.clock.micros = expiryAt;
  await assertRefusal(54, () => authenticateToken(broker, "secret"));
});

Deno.test("authenticateToken() refuses an unknown token with 20 and an inactive user's with 47", async () => {
  await using broker = await testBroker();
  await assertRefusal(20, () => authenticateToken(broker, "unknown"));
  await assertRefusal(20, () => authenticateToken(broker, ""));
  const { passwordHash } = broker.catalog.users.require(0);
  const user = broker.catalog.users
    .create({ name: "sleeper", passwordHash, status: "active", at: 1 });
  broker.catalog.tokens.create(user.id, { name: "token", hash: await hashToken("secret") });
  broker.catalog.users.update(user.id, { status: "inactive" });
  await assertRefusal(47, () => authenticateToken(broker, "secret"));
  broker.catalog.users.delete(user.id);
  await assertRefusal(20, () => authenticateToken(broker, "secret"));
});

Deno.test("authenticateConnection() takes a personal access token over any transport", async () => {
  await using broker = await testBroker();
  broker.catalog.tokens.create(0, { name: "token", hash: await hashToken("secret") });
  for (const transport of ["tcp", "websocket"] as const) {
    const client = broker.connect(undefined, transport);
    assertEquals((await authenticateConnection(broker, client, "secret")).id, 0);
    await assertRefusal(20, () => authenticateConnection(broker, client, "unknown"));
  }
});

Deno.test("authenticateConnection() takes a token for WebSocket once, and over WebSocket only", async () => {
  await using broker = await testBroker();
  const { token } = await broker.webSocketTokens.issue(0);
  const [tcp, webSocket] = [broker.connect(undefined), broker.connect(undefined, "websocket")];
  await assertRefusal(20, () => authenticateConnection(broker, tcp, token));
  assertEquals((await authenticateConnection(broker, webSocket, token)).id, 0);
  await assertRefusal(20, () => authenticateConnection(broker, webSocket, token));
});

Deno.test("authenticateConnection() refuses the token of a user who is inactive by now with 47, or gone with 20", async () => {
  await using broker = await testBroker();
  const { userId } = broker.connectUser("sleeper");
  const client = broker.connect(undefined, "websocket");
  const tokens = await Promise.all([1, 2].map(() => broker.webSocketTokens.issue(userId!)));
  broker.catalog.users.update(userId!, { status: "inactive" });
  await assertRefusal(47, () => authenticateConnection(broker, client, tokens[0].token));
  broker.catalog.users.delete(userId!);
  await assertRefusal(20, () => authenticateConnection(broker, client, tokens[1].token));
});
