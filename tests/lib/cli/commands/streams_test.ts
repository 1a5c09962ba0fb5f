import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet stream creates, shows, renames and deletes streams", async () => {
  await using node = await CliNode.start();
  assertEquals((await node.run("s c orders")).out, "Stream orders created, its number is 0");
  const again = await node.run("stream create orders");
  assertEquals(again.code, 1);
  assertStringIncludes(again.err, "`whippet stream list` shows which there are");
  await node.must("stream update 0 sales");
  assertStringIncludes(await node.must("stream list"), "sales");
  const [stream] = JSON.parse(await node.must("stream list --list-mode json"));
  assertEquals([stream.id, stream.name, stream.messagesCount], [0, "sales", 0]);
  await node.must("stream purge sales", "stream delete sales");
  assertEquals(
    (await node.run("stream get sales")).err.split(":")[0],
    "Stream sales does not exist",
  );
  assertStringIncludes(await node.must("stream list"), "No streams");
});
