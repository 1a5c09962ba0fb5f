import { assertEquals, assertStringIncludes } from "@std/assert";
import { IggyClient } from "../../../../mod.ts";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet tail prints what is there, to the end that was", async () => {
  await using node = await CliNode.start();
  await node.scene();
  const all = await node.must("tail orders events --from first --exit-at-end --raw");
  assertEquals(all.split("\n").sort(), ["four", "one", "three", "two"]);
  const one = await node.must("tail orders events --from first --partition 1 -c 1 --headers");
  assertStringIncludes(one, "1/0");
  assertStringIncludes(one, "source=web four");
  const json = JSON.parse(await node.must("tail orders events --from 1 --partition 0 -c 1 --json"));
  assertEquals([json.offset, json.payload], [1, "two"]);
  assertEquals(await node.must("tail orders events --partition 2 --exit-at-end --from first"), "");
  const hex = await node.must("tail orders events --from 1h --partition 1 -c 1 --raw --format hex");
  assertEquals(hex, "666f7572");
});

Deno.test("whippet tail follows what comes, and ends at an interrupt with 0", async () => {
  await using node = await CliNode.start();
  await node.must("stream create s", "topic create s t 1 none", "message send s t old");
  const { world } = node;
  const arrived = Promise.withResolvers<void>();
  const following = node.run("tail s t --raw --from 1");
  const print = world.printed.push.bind(world.printed);
  world.printed.push = (...texts) => {
    arrived.resolve();
    return print(...texts);
  };
  await using client = await IggyClient.connect({
    address: `127.0.0.1:${node.node.port}`,
    username: "iggy",
    password: "iggy",
  });
  await client.messages.send("s", "t", [{ payload: "new" }]);
  await arrived.promise;
  world.interrupt();
  assertEquals(await following, { code: 0, out: "new", err: "" });
});

Deno.test("whippet tail as a member of a group goes on where the group is", async () => {
  await using node = await CliNode.start();
  await node.scene();
  const first = await node.must("tail orders events --group workers -c 4 --raw");
  assertEquals(first.split("\n").length, 4);
  assertEquals((await node.run("tail orders events --group g --partition 0")).code, 2);
  assertEquals((await node.run("tail orders events --from nowhere")).code, 2);
  const missing = await node.run("tail orders nothing --from first --exit-at-end");
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.err, "Topic nothing of stream orders does not exist");
});
