import { assert, assertEquals } from "@std/assert";
import { systemPorts } from "../../../lib/os/system_ports.ts";
import { pair, readUntil } from "../../support/loopback.ts";

Deno.test("systemPorts() are those of this system: time, chance, files, sockets, HTTP", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "whippet-ports-" });
  const ports = systemPorts(directory);
  assert(Math.abs(ports.clock.nowMicros() - Date.now() * 1000) < 1_000_000);
  const bytes = new Uint8Array(32);
  ports.entropy.fill(bytes);
  assert(bytes.some((byte) => byte !== 0));
  assertEquals(ports.host.processId, Deno.pid);
  assert(ports.host.usage().totalDiskBytes > 0);
  ports.storage.makeDirectory("below");
  assert(Deno.statSync(`${directory}/below`).isDirectory);
  const listener = ports.listen({ hostname: "127.0.0.1", port: 0 });
  assert(listener.address.port > 0);
  listener.close();
  const bridge = ports.openHttpBridge({
    admitsOrigin: () => true,
    onWebSocket: () => {},
    onRequest: () => new Response("here."),
  }, { requestHeadTimeMsMax: 60_000 });
  using ends = await pair();
  const request = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const served = bridge.serve(ends.near, request, false);
  await readUntil(ends.far, "here.");
  ends.far.close();
  await served;
  await bridge.close();
  Deno.removeSync(directory, { recursive: true });
});
