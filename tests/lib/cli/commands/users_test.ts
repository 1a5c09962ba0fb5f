import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet user creates users with rights, and changes them", async () => {
  await using node = await CliNode.start();
  await node.must("user create alice secret-1 -g r_str,p_msg");
  assertStringIncludes(await node.must("user get alice"), "r_str,p_msg");
  assertStringIncludes(
    await node.must("user permissions alice -s 1:r_str#2:s_msg"),
    "1:r_str#2:s_msg",
  );
  await node.must("user password alice secret-1 secret-2", "-u alice -p secret-2 me");
  await node.must("user status alice inactive", "user name alice alicia");
  assertEquals((await node.run("-u alicia -p secret-2 me")).code, 4);
  assertStringIncludes(await node.must("user list"), "inactive");
  await node.must("user delete alicia");
  assertEquals((await node.run("user get alicia")).code, 1);
});

Deno.test("whippet user asks for a password that is left out, at a terminal", async () => {
  await using node = await CliNode.start();
  assertEquals((await node.run("user create bob")).code, 2);
  node.world.terminal.input = true;
  node.world.answers.push("secret-9");
  await node.must("user create bob");
  assertEquals(node.world.questions, ["Password of bob: "]);
  await node.must("-u bob -p secret-9 me");
});

Deno.test("whippet tells who may not do something from who is not logged in", async () => {
  await using node = await CliNode.start();
  await node.must("user create carol secret-1");
  const { code, err } = await node.run("-u carol -p secret-1 stream create x");
  assertEquals(code, 5);
  assertStringIncludes(err, "`whippet user permissions` gives rights");
});
