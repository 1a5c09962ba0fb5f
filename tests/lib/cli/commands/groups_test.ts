import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet consumer-group creates, shows and deletes groups", async () => {
  await using node = await CliNode.start();
  await node.must("stream create orders", "topic create orders events 3 none");
  assertStringIncludes(await node.must("g create orders events workers"), "workers created");
  assertStringIncludes(await node.must("g get orders events workers"), "No members");
  const [group] = JSON.parse(await node.must("--output json g list orders events"));
  assertEquals([group.name, group.partitionsCount, group.membersCount], ["workers", 3, 0]);
  await node.must("consumer-group delete orders events workers");
  assertEquals((await node.run("consumer-group get orders events workers")).code, 1);
});
