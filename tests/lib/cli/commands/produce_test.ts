import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet produce sends lines, in batches", async () => {
  await using node = await CliNode.start();
  await node.must("stream create s", "topic create s t 1 none");
  const { code, out } = await node.run("produce s t --batch 2", "one\n\ntwo\r\nthree");
  assertEquals(code, 0);
  assertStringIncludes(out, "3 messages sent to topic t");
  const sent = await node.must("tail s t --from first --exit-at-end --raw");
  assertEquals(sent, "one\ntwo\nthree");
});

Deno.test("whippet produce sends lines of JSON, each where it says", async () => {
  await using node = await CliNode.start();
  await node.must("stream create s", "topic create s t 2 none");
  const id = "340282366920938463463374607431768211455";
  const input = [
    `{"payload":{"total":12},"partition":1,"id":${id},"headers":{"n":{"kind":"int64","value":7}}}`,
    `{"payload":"AAE=","encoding":"base64","key":"k"}`,
  ].join("\n");
  assertEquals((await node.run("produce s t --format ndjson --rate 100000", input)).code, 0);
  const json = await node.must("tail s t --partition 1 --from first -c 1 --json --format json");
  assertStringIncludes(json, `"id":${id}`);
  assertEquals(JSON.parse(json).payload, { total: 12 });
  const wrong = await node.run("produce s t --format ndjson", "{}\n");
  assertEquals([wrong.code, wrong.err], [1, "line:1 has no payload"]);
});

Deno.test("whippet produce keeps the order of messages of one key", async () => {
  await using node = await CliNode.start();
  await node.must("stream create s", "topic create s t 1 none");
  const lines = Array.from({ length: 60 }, (_, at) => `{"payload":${at},"key":"k${at % 3}"}`);
  await node.run("produce s t --format ndjson --batch 7", lines.join("\n"));
  const sent = (await node.must("tail s t --from first --exit-at-end --raw")).split("\n").map(
    Number,
  );
  assertEquals(sent.length, 60);
  for (const key of [0, 1, 2]) {
    const ofKey = sent.filter((each) => each % 3 === key);
    assertEquals(ofKey, ofKey.toSorted((a, b) => a - b));
  }
});

Deno.test("whippet produce sends files whole, and says when one is missing", async () => {
  await using node = await CliNode.start();
  await node.must("stream create s", "topic create s t 1 none");
  node.world.files.set("a.txt", "line\nline\n");
  await node.must("produce s t a.txt --format file");
  const [message] = JSON.parse(await node.must("--output json message poll -f s t 0"));
  assertEquals(message.payload, "line\nline\n");
  assertEquals((await node.run("produce s t b.txt")).err, "There is no file b.txt: name another");
  assertEquals((await node.run("produce s t --format file")).code, 2);
  assertEquals((await node.run("produce s t --key k --partition 0")).code, 2);
});
