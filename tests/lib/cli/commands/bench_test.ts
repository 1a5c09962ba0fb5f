import { assert, assertEquals } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet bench polls all that it sent, and leaves nothing behind", async () => {
  await using node = await CliNode.start();
  const options = "--duration 50ms --message-size 10 --batch 5 --connections 2";
  const [send, poll] = JSON.parse(await node.must(`--output json bench ${options}`));
  assertEquals([send.phase, poll.phase], ["send", "poll"]);
  assert(send.messages > 0 && send.p99Ms >= send.p50Ms);
  assertEquals([poll.messages, poll.requests], [send.messages, send.requests]);
  assertEquals(await node.must("--output ndjson stream list"), "");
});
