import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliNode } from "../../../support/cli_node.ts";

Deno.test("whippet pat creates a token that logs in, shown once or kept", async () => {
  await using node = await CliNode.start();
  const created = await node.must("pat create deploy 7days");
  const token = created.split(": ")[1];
  await node.must(`-t ${token} me`);
  assertStringIncludes(await node.must("pat list"), "deploy");
  const kept = await node.must("pat create kept --store-token");
  assertStringIncludes(kept, "kept");
  await node.must("-n kept me", "pat delete deploy");
  assertEquals((await node.run(`-t ${token} me`)).code, 4);
  assertEquals((await node.run("-n nothing me")).code, 2);
});
