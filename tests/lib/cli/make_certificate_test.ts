import { assert, assertEquals, assertRejects } from "@std/assert";
import { readCertificates } from "../../../lib/certificates/credentials.ts";
import { CommandError } from "../../../lib/cli/ports.ts";
import {
  type LeafOptions,
  makeAuthority,
  makeLeaf,
  type MakingOptions,
} from "../../../lib/cli/make_certificate.ts";
import { Purpose } from "../../../tls/x509/extensions.ts";
import { namesOf } from "../../../tls/x509/identity.ts";
import { CliWorld } from "../../support/cli_world.ts";

const CA = { name: "Our CA", days: 3650, out: "." };

async function withAuthority(options: Partial<MakingOptions> = {}): Promise<CliWorld> {
  const world = new CliWorld();
  await makeAuthority({ ...CA, ...options }, world);
  return world;
}

function leaf(world: CliWorld, names: string[], options: Partial<LeafOptions> = {}): Promise<void> {
  return makeLeaf(names, { days: 90, out: ".", ca: "ca.pem", ...options }, world);
}

function certificates(world: CliWorld, path: string) {
  return readCertificates({ origin: path, text: world.files.get(path)! });
}

Deno.test("makeAuthority() writes an authority and its key, which is secret", async () => {
  const world = await withAuthority();
  assertEquals([...world.files.keys()], ["ca.key", "ca.pem"]);
  assertEquals([...world.secrets], ["ca.key"]);
  const [authority] = certificates(world, "ca.pem");
  assertEquals(authority.extensions.basicConstraints?.ca, true);
  assertEquals(authority.notAfterMs, Date.UTC(2026, 10, 24) + 3650 * 86_400_000);
  assertEquals(world.printed, [
    "Wrote ca.pem, for all to trust, and ca.key, for nobody but you to read",
  ]);
});

Deno.test("makeAuthority() replaces nothing unless it is told to", async () => {
  const world = await withAuthority({ out: "pki" });
  const before = world.files.get("pki/ca.pem");
  const again = { ...CA, out: "pki" };
  await assertRejects(
    () => makeAuthority(again, world),
    CommandError,
    "pki/ca.pem is there already: --force replaces it, --out names another folder",
  );
  assertEquals(world.files.get("pki/ca.pem"), before);
  await makeAuthority({ ...again, force: true }, world);
  assert(world.files.get("pki/ca.pem") !== before);
  await assertRejects(() => makeAuthority({ ...CA, name: "" }, world), CommandError, "--name");
});

Deno.test("makeLeaf() certifies names of every kind for a server", async () => {
  const world = await withAuthority();
  const names = ["Node1.example.com", "10.0.0.5", "::1", "a@example.com", "urn:x:y"];
  await leaf(world, names);
  const [certificate, ...others] = certificates(world, "Node1.example.com.pem");
  assertEquals(others, []);
  assertEquals(namesOf(certificate).map(({ kind, value }) => `${kind} ${value}`), [
    "dns node1.example.com",
    "ip 10.0.0.5",
    "ip ::1",
    "email a@example.com",
    "uri urn:x:y",
  ]);
  assertEquals(certificate.extensions.extendedKeyUsage, [Purpose.serverAuth]);
  assert(world.secrets.has("Node1.example.com.key"));
});

Deno.test("makeLeaf() certifies a user for a client, or for both when that is said", async () => {
  const world = await withAuthority();
  await leaf(world, [], { user: "alice" });
  const [certificate] = certificates(world, "alice.pem");
  assertEquals(namesOf(certificate), [{ kind: "uri", value: "whippet:user:alice" }]);
  assertEquals(certificate.extensions.extendedKeyUsage, [Purpose.clientAuth]);
  await leaf(world, ["*.example.com"], { client: true, server: true });
  const [both] = certificates(world, "wildcard.example.com.pem");
  assertEquals(both.extensions.extendedKeyUsage, [Purpose.serverAuth, Purpose.clientAuth]);
});

Deno.test("makeLeaf() says what is missing", async () => {
  const world = new CliWorld();
  const message = async (attempt: Promise<void>) =>
    (await assertRejects(() => attempt, CommandError)).message;
  assertEquals(
    await message(leaf(world, [])),
    "A certificate is for somebody: give host names or addresses, or --user for a client",
  );
  assertEquals(
    await message(leaf(world, ["h"])),
    "There is no file ca.pem: make an authority with whippet cert new-ca, or name one with --ca " +
      "and --ca-key",
  );
  await makeAuthority(CA, world);
  await leaf(world, ["localhost"]);
  assertEquals(
    await message(leaf(world, ["h"], { ca: "localhost.pem" })),
    "localhost.pem is no authority, so it cannot issue: make one with whippet cert new-ca",
  );
  assertEquals(await message(leaf(world, ["not a name"])), "not a name is not a host name");
  assert((await message(leaf(world, ["localhost"]))).startsWith("localhost.pem is there already"));
});

Deno.test("makeLeaf() sends along authorities between the leaf and the one that is trusted", async () => {
  const world = await withAuthority();
  await leaf(world, ["localhost"], { caKey: "ca.key", file: "server" });
  assertEquals(certificates(world, "server.pem").length, 1);
});
