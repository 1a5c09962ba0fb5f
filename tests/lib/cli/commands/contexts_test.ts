import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet context keeps nodes by name, and shows no secrets", async () => {
  await using node = await CliNode.start();
  const options = "--username ada --password hidden-word --tcp-server-address 10.0.0.9:8090";
  await node.must(`context create staging ${options}`, "context use staging");
  const list = await node.must("context list");
  assertStringIncludes(list, "10.0.0.9:8090");
  const shown = await node.must("context show");
  assertStringIncludes(shown, "ada");
  assertEquals([list, shown].some((text) => text.includes("hidden-word")), false);
  assertEquals((await node.run("context create staging")).code, 1);
  assertEquals((await node.run("context use nowhere")).code, 1);
  await node.must("context delete staging");
  assertStringIncludes(await node.must("context show"), "default");
});
