import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet ping, stats, options and snapshot tell about the node", async () => {
  await using node = await CliNode.start();
  assertStringIncludes(await node.must("ping -c 2"), "Ping statistics for 2 commands");
  assertStringIncludes(await node.must("stats"), "Server PID");
  assertEquals(JSON.parse(await node.must("stats -o json")).streamsCount, 0);
  assertStringIncludes(await node.must("stats -o toml"), "streams_count = 0");
  assertStringIncludes(await node.must("options topic"), "message_expiry");
  assertStringIncludes(await node.must("snapshot -o /tmp"), "Wrote /tmp/snapshot_");
  const [path] = [...node.world.files.keys()];
  assertStringIncludes(node.world.files.get(path)!, "PK");
});

Deno.test("whippet ping needs nobody to log in", async () => {
  await using node = await CliNode.start();
  delete node.world.environment.IGGY_USERNAME;
  await node.must("ping");
  const { code, err } = await node.run("stats");
  assertEquals(code, 4);
  assertStringIncludes(err, "Nobody is logged in: give -u and -p");
});
