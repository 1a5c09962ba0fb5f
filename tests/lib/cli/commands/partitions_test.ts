import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet partition adds and deletes partitions, whippet segment deletes segments", async () => {
  await using node = await CliNode.start();
  await node.must("stream create orders", "topic create orders events 1 none");
  assertEquals(await node.must("partition create orders events 2"), "2 partitions created");
  assertEquals(await node.must("p d orders events 1"), "1 partition deleted");
  const topic = JSON.parse(await node.must("--output json topic get orders events"));
  assertEquals(topic.partitionsCount, 2);
  await node.must("segment delete orders events 0 1");
  const missing = await node.run("segment delete orders events 9 1");
  assertEquals(missing.code, 1);
  assertStringIncludes((await node.run("partition create orders events 0")).err, "1 to");
});
