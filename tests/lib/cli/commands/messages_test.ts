import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet message sends and polls messages with headers and keys", async () => {
  await using node = await CliNode.start();
  await node.must("stream create s", "topic create s t 1 none");
  assertEquals(await node.must("m s s t one two"), "2 messages sent to topic t");
  await node.must("message send -H a:int32:-7,b:string:x s t headed");
  assertEquals((await node.run("message send -m key s t", "three\r\nfour\n\n")).code, 0);
  assertStringIncludes(await node.must("message poll -o 2 -s s t 0"), "a=-7 b=x");
  const lines = await node.must("--output ndjson message poll -f -m 10 s t 0");
  const messages = lines.split("\n").map((line) => JSON.parse(line));
  assertEquals(messages.map(({ payload }) => payload), ["one", "two", "headed", "three", "four"]);
  assertStringIncludes(await node.must("message poll -o 99 s t 0"), "No messages there");
});

Deno.test("whippet message poll writes a file that message send sends again", async () => {
  await using node = await CliNode.start();
  await node.must(
    "stream create s",
    "topic create s t 1 none",
    "message send s t one two",
    "message poll -f -m 5 --output-file saved s t 0",
    "message send --input-file saved s t",
    "message flush s t 0",
  );
  assertStringIncludes(await node.must("message poll -l s t 0"), "two");
  assertEquals((await node.run("message send --input-file nothing s t")).code, 1);
  assertEquals((await node.run("message poll -f --output-file saved s t 0")).code, 1);
});

Deno.test("whippet message refuses what does not go together", async () => {
  await using node = await CliNode.start();
  for (
    const line of [
      "message send -p 0 -m key s t x",
      "message poll s t 0",
      "message poll -f -l s t 0",
      "message send -H broken s t x",
      "message send s t",
    ]
  ) assertEquals((await node.run(line)).code, 2, line);
});
