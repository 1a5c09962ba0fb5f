import { assertEquals, assertStringIncludes } from "@std/assert";
import { runCommand } from "../../../../lib/cli/program.ts";
import { CliNode } from "../../../support/cli_node.ts";
import { CliWorld } from "../../../support/cli_world.ts";

Deno.test("whippet doctor ends with 0 where a node can run, with 1 where it cannot", async () => {
  const world = new CliWorld();
  assertEquals(await runCommand(["doctor"], world), 0);
  assertStringIncludes(
    world.printed.join("\n"),
    "ok         tcp             127.0.0.1:8090 is free",
  );
  world.facts.folder.isWritable = false;
  assertEquals(await runCommand(["doctor", "--data", "/srv/w"], world), 1);
  assertStringIncludes(world.printed.join("\n"), "broken     data directory  /srv/w may not be");
});

Deno.test("whippet doctor finds a node that runs", async () => {
  await using node = await CliNode.start();
  const { world } = node;
  world.environment.IGGY_TCP_ADDRESS = `127.0.0.1:${node.node.port}`;
  world.facts.taken.add(node.node.port);
  const findings = JSON.parse(await node.must("doctor --output json"));
  const tcp = findings.find(({ subject }: { subject: string }) => subject === "tcp");
  assertStringIncludes(tcp.finding, "a node answers at 127.0.0.1:");
});
