import { assertEquals } from "@std/assert";
import { runCert } from "../../../lib/cli/cert.ts";
import { checkup } from "../../../lib/cli/checkup.ts";
import { NO_FLAGS } from "../../../lib/config/flags.ts";
import { CliWorld } from "../../support/cli_world.ts";

/** States and texts of what is found about a subject, in a world that `change` has made worse. */
async function found(
  subject: string,
  change: (world: CliWorld) => unknown = () => {},
): Promise<string[]> {
  const world = new CliWorld();
  await change(world);
  const findings = await checkup(world, { ...NO_FLAGS, dataPath: "data" });
  return findings.filter((each) => each.subject === subject)
    .map(({ state, finding }) => `${state}: ${finding}`);
}

Deno.test("checkup() finds nothing to mend on a good machine, and says what to do about all else", async () => {
  const world = new CliWorld();
  const findings = await checkup(world, NO_FLAGS);
  assertEquals(findings.filter(({ state }) => state !== "ok"), []);
  world.facts.folder.freeBytes = 0;
  world.facts.openFiles = 1;
  world.facts.taken.add(8090);
  for (const { state, remedy } of await checkup(world, NO_FLAGS)) {
    assertEquals(remedy === undefined, state === "ok");
  }
});

Deno.test("checkup() names each problem of the configuration", async () => {
  const problems = await found("configuration", (world) => {
    world.environment.IGGY_TCP_ADDRESS = "nowhere";
    world.environment.IGGY_HTTP_ADDRESS = "nowhere";
  });
  assertEquals(problems.map((each) => each.slice(0, 7)), ["broken:", "broken:"]);
});

Deno.test("checkup() tells a port that another program has", async () => {
  for (const [port, subject] of [[8090, "tcp"], [3000, "http"], [8092, "websocket"]] as const) {
    assertEquals(await found(subject, (world) => world.facts.taken.add(port)), [
      `broken: 127.0.0.1:${port} is in use by a program that does not answer as a node`,
    ]);
  }
});

Deno.test("checkup() looks at the data directory and its disk", async () => {
  const folder = (change: object) => (world: CliWorld) => Object.assign(world.facts.folder, change);
  assertEquals(await found("data directory", folder({ exists: false })), [
    "ok: data can be made",
  ]);
  assertEquals(
    (await found("data directory", folder({ isOpenToOthers: true })))[1],
    [
      "attention: data may be looked into by every user of this machine",
    ][0],
  );
  assertEquals(await found("disk", folder({ freeBytes: 1024 ** 3 })), ["attention: 1.0 GiB free"]);
  assertEquals(await found("disk", folder({ freeBytes: 0 })), ["broken: 0 B free"]);
});

Deno.test("checkup() finds a clock that is wrong", async () => {
  assertEquals(await found("clock", (world) => void (world.clock.micros = 0)), [
    "broken: says 1970-01-01T00:00:00.000Z",
  ]);
  const later = (world: CliWorld) =>
    void (world.facts.folder.changedMicros = world.clock.micros + 3_600_000_000);
  assertEquals((await found("clock", later))[0].split(":")[0], "attention");
});

Deno.test("checkup() reads how long certificates hold", async () => {
  const after = (days: number) => async (world: CliWorld) => {
    await runCert("new-ca --days 90 --out data/tls".split(" "), world);
    world.clock.advance(days * 86_400_000);
  };
  assertEquals(await found("certificate", after(0)), ["ok: data/tls/ca.pem: 90 days left"]);
  assertEquals(await found("certificate", after(80)), [
    "attention: data/tls/ca.pem: 10 days left",
  ]);
  assertEquals(await found("certificate", after(91)), ["broken: data/tls/ca.pem has expired"]);
  const spoilt = (world: CliWorld) => world.files.set("data/tls/ca.pem", "nothing");
  assertEquals((await found("certificate", spoilt))[0].split(":")[0], "broken");
});

Deno.test("checkup() counts the files that can be open", async () => {
  const limit = (count: number) => (world: CliWorld) => void (world.facts.openFiles = count);
  assertEquals(await found("open files", limit(1000)), [
    "attention: only 1000 can be open at once",
  ]);
  assertEquals(await found("open files", limit(100)), ["broken: only 100 can be open at once"]);
});
