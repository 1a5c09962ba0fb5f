import { assertEquals, assertRejects } from "@std/assert";
import { addressOf, dialWebSocket } from "../../../lib/os/web_socket_dial.ts";
import { StreamClosed } from "../../../lib/ports.ts";

/** A server that answers each message with itself, and closes after "bye". */
function startEcho() {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      socket.send("a text");
      socket.send(data);
      if (new TextDecoder().decode(data) === "bye") socket.close();
    };
    return response;
  });
  const url = new URL(`ws://127.0.0.1:${server.addr.port}`);
  return { url, [Symbol.asyncDispose]: () => server.shutdown() };
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("dialWebSocket() gives the binary messages as one stream, and null at its end", async () => {
  await using echo = startEcho();
  const stream = await dialWebSocket(echo.url);
  await stream.write(bytes("hello"));
  await stream.write(bytes("bye"));
  let text = "";
  const into = new Uint8Array(3);
  for (let count = await stream.read(into); count !== null; count = await stream.read(into)) {
    text += new TextDecoder().decode(into.subarray(0, count));
  }
  assertEquals(text, "hellobye");
  assertEquals([stream.wholeMessages, stream.peer], [true, addressOf(echo.url)]);
  await assertRejects(() => stream.write(bytes("late")), StreamClosed);
});

Deno.test("dialWebSocket().close() ends a read that waits", async () => {
  await using echo = startEcho();
  const stream = await dialWebSocket(echo.url);
  const read = stream.read(new Uint8Array(1));
  stream.close();
  assertEquals(await read, null);
});

Deno.test("dialWebSocket() says what to look at when nobody answers", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const dialling = dialWebSocket(new URL(`ws://127.0.0.1:${port}`));
  await assertRejects(() => dialling, Error, "allowed_origins");
});

Deno.test("addressOf() fills in the port that the scheme stands for", () => {
  assertEquals(addressOf(new URL("ws://a")), { hostname: "a", port: 80 });
  assertEquals(addressOf(new URL("wss://a")), { hostname: "a", port: 443 });
  assertEquals(addressOf(new URL("wss://a:8090")), { hostname: "a", port: 8090 });
});
