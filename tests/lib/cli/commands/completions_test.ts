import { assertEquals, assertStringIncludes } from "@std/assert";
import { runCommand } from "../../../../lib/cli/program.ts";
import { CliWorld } from "../../../support/cli_world.ts";

Deno.test("whippet completions prints the script of a shell that there is", async () => {
  const world = new CliWorld();
  assertEquals(await runCommand(["completions", "fish"], world), 0);
  assertStringIncludes(world.printed.join(), "complete -c whippet");
  assertEquals(await runCommand(["completions", "cmd"], world), 2);
});
