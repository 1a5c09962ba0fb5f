/** Every example of the command line's help, run against a real node. */
import { assertEquals } from "@std/assert";
import { IggyClient } from "../../mod.ts";
import { CliNode } from "../support/cli_node.ts";
import { NAMED_COMMANDS, settled } from "../support/cli_scene.ts";

for (const example of NAMED_COMMANDS.flatMap(({ definition }) => definition.examples)) {
  Deno.test(`whippet ${example.line} works, as its help says`, async () => {
    await using node = await CliNode.start();
    await node.scene();
    await using client = await IggyClient.connect({
      address: `127.0.0.1:${node.node.port}`,
      username: "iggy",
      password: "iggy",
    });
    const { clientId } = await client.me();
    const { code, err } = await node.example(settled(example, clientId, "/tmp"));
    assertEquals([code, err], [0, ""]);
  });
}
