import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet login keeps a token that later commands log in by, until logout", async () => {
  await using node = await CliNode.start();
  const { world } = node;
  delete world.environment.IGGY_USERNAME;
  delete world.environment.IGGY_PASSWORD;
  world.answers.push("iggy");
  assertEquals(await node.must("-u iggy login 1h"), "Logged in as iggy, in context default");
  assertEquals(world.questions, ["Password of iggy: "]);
  const [path] = [...world.files.keys()];
  assertEquals([...world.secrets], [path]);
  assertStringIncludes(
    await node.must("session status"),
    "Logged in as iggy by token whippet-cli-",
  );
  await node.must("stream create orders");
  assertStringIncludes(await node.must("pat list"), "whippet-cli-");
  assertEquals(await node.must("logout"), "Logged out of context default");
  assertEquals((await node.run("stream list")).code, 4);
  assertEquals((await node.run("session status")).code, 4);
  assertEquals((await node.run("logout")).err, "Context default is not logged in");
  assertEquals(
    await node.must("-u iggy -p iggy pat list"),
    "No tokens: `whippet pat create` makes one",
  );
});

Deno.test("whippet login by a token is refused: it would only make another", async () => {
  await using node = await CliNode.start();
  assertEquals((await node.run("-t abc login")).code, 2);
});
