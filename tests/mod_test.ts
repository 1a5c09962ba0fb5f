import { assertEquals } from "@std/assert";
import * as paved from "../mod.ts";

Deno.test("mod.ts exports the node, the client, and what they throw", () => {
  assertEquals(Object.keys(paved).sort(), [
    "ConfigError",
    "ConnectionError",
    "IggyClient",
    "IggyError",
    "Node",
    "TimeoutError",
    "errors",
    "loadConfig",
    "systemPorts",
  ]);
});

Deno.test("IggyClient.connect() talks to a Node started from mod.ts", async () => {
  const directory = Deno.makeTempDirSync();
  const config = paved.loadConfig({
    readText: () => undefined,
    environment: {
      IGGY_SYSTEM_PATH: directory,
      IGGY_TCP_ADDRESS: "127.0.0.1:0",
      IGGY_WEBSOCKET_ENABLED: "false",
      IGGY_HTTP_ENABLED: "false",
      IGGY_ROOT_USERNAME: "root",
      IGGY_ROOT_PASSWORD: "secret",
    },
  });
  const node = await paved.Node.start(config, paved.systemPorts(directory));
  {
    await using client = await paved.IggyClient.connect({
      address: node.bound.tcp!,
      username: "root",
      password: "secret",
    });
    await client.ping();
  }
  await node.drain();
  Deno.removeSync(directory, { recursive: true });
});
