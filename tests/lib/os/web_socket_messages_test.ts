import { assertEquals, assertRejects } from "@std/assert";
import { sendMessage, WebSocketReader } from "../../../lib/os/web_socket_messages.ts";
import { StreamClosed } from "../../../lib/ports.ts";

/** A socket whose messages the test makes. */
class FakeSocket extends EventTarget {
  binaryType = "";
  readyState: number = WebSocket.OPEN;
  bufferedAmount = 0;
  readonly sent: Uint8Array[] = [];

  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }

  arrive(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

function reading(events = {}) {
  const socket = new FakeSocket();
  return { socket, reader: new WebSocketReader(socket as unknown as WebSocket, events) };
}

Deno.test("WebSocketReader.read() gives messages in order, in as many parts as fit", async () => {
  const { socket, reader } = reading();
  socket.arrive(Uint8Array.of(1, 2, 3).buffer);
  socket.arrive("a text");
  socket.arrive(new ArrayBuffer(0));
  socket.arrive(Uint8Array.of(4).buffer);
  const read: number[][] = [];
  for (let count = 0; count < 3; count++) {
    const into = new Uint8Array(2);
    read.push([...into.subarray(0, await reader.read(into) ?? 0)]);
  }
  assertEquals(read, [[1, 2], [3], [4]]);
});

Deno.test("WebSocketReader.read() gives what came before the end, then null", async () => {
  const { socket, reader } = reading();
  socket.arrive(Uint8Array.of(1).buffer);
  socket.dispatchEvent(new Event("close"));
  socket.arrive(Uint8Array.of(2).buffer);
  const into = new Uint8Array(8);
  assertEquals([await reader.read(into), await reader.read(into)], [1, null]);
});

Deno.test("WebSocketReader tells how many bytes it holds", async () => {
  const told: string[] = [];
  const { socket, reader } = reading({
    arrived: (bytes: number) => told.push(`+${bytes}`),
    taken: (bytes: number) => told.push(`-${bytes}`),
    ended: () => told.push("end"),
  });
  socket.arrive(new ArrayBuffer(3));
  await reader.read(new Uint8Array(2));
  await reader.read(new Uint8Array(2));
  reader.end();
  assertEquals(told, ["+3", "-2", "-1", "end"]);
});

Deno.test("sendMessage() waits while much is unsent", async () => {
  const socket = new FakeSocket();
  socket.bufferedAmount = 2 * 1024 * 1024;
  let isDone = false;
  const sending = sendMessage(socket as unknown as WebSocket, Uint8Array.of(1))
    .then(() => isDone = true);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals([socket.sent.length, isDone], [1, false]);
  socket.bufferedAmount = 0;
  await sending;
});

Deno.test("sendMessage() rejects on a socket that is closed", async () => {
  const socket = new FakeSocket();
  socket.readyState = WebSocket.CLOSED;
  const sending = sendMessage(socket as unknown as WebSocket, Uint8Array.of(1));
  await assertRejects(() => sending, StreamClosed);
});
