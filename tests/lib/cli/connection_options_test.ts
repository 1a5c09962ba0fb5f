import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as options from "../../../lib/cli/connection_options.ts";
import { NoCredentialsError, UsageError } from "../../../lib/cli/exit_codes.ts";
import { writeContexts } from "../../../lib/cli/saved_contexts.ts";
import { CliWorld } from "../../support/cli_world.ts";

function inContext(context: object): CliWorld {
  const world = new CliWorld();
  writeContexts({ active: "x", contexts: { x: context } }, world);
  return world;
}

Deno.test("reachOf() goes where it is told, else where the context says, else to this machine", () => {
  const addressOf = (given: options.SharedOptions, world: CliWorld) =>
    options.reachOf(given, world).connect.address;
  const world = inContext({ tcpServerAddress: "there:1" });
  assertEquals(addressOf({}, new CliWorld()), "127.0.0.1:8090");
  assertEquals(addressOf({}, world), "there:1");
  assertEquals(addressOf({ tcpServerAddress: "here:2" }, world), "here:2");
  assertEquals(addressOf({ transport: "ws" }, world), "127.0.0.1:8092");
});

Deno.test("reachOf() speaks TLS when anything asks for it, and reads the authority", () => {
  const world = new CliWorld();
  world.files.set("ca.pem", "PEM");
  const tlsOf = (given: options.SharedOptions) => options.reachOf(given, world).connect.tls;
  assertEquals(tlsOf({}), false);
  const asked: options.SharedOptions[] = [
    { transport: "tcp+tls" },
    { tcpTlsEnabled: true },
    { transport: "ws", websocketTlsEnabled: true },
    { tlsCa: "ca.pem" },
  ];
  for (const given of asked) assertEquals(typeof tlsOf(given), "object");
  assertEquals((tlsOf({ tlsCa: "ca.pem" }) as { ca: string }).ca, "PEM");
  assertThrows(() => tlsOf({ tlsCa: "no.pem" }), UsageError, "There is no file no.pem");
});

Deno.test("credentialsOf() prefers what is given, then the environment, then the context", async () => {
  const world = inContext({ token: "kept", tokenName: "its-name" });
  const given = (shared: options.SharedOptions) => options.credentialsOf(shared, world);
  assertEquals(await given({}), { personalAccessToken: "kept" });
  assertEquals(await given({ tokenName: "its-name" }), { personalAccessToken: "kept" });
  await assertRejects(() => given({ tokenName: "other" }), UsageError);
  Object.assign(world.environment, { IGGY_USERNAME: "env", IGGY_PASSWORD: "word" });
  assertEquals(await given({}), { username: "env", password: "word" });
  assertEquals(await given({ token: "t" }), { personalAccessToken: "t" });
  const own = { username: "u", password: "p" };
  assertEquals(await given(own), own);
});

Deno.test("credentialsOf() asks for a password that is missing, and says so where nobody answers", async () => {
  const world = new CliWorld();
  world.answers.push("typed");
  const ask = () => options.credentialsOf({ username: "u" }, world);
  assertEquals(await ask(), { username: "u", password: "typed" });
  await assertRejects(ask, NoCredentialsError, "The password of u is missing");
  await assertRejects(() => options.credentialsOf({}, world), NoCredentialsError);
});

Deno.test("chosenContext() is the one that is named", () => {
  const world = inContext({ username: "u" });
  assertEquals(options.chosenContext({ context: "x" }, world), { username: "u" });
});

Deno.test("SHARED_OPTIONS and IGNORED_OPTIONS have no flag twice", () => {
  const flags = [...options.SHARED_OPTIONS.map((each) => each.flags), ...options.IGNORED_OPTIONS];
  const long = flags.map((each) => /--[\w-]+/.exec(each)![0]);
  assertEquals(long.length, new Set(long).size);
});
