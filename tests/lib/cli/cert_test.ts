import { assert, assertEquals } from "@std/assert";
import { runCert } from "../../../lib/cli/cert.ts";
import { CliWorld } from "../../support/cli_world.ts";

/** Runs commands one after the other; gives the last one's exit code and what it said. */
async function run(world: CliWorld, ...lines: string[]): Promise<[number, string]> {
  let code = 0;
  for (const line of lines) {
    world.printed.length = world.complaints.length = 0;
    code = await runCert(line === "" ? [] : line.split(" "), world);
  }
  return [code, [...world.printed, ...world.complaints].join("\n")];
}

async function withCertificates(): Promise<CliWorld> {
  const world = new CliWorld();
  await run(world, "new-ca", "new localhost 127.0.0.1", "new --user alice");
  return world;
}

Deno.test("runCert() makes certificates that it believes", async () => {
  const world = await withCertificates();
  assertEquals(await run(world, "verify localhost.pem --ca ca.pem --name localhost"), [
    0,
    "localhost.pem is believed for localhost: its authority is CN=whippet CA, 90 days left",
  ]);
  assertEquals((await run(world, "verify localhost.pem --ca ca.pem"))[0], 0);
  assertEquals((await run(world, "verify alice.pem --ca ca.pem --client"))[0], 0);
});

Deno.test("runCert() says why a certificate is not believed, and ends with 1", async () => {
  const world = await withCertificates();
  for (
    const [args, alert] of [
      ["localhost.pem --ca ca.pem --name example.com", "certificate_unknown"],
      ["alice.pem --ca ca.pem", "unsupported_certificate"],
      ["localhost.pem --ca localhost.pem --client", "unsupported_certificate"],
    ]
  ) {
    const [code, said] = await run(world, `verify ${args}`);
    assertEquals(code, 1);
    assert(said.includes(`is not believed (${alert}): `), said);
  }
  world.clock.advance(91 * 86_400_000);
  const [code, said] = await run(world, "verify localhost.pem --ca ca.pem");
  assert(code === 1 && said.includes("certificate_expired"), said);
});

Deno.test("runCert() trusts the system's authorities where none is named", async () => {
  const world = await withCertificates();
  assertEquals(await run(world, "verify localhost.pem"), [
    1,
    "This system's authorities are not known: name one with --ca",
  ]);
  world.authorities = world.files.get("ca.pem");
  assertEquals((await run(world, "verify localhost.pem"))[0], 0);
});

Deno.test("runCert() shows all certificates of a file", async () => {
  const world = await withCertificates();
  world.files.set("both.pem", world.files.get("localhost.pem")! + world.files.get("ca.pem"));
  const [code, said] = await run(world, "show both.pem");
  assertEquals(code, 0);
  for (const line of ["certificate 1 of 2", "names     dns localhost, ip 127.0.0.1"]) {
    assert(said.split("\n").includes(line), said);
  }
  assertEquals((await run(world, "show nothing"))[0], 1);
});

Deno.test("runCert() tells what is wrong with arguments, and ends with 2", async () => {
  const world = new CliWorld();
  for (
    const [line, wrong] of [
      ["nwe", "Unknown command 'nwe' (Did you mean new?)"],
      ["new h --days 0", "It takes a whole number of days from 1 to 36500"],
      ["show", "Missing required argument 'target'"],
      ["new --nope h", "Unknown option '--nope'"],
    ]
  ) {
    const [code, said] = await run(world, line);
    assertEquals(code, 2, said);
    assert(said.includes(wrong) && said.includes("Run `whippet cert --help`"), said);
  }
  assertEquals(world.files.size, 0);
});

Deno.test("runCert() helps, with the examples of all its commands or of one", async () => {
  const [code, said] = await run(new CliWorld(), "--help");
  assertEquals(code, 0);
  for (const part of ["new-ca", "Examples:", "whippet cert verify localhost:8090"]) {
    assert(said.includes(part), said);
  }
  const ofNew = (await run(new CliWorld(), "new --help"))[1];
  for (const part of ["--user <name>", "Examples:", "whippet cert new --user alice"]) {
    assert(ofNew.includes(part), part);
  }
  assert(!ofNew.includes("cert show"), ofNew);
});
