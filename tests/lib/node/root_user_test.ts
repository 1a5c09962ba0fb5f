import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Passwords } from "../../../lib/auth/passwords.ts";
import { allows } from "../../../lib/catalog/permissions.ts";
import type { RootCredentials } from "../../../lib/config.ts";
import type { Parts } from "../../../lib/node/parts.ts";
import { ensureRoot } from "../../../lib/node/root_user.ts";
import type { Entropy } from "../../../lib/ports.ts";
import { COMMANDS } from "../../../protocol/commands.ts";
import { CountingEntropy, SimPorts } from "../../support/sim_ports.ts";
import { openCatalog, powerless } from "../catalog/fixtures.ts";

/** Hashes that show the password. */
const passwords = {
  hash: (password: string) => Promise.resolve(`plain:${password}`),
} as unknown as Passwords;

/** An empty disk, and a way to see to its root user. */
async function fixture(entropy: Entropy = new CountingEntropy()) {
  const ports = new SimPorts();
  const catalog = await openCatalog(ports.storage);
  const parts = { catalog, passwords } as Parts;
  ports.entropy = entropy;
  const ensure = (password?: string) =>
    ensureRoot({ username: "boss", password } as RootCredentials, parts, ports);
  return { ports, catalog, ensure };
}

Deno.test("ensureRoot() makes user 0 with every right on a new disk, safe when it resolves", async () => {
  const { ports, catalog, ensure } = await fixture();
  assertEquals(await ensure("secret"), undefined);
  const { name, passwordHash, status, permissions, createdAt } = catalog.users.require(0);
  assertEquals([name, passwordHash, status], ["boss", "plain:secret", "active"]);
  assertEquals(createdAt, ports.clock.nowMicros());
  for (const { right } of Object.values(COMMANDS)) assert(allows(permissions, right), right);
  const found = await openCatalog(powerless(ports.storage));
  assertEquals(found.users.require("boss").passwordHash, "plain:secret");
});

Deno.test("ensureRoot() changes nothing where there is a user, whatever is configured", async () => {
  const { catalog, ensure } = await fixture();
  await ensure("secret");
  assertEquals([await ensure("other"), await ensure()], [undefined, undefined]);
  assertEquals(catalog.users.size, 1);
  assertEquals(catalog.users.require(0).passwordHash, "plain:secret");
});

Deno.test("ensureRoot() makes a password up and gives it, when none is configured", async () => {
  const { catalog, ensure } = await fixture();
  const made = await ensure();
  assertMatch(made!, /^[A-Za-z0-9]{32}$/);
  assertEquals(catalog.users.require(0).passwordHash, `plain:${made}`);
});

Deno.test("ensureRoot() draws every character of a password equally often", async () => {
  let next = 0;
  const everyByteInTurn = { fill: (into: Uint8Array) => void (into[0] = next++) };
  const counts = new Map<string, number>();
  // 31 x 32 characters take the 248 bytes that count, of 256, four times.
  for (let made = 0; made < 31; made++) {
    const { ensure } = await fixture(everyByteInTurn);
    for (const each of (await ensure())!) counts.set(each, (counts.get(each) ?? 0) + 1);
  }
  assertEquals([...counts.values()], new Array(62).fill(16));
});

Deno.test("ensureRoot() rejects when the disk cannot keep the user", async () => {
  const { ports, ensure } = await fixture();
  ports.storage.fail({ operation: "sync" });
  await assertRejects(() => ensure("secret"));
});
