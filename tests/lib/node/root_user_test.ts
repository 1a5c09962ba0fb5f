import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { allows } from "../../../lib/catalog/permissions.ts";
import { ensureRoot, prepareRoot } from "../../../lib/node/root_user.ts";
import type { Entropy } from "../../../lib/ports.ts";
import { COMMANDS } from "../../../protocol/commands.ts";
import { CountingEntropy, SimPorts } from "../../support/sim_ports.ts";
import { openCatalog, powerless } from "../catalog/fixtures.ts";

/** A hash that shows the password. */
const hash = (password: string) => Promise.resolve(`plain:${password}`);

/** An empty disk, and a way to see to its root user. */
async function fixture(entropy: Entropy = new CountingEntropy()) {
  const ports = new SimPorts();
  const catalog = await openCatalog(ports.storage);
  const ensure = (password?: string) => {
    const prepare = () => prepareRoot({ username: "boss", password }, entropy, hash);
    return ensureRoot(prepare, catalog, ports.clock);
  };
  return { ports, catalog, ensure };
}

Deno.test("ensureRoot() makes user 0 with every right on a new disk, safe when it resolves", async () => {
  const { ports, catalog, ensure } = await fixture();
  assertEquals(await ensure("secret"), { kind: "configured" });
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
  assertEquals([await ensure("other"), await ensure()], [{ kind: "kept" }, { kind: "kept" }]);
  assertEquals(catalog.users.size, 1);
  assertEquals(catalog.users.require(0).passwordHash, "plain:secret");
});

Deno.test("ensureRoot() makes a password up and gives it, when none is configured", async () => {
  const { catalog, ensure } = await fixture();
  const root = await ensure();
  assert(root.kind === "invented");
  assertMatch(root.password, /^[A-Za-z0-9]{32}$/);
  assertEquals(catalog.users.require(0).passwordHash, `plain:${root.password}`);
});

Deno.test("prepareRoot() draws every character of a password equally often", async () => {
  let next = 0;
  const everyByteInTurn = { fill: (into: Uint8Array) => void (into[0] = next++) };
  const counts = new Map<string, number>();
  // 31 x 32 characters take the 248 bytes that count, of 256, four times.
  for (let made = 0; made < 31; made++) {
    const unnamed = { username: "boss", password: undefined };
    const { invented } = await prepareRoot(unnamed, everyByteInTurn, hash);
    for (const each of invented!) counts.set(each, (counts.get(each) ?? 0) + 1);
  }
  assertEquals([...counts.values()], new Array(62).fill(16));
});

Deno.test("ensureRoot() rejects when the disk cannot keep the user", async () => {
  const { ports, ensure } = await fixture();
  ports.storage.fail({ operation: "sync" });
  await assertRejects(() => ensure("secret"));
});
