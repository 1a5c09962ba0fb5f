import { assertEquals } from "@std/assert";
import type { Catalog } from "../../../lib/catalog/catalog.ts";
import { assertRefuses, AT, openCatalog } from "./fixtures.ts";

async function openWithUsers(): Promise<Catalog> {
  const catalog = await openCatalog(undefined, { userTokensMax: 2 });
  for (const name of ["iggy", "ann"]) {
    catalog.users.create({ name, passwordHash: "$", status: "active", at: AT });
  }
  return catalog;
}

Deno.test("PersonalAccessTokens.findByHash() finds what was created, until it is deleted", async () => {
  const { tokens, users } = await openWithUsers();
  tokens.create("ann", { name: "laptop", hash: "h1", expiryAt: AT + 1 });
  const token = { userId: 1, name: "laptop", hash: "h1", expiryAt: AT + 1 };
  assertEquals(tokens.findByHash("h1"), token);
  assertEquals([...users.require("ann").tokens.values()], [token]);
  tokens.delete("ann", "laptop");
  assertEquals(tokens.findByHash("h1"), undefined);
  assertEquals(users.require("ann").tokens.size, 0);
});

Deno.test("PersonalAccessTokens.create() refuses names that are not 3 to 30 bytes with 50", async () => {
  const { tokens } = await openWithUsers();
  assertRefuses(50, () => tokens.create("ann", { name: "ab", hash: "h" }));
  assertRefuses(50, () => tokens.create("ann", { name: "ü".repeat(16), hash: "h" }));
});

Deno.test("PersonalAccessTokens.create() refuses a user's second token of a name with 51", async () => {
  const { tokens } = await openWithUsers();
  tokens.create("ann", { name: "laptop", hash: "h1" });
  assertRefuses(51, () => tokens.create("ann", { name: "laptop", hash: "h2" }));
  tokens.create("iggy", { name: "laptop", hash: "h3" });
});

Deno.test("PersonalAccessTokens.create() refuses one more than a user may have with 52", async () => {
  const { tokens } = await openWithUsers();
  tokens.create("ann", { name: "one", hash: "h1" });
  tokens.create("ann", { name: "two", hash: "h2" });
  assertRefuses(52, () => tokens.create("ann", { name: "three", hash: "h3" }));
});

Deno.test("PersonalAccessTokens refuses unknown users and tokens with 20", async () => {
  const { tokens } = await openWithUsers();
  assertRefuses(20, () => tokens.create("bob", { name: "one", hash: "h" }));
  assertRefuses(20, () => tokens.delete("ann", "one"));
});

Deno.test("Users.delete() takes the tokens along", async () => {
  const { tokens, users } = await openWithUsers();
  tokens.create("ann", { name: "laptop", hash: "h1" });
  users.delete("ann");
  assertEquals(tokens.findByHash("h1"), undefined);
});
