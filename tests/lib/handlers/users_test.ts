import { assert, assertEquals } from "@std/assert";
import {
  changePassword,
  createUser,
  deleteUser,
  getUser,
  getUsers,
  loginUser,
  logoutUser,
  updatePermissions,
  updateUser,
} from "../../../lib/handlers/users.ts";
import { ALL_GLOBAL_PERMISSIONS } from "../../../protocol/permissions.ts";
import { assertRefusal, onlyGlobal, testBroker } from "../../support/broker.ts";

const ALICE = { username: "alice", password: "secret", status: "active" } as const;

Deno.test("loginUser() makes the session the user's; a second login replaces the first", async () => {
  await using broker = await testBroker();
  const client = broker.connect(undefined);
  assertEquals(await loginUser(broker, client, { username: "iggy", password: "iggy" }), {
    userId: 0,
  });
  assertEquals(client.userId, 0);
  broker.connectUser("bob");
  await loginUser(broker, client, { username: "bob", password: "iggy" });
  assertEquals(client.userId, 1);
});

Deno.test("loginUser() leaves the session as it was when it is refused", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  await assertRefusal(42, () => loginUser(broker, client, { username: "bob", password: "iggy" }));
  assertEquals(client.userId, 0);
});

Deno.test("logoutUser() ends the login and nothing else", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  broker.groups.join(broker.catalog.groups.create("orders", "events", "g"), client.id, 1, 0);
  logoutUser(broker, client);
  assertEquals(client.userId, undefined);
  assertEquals(broker.groups.groupsOf(client.id).length, 1);
});

Deno.test("createUser() gives the user, without its password, who can log in at once", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  const permissions = onlyGlobal("readStreams");
  const user = await createUser(broker, client, { ...ALICE, permissions });
  const createdAt = broker.clock.micros;
  assertEquals(user, { id: 1, createdAt, status: "active", username: "alice", permissions });
  const login = broker.connect(undefined);
  await loginUser(broker, login, ALICE);
  assertEquals(login.userId, 1);
  assert(!broker.catalog.users.require("alice").passwordHash.includes("secret"));
});

Deno.test("createUser() refuses with the code of what is wrong: 43, 44, 46", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  const attempt = (change: object) => () => createUser(broker, client, { ...ALICE, ...change });
  await assertRefusal(43, attempt({ username: "ab" }));
  await assertRefusal(44, attempt({ password: "ab" }));
  await assertRefusal(46, attempt({ username: "iggy" }));
});

Deno.test("getUser() finds by number and name, and refuses others with 20", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.connectUser("bob");
  assertEquals(getUser(broker, client, { userId: "bob" }).id, 1);
  assertEquals(getUser(broker, client, { userId: 1 }).username, "bob");
  await assertRefusal(20, () => getUser(broker, client, { userId: "x" }));
  await assertRefusal(20, () => getUser(broker, client, { userId: 2 }));
});

Deno.test("getUsers() lists all by ascending id", async () => {
  await using broker = await testBroker();
  broker.connectUser("bob");
  assertEquals(getUsers(broker).map(({ id, username }) => [id, username]), [[0, "iggy"], [
    1,
    "bob",
  ]]);
});

Deno.test("updateUser() changes what is named and keeps the rest", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.connectUser("bob");
  await updateUser(broker, client, { userId: "bob", username: "robert" });
  assertEquals(getUser(broker, client, { userId: 1 }).status, "active");
  await updateUser(broker, client, { userId: 1, status: "inactive" });
  const { username, status } = getUser(broker, client, { userId: 1 });
  assertEquals([username, status], ["robert", "inactive"]);
  const login = { username: "robert", password: "iggy" };
  await assertRefusal(47, () => loginUser(broker, broker.connect(undefined), login));
});

Deno.test("updateUser() refuses with the code of what is wrong: 20, 43, 46", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.connectUser("bob");
  await assertRefusal(20, () => updateUser(broker, client, { userId: "x", status: "inactive" }));
  await assertRefusal(43, () => updateUser(broker, client, { userId: "bob", username: "ab" }));
  await assertRefusal(46, () => updateUser(broker, client, { userId: "bob", username: "iggy" }));
});

Deno.test("deleteUser() deletes the user and its tokens, never root: 48", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.connectUser("bob");
  broker.catalog.tokens.create("bob", { name: "token", hash: "hash" });
  await deleteUser(broker, client, { userId: "bob" });
  assertEquals(broker.catalog.tokens.findByHash("hash"), undefined);
  await assertRefusal(20, () => deleteUser(broker, client, { userId: "bob" }));
  await assertRefusal(48, () => deleteUser(broker, client, { userId: 0 }));
  assertEquals((await createUser(broker, client, ALICE)).id, 2);
});

Deno.test("updatePermissions() replaces or takes all rights, but not root's: 49", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.connectUser("bob", onlyGlobal("readStreams"));
  const permissions = { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() };
  await updatePermissions(broker, client, { userId: "bob", permissions });
  assertEquals(getUser(broker, client, { userId: "bob" }).permissions, permissions);
  await updatePermissions(broker, client, { userId: "bob" });
  assertEquals(getUser(broker, client, { userId: "bob" }).permissions, undefined);
  await assertRefusal(49, () => updatePermissions(broker, client, { userId: 0 }));
  await assertRefusal(20, () => updatePermissions(broker, client, { userId: 5, permissions }));
});

Deno.test("changePassword() lets everybody change the own password, given the current one", async () => {
  await using broker = await testBroker();
  const bob = broker.connectUser("bob");
  const change = { userId: "bob", currentPassword: "iggy", newPassword: "better" };
  const wrong = { ...change, currentPassword: "wrong" };
  await assertRefusal(42, () => changePassword(broker, bob, wrong));
  await changePassword(broker, bob, change);
  const session = broker.connect(undefined);
  await assertRefusal(42, () => loginUser(broker, session, { username: "bob", password: "iggy" }));
  await loginUser(broker, session, { username: "bob", password: "better" });
});

Deno.test("changePassword() of another takes the right to manage users (CLASSIC.md section 4)", async () => {
  await using broker = await testBroker();
  broker.connectUser("bob");
  const reader = broker.connectUser("reader", onlyGlobal("readUsers"));
  const manager = broker.connectUser("manager", onlyGlobal("manageUsers"));
  const change = { userId: "bob", currentPassword: "iggy", newPassword: "better" };
  await assertRefusal(41, () => changePassword(broker, reader, change));
  await assertRefusal(20, () => changePassword(broker, reader, { ...change, userId: "x" }));
  await assertRefusal(44, () => changePassword(broker, manager, { ...change, newPassword: "no" }));
  await changePassword(broker, manager, change);
  await assertRefusal(40, () => changePassword(broker, broker.connect(undefined), change));
});
