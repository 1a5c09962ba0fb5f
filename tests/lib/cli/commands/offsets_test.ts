import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet consumer-offset stores, shows and forgets offsets; whippet lag counts what is left", async () => {
  await using node = await CliNode.start();
  await node.must(
    "stream create orders",
    "topic create orders events 1 none",
    "message send orders events one two three",
    "consumer-offset set reader orders events 0 1",
  );
  const shown = JSON.parse(await node.must("--output json o get reader orders events 0"));
  assertEquals([shown.storedOffset, shown.currentOffset], [1, 2]);
  const [row] = JSON.parse(await node.must("--output json lag orders events"));
  assertEquals([row.storedOffset, row.lag], [1, 1]);
  await node.must("consumer-offset delete reader orders events 0");
  const { code, err } = await node.run("consumer-offset get reader orders events 0");
  assertEquals([code, err], [1, "Nothing is stored of reader in partition 0"]);
  await node.must("consumer-group create orders events g");
  const outsider = await node.run("consumer-offset set g orders events 0 0 -k consumer-group");
  assertEquals(outsider.code, 1, "only a member stores a group's offsets");
  assertStringIncludes(await node.must("lag orders events"), "group");
});
