import { assertEquals } from "@std/assert";
import { tellReady } from "../../../lib/service/readiness.ts";
import { configureLogs } from "../../../lib/telemetry.ts";

Deno.test("tellReady() sends READY=1 to the socket of the service manager, and leaves nothing behind", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "whippet-notify-" });
  const path = `${folder}/manager`;
  const manager = Deno.listenDatagram({ transport: "unixpacket", path });
  await tellReady(path, folder);
  const [message] = await manager.receive();
  assertEquals(new TextDecoder().decode(message), "READY=1");
  manager.close();
  Deno.removeSync(path);
  assertEquals([...Deno.readDirSync(folder)], []);
  Deno.removeSync(folder);
});

Deno.test("tellReady() tells nobody where nobody asks", async () => {
  await tellReady(undefined, "/nowhere");
});

Deno.test("tellReady() says why the service manager does not hear of it, and goes on", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "whippet-notify-" });
  const lines: string[] = [];
  await configureLogs("info", (line) => lines.push(line));
  try {
    await tellReady(`${folder}/nobody`, folder);
  } finally {
    await configureLogs("off", () => {});
  }
  const [line] = lines;
  assertEquals(lines.length, 1);
  assertEquals(/nobody.*No such file/.test(line), true, line);
  assertEquals([...Deno.readDirSync(folder)], []);
  Deno.removeSync(folder);
});
