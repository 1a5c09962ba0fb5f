import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet topic creates topics with limits, and changes them", async () => {
  await using node = await CliNode.start();
  await node.must(
    "stream create orders",
    "topic create orders events 2 none 1day 2h -m 10GB -t 7 --set segment_size=16MiB",
  );
  const topic = JSON.parse(await node.must("--output json topic get orders events"));
  assertEquals(topic.partitions.length, 2);
  assertEquals([topic.messageExpiry, topic.maxTopicSize], [93_600_000_000, 10_000_000_000]);
  assertEquals(topic.explicitOptions.segmentSize, 16 * 1024 ** 2);
  assertStringIncludes(await node.must("topic list orders"), "26 h");
  await node.must("topic update orders events facts none unlimited");
  assertStringIncludes(await node.must("topic get orders facts"), "never");
  const wrong = await node.run("topic create orders x 1 none soon");
  assertEquals([wrong.code, wrong.err.split(":")[0]], [2, 'Expiry "soon" is no duration']);
  const unset = await node.run("topic create orders x 1 none --set colour=red");
  assertEquals(unset.code, 2);
  await node.must("topic purge orders facts", "topic delete orders facts");
  assertStringIncludes((await node.run("topic get orders facts")).err, "does not exist");
});
