import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet client, me and cluster show who is connected, and to what", async () => {
  await using node = await CliNode.start();
  assertStringIncludes(await node.must("client list"), "TCP");
  const me = JSON.parse(await node.must("--output ndjson me"));
  assertEquals(me.transport, "tcp");
  const { code, err } = await node.run("client get 1");
  assertEquals([code, err], [
    1,
    "Client 1 is not connected: `whippet client list` shows who is",
  ]);
  assertStringIncludes(await node.must("cluster metadata"), "leader");
});
