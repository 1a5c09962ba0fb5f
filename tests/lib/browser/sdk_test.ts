import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError, IggyClient } from "../../../lib/browser/sdk.ts";
import { startNode } from "../../support/node.ts";

Deno.test("IggyClient.connect() needs to know where, outside of a page", async () => {
  await assertRejects(() => IggyClient.connect(), TypeError, "url");
});

Deno.test("IggyClient.connect() takes no address of another scheme", async () => {
  for (const url of ["ftp://127.0.0.1", "tcp://127.0.0.1:8090"]) {
    await assertRejects(() => IggyClient.connect({ url }), TypeError, url);
  }
});

Deno.test("IggyClient.connect() rejects with a ConnectionError where nobody answers", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  await assertRejects(
    () => IggyClient.connect({ url: `ws://127.0.0.1:${port}` }),
    ConnectionError,
    `ws://127.0.0.1:${port}`,
  );
});

for (const scheme of ["ws", "http"]) {
  for (const framing of ["vsr", "classic"] as const) {
    Deno.test(`IggyClient.connect() talks to a node over WebSocket (${scheme}, ${framing})`, async () => {
      await using node = await startNode();
      const url = `${scheme}://127.0.0.1:${node.port}`;
      await using client = await IggyClient.connect({
        url,
        framing,
        username: "iggy",
        password: "iggy",
      });
      await client.streams.create("orders");
      await client.topics.create("orders", "events", { partitionsCount: 1 });
      await client.messages.send("orders", "events", [{ payload: "hello" }]);
      const [message] = await client.messages.poll("orders", "events", { offset: 0 });
      assertEquals(message.text(), "hello");
    });
  }
}
