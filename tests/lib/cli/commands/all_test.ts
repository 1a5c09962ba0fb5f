import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../../../lib/cli/commands/all.ts";
import { isGroup } from "../../../../lib/cli/definition.ts";
import { runCommand } from "../../../../lib/cli/program.ts";
import { CliWorld } from "../../../support/cli_world.ts";

Deno.test("COMMANDS have each a help with examples, which tests/integration runs", async () => {
  const leaves = COMMANDS.flatMap((entry) =>
    isGroup(entry)
      ? entry.commands.map((command) => ({ path: [entry.name, command.name], command }))
      : [{ path: [entry.name], command: entry }]
  );
  for (const { path, command } of leaves) {
    const world = new CliWorld();
    assertEquals(await runCommand([...path, "--help"], world), 0, path.join(" "));
    const help = world.printed.join("\n");
    assert(command.examples.length > 0, path.join(" "));
    for (const { line } of command.examples) assert(help.includes(`  whippet ${line}`), help);
  }
});

Deno.test("COMMANDS have names and aliases of their own", () => {
  for (const level of [COMMANDS, ...COMMANDS.filter(isGroup).map(({ commands }) => commands)]) {
    const names = level.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    assertEquals(names.length, new Set(names).size, names.join(" "));
  }
});
