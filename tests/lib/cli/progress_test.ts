import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CommandContext } from "../../../lib/cli/command_context.ts";
import { Progress } from "../../../lib/cli/progress.ts";
import { CliWorld } from "../../support/cli_world.ts";

Deno.test("Progress draws on a terminal at once, and takes its line away", () => {
  const world = terminal();
  {
    using progress = new Progress(new CommandContext(world, {}), "messages", 100);
    world.clock.advance(1000);
    progress.show(50);
    assertStringIncludes(world.drawn, `${"█".repeat(12)}${"░".repeat(12)} 50 messages, 50/s`);
  }
  assertMatch(world.drawn, CLEARED);
});

Deno.test("Progress of work without a known end draws no bar", () => {
  const world = terminal();
  using progress = new Progress(new CommandContext(world, {}), "messages");
  world.clock.advance(2000);
  progress.show(50);
  assertMatch(world.drawn, /\dG50 messages, 25\/s/);
});

Deno.test("Progress leaves the terminal's settings as they are", () => {
  const world = terminal();
  {
    using progress = new Progress(new CommandContext(world, {}), "x".repeat(200), 100);
    progress.show(1);
    progress.show(2);
  }
  // Mode changes: CSI ? number h or l.
  assertEquals(world.drawn.includes("\x1b[?"), false);
});

Deno.test("Progress draws nothing without a terminal, nor when quiet", () => {
  for (const [errors, quiet] of [[false, undefined], [true, true]] as const) {
    const world = new CliWorld();
    world.terminal.errors = errors;
    using progress = new Progress(new CommandContext(world, { quiet }), "messages");
    progress.show(1);
    progress[Symbol.dispose]();
    assertEquals(world.drawn, "");
  }
});

function terminal(): CliWorld {
  const world = new CliWorld();
  world.terminal.errors = true;
  return world;
}

/** The cursor back in the first column of a line that is empty. */
// deno-lint-ignore no-control-regex -- that is what terminals are told by
const CLEARED = /\x1b\[1G\x1b\[2K$/;
