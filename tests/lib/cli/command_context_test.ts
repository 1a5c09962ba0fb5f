import { assertEquals } from "@std/assert";
import { CommandContext } from "../../../lib/cli/command_context.ts";
import { CliNode } from "../../support/cli_node.ts";
import { CliWorld } from "../../support/cli_world.ts";

Deno.test("CommandContext.output has colours on a terminal only, and not with NO_COLOR", () => {
  const coloured = (change: (world: CliWorld) => void, color?: boolean) => {
    const world = new CliWorld();
    change(world);
    return new CommandContext(world, { color }).output.paint("x", "good") !== "x";
  };
  const onTerminal = (world: CliWorld) => void (world.terminal.output = true);
  assertEquals(coloured(() => {}), false);
  assertEquals(coloured(onTerminal), true);
  assertEquals(coloured(onTerminal, false), false);
  assertEquals(
    coloured((world) => {
      onTerminal(world);
      world.environment.NO_COLOR = "1";
    }),
    false,
  );
});

Deno.test("CommandContext.in() writes in another format", () => {
  const context = new CommandContext(new CliWorld(), { output: "json" });
  assertEquals([context.in("list").format, context.in(undefined).format], ["list", "json"]);
});

Deno.test("CommandContext.interruption() ends when the user interrupts", () => {
  const world = new CliWorld();
  const { signal, release } = new CommandContext(world, {}).interruption();
  world.interrupt();
  assertEquals(signal.aborted, true);
  release();
});

Deno.test("CommandContext.client() reaches a node by WebSocket, and by TLS on both transports", async () => {
  const environment = { IGGY_WEBSOCKET_ENABLED: "true", IGGY_WEBSOCKET_ADDRESS: "127.0.0.1:0" };
  await using node = await CliNode.start({ environment });
  const { world } = node;
  const authority = Deno.readTextFileSync(`${node.node.directory}/tls/ca.pem`);
  world.files.set("ca.pem", authority);
  const ws = `--websocket-server-address 127.0.0.1:${node.node.node.bound.websocket!.port}`;
  for (
    const [options, transport] of [
      [`--transport ws ${ws}`, "websocket"],
      [`--transport ws+tls ${ws} --tls-ca ca.pem`, "websocket"],
      ["--transport tcp+tls --tls-ca ca.pem", "tcp"],
      ["--framing classic", "tcp"],
    ]
  ) {
    const me = JSON.parse(await node.must(`${options} --output json me`));
    assertEquals(me.transport, transport, options);
  }
});
