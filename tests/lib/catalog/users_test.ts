import { assertEquals } from "@std/assert";
import type { Catalog } from "../../../lib/catalog/catalog.ts";
import { ALL_GLOBAL_PERMISSIONS } from "../../../protocol/permissions.ts";
import { assertRefuses, AT, openCatalog } from "./fixtures.ts";

const ALL = { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() };

async function openWithUsers(): Promise<Catalog> {
  const catalog = await openCatalog();
  for (const name of ["iggy", "ann"]) {
    catalog.users.create({ name, passwordHash: "$", status: "active", permissions: ALL, at: AT });
  }
  return catalog;
}

Deno.test("Users.create() makes root first, and never reuses a number", async () => {
  const { users } = await openWithUsers();
  assertEquals(users.find("iggy")?.id, 0);
  users.delete("ann");
  const user = users.create({ name: "ann", passwordHash: "$", status: "inactive", at: AT });
  assertEquals([user.id, user.status, user.permissions], [2, "inactive", undefined]);
});

Deno.test("Users.create() refuses a taken name with 46", async () => {
  const { users } = await openWithUsers();
  const again = { name: "ann", passwordHash: "$", status: "active", at: AT } as const;
  assertRefuses(46, () => users.create(again));
});

Deno.test("Users refuses unknown users with 20", async () => {
  const { users } = await openWithUsers();
  assertRefuses(20, () => users.require("bob"));
  assertRefuses(20, () => users.update(7, { name: "bob" }));
  assertRefuses(20, () => users.changePassword("bob", "$"));
  assertRefuses(20, () => users.changePermissions("bob", ALL));
  assertRefuses(20, () => users.delete("bob"));
});

Deno.test("Users.update() changes what is given", async () => {
  const { users } = await openWithUsers();
  users.update("ann", { status: "inactive" });
  assertEquals(users.require("ann").status, "inactive");
  users.update("ann", { name: "anna" });
  assertEquals(users.require("anna").status, "inactive");
  users.update("anna", { name: "anna" });
  assertRefuses(46, () => users.update("anna", { name: "iggy" }));
});

Deno.test("Users.changePassword() and changePermissions() replace them", async () => {
  const { users } = await openWithUsers();
  users.changePassword("ann", "$new");
  users.changePermissions("ann", undefined);
  assertEquals([users.require(1).passwordHash, users.require(1).permissions], ["$new", undefined]);
});

Deno.test("Users keeps root (48) and its permissions (49), whatever its name", async () => {
  const { users } = await openWithUsers();
  users.update("iggy", { name: "boss" });
  assertRefuses(48, () => users.delete("boss"));
  assertRefuses(49, () => users.changePermissions(0, undefined));
});
