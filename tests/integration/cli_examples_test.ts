/** Every example of the command line's help, run against a real node. */
import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../lib/cli/commands/all.ts";
import { isGroup } from "../../lib/cli/definition.ts";
import { IggyClient } from "../../mod.ts";
import { CliNode } from "../support/cli_node.ts";

const DEFINITIONS = COMMANDS.flatMap((entry) => isGroup(entry) ? entry.commands : [entry]);

for (const example of DEFINITIONS.flatMap(({ examples }) => examples)) {
  Deno.test(`whippet ${example.line} works, as its help says`, async () => {
    await using node = await CliNode.start();
    await node.scene();
    await using client = await IggyClient.connect({
      address: `127.0.0.1:${node.node.port}`,
      username: "iggy",
      password: "iggy",
    });
    // Nodes make up the numbers of clients, so the help can only invent one.
    const { clientId } = await client.me();
    const line = example.line.replace(/^client get \d+$/, `client get ${clientId}`);
    const { code, err } = await node.example({ ...example, line });
    assertEquals([code, err], [0, ""]);
  });
}
