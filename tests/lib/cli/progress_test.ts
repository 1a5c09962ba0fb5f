import { assertEquals } from "@std/assert";
import { CommandContext } from "../../../lib/cli/command_context.ts";
import { Progress } from "../../../lib/cli/progress.ts";
import { CliWorld } from "../../support/cli_world.ts";

Deno.test("Progress draws on a terminal, not more often than can be seen, and clears up", () => {
  const world = new CliWorld();
  world.terminal.errors = true;
  const progress = new Progress(new CommandContext(world, {}), "messages", 100);
  world.clock.advance(1000);
  progress.show(50);
  progress.show(51);
  assertEquals(world.drawn, `\r\x1b[K${"█".repeat(12)}${"░".repeat(12)} 50 messages, 50/s`);
  progress.clear();
  progress.clear();
  assertEquals(world.drawn.endsWith("/s\r\x1b[K"), true);
});

Deno.test("Progress draws nothing without a terminal, nor when quiet", () => {
  for (const [errors, quiet] of [[false, undefined], [true, true]] as const) {
    const world = new CliWorld();
    world.terminal.errors = errors;
    const progress = new Progress(new CommandContext(world, { quiet }), "messages");
    progress.show(1);
    progress.clear();
    assertEquals(world.drawn, "");
  }
});
