import { assert, assertEquals, assertRejects } from "@std/assert";
import { openHttpBridge } from "../../../lib/os/http_bridge.ts";
import { listenTcp } from "../../../lib/os/net.ts";
import { type Duplex, StreamClosed } from "../../../lib/ports.ts";
import { pair, readExactly, readToEnd, readUntil } from "../../support/loopback.ts";

/** A bridge, and the WebSockets that come out of it, in order. */
function openWebSockets() {
  const directory = Deno.makeTempDirSync({ prefix: "whippet-ws-" });
  const arrived: Duplex[] = [];
  let wake = () => {};
  const bridge = openHttpBridge(directory, {
    admitsOrigin: () => true,
    onWebSocket(stream) {
      arrived.push(stream);
      wake();
    },
    onRequest: () => new Response(null, { status: 404 }),
  }, { requestHeadTimeMsMax: 60_000 });
  return {
    bridge,
    async next(): Promise<Duplex> {
      while (arrived.length === 0) await new Promise<void>((resolve) => wake = resolve);
      return arrived.shift()!;
    },
    async [Symbol.asyncDispose]() {
      await bridge.close(); // and with it its folder
    },
  };
}

/** A WebSocket between this runtime's client and a duplex. */
async function connect() {
  const webSockets = openWebSockets();
  const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const client = new WebSocket(`ws://127.0.0.1:${listener.address.port}/`);
  client.binaryType = "arraybuffer";
  const messages: (ArrayBuffer | string)[] = [];
  client.onmessage = ({ data }) => messages.push(data);
  const opened = new Promise<void>((resolve) => client.onopen = () => resolve());
  const closed = new Promise<void>((resolve) => client.onclose = () => resolve());
  const carrier = counted((await accepted)!);
  const served = webSockets.bridge.serve(carrier, new Uint8Array());
  const duplex = await webSockets.next();
  await opened;
  listener.close();
  return {
    client,
    messages,
    closed,
    carrier,
    served,
    duplex,
    async [Symbol.asyncDispose]() {
      duplex.close();
      await closed;
      await served;
      await webSockets[Symbol.asyncDispose]();
    },
  };
}

/** The same, with a client that writes its frames itself. */
async function connectRaw() {
  const webSockets = openWebSockets();
  const ends = await pair();
  const handshake = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const served = webSockets.bridge.serve(ends.near, new TextEncoder().encode(handshake));
  const answer = await readUntil(ends.far, "\r\n\r\n");
  assert(answer.startsWith("HTTP/1.1 101 "), answer);
  const duplex = await webSockets.next();
  return {
    far: ends.far,
    served,
    duplex,
    async [Symbol.asyncDispose]() {
      ends[Symbol.dispose]();
      await served;
      await webSockets[Symbol.asyncDispose]();
    },
  };
}

/** A client's frame of up to 125 bytes, masked with zeros (RFC 6455 section 5.2). */
function frame(opcode: number, payload: number[], fin = true): Uint8Array {
  return new Uint8Array([(fin ? 0x80 : 0) | opcode, 0x80 | payload.length, 0, 0, 0, 0, ...payload]);
}

const [CONTINUATION, BINARY, CLOSE, PING, PONG] = [0, 2, 8, 9, 10];

Deno.test("WebSocketDuplex.read() gives the bytes of binary messages, wherever they were cut", async () => {
  await using socket = await connect();
  socket.client.send(new Uint8Array([1, 2, 3]));
  socket.client.send(new Uint8Array(0));
  socket.client.send(new Uint8Array([4, 5]));
  const into = new Uint8Array(2);
  const pieces: number[][] = [];
  for (let read = 0; read < 5;) {
    const count = (await socket.duplex.read(into))!;
    pieces.push([...into.subarray(0, count)]);
    read += count;
  }
  assertEquals(pieces, [[1, 2], [3], [4, 5]]);
});

Deno.test("WebSocketDuplex.read() leaves text out (CLASSIC.md section 1.5)", async () => {
  await using socket = await connect();
  socket.client.send("text");
  socket.client.send(new Uint8Array([7]));
  assertEquals(await readExactly(socket.duplex, 1), new Uint8Array([7]));
});

Deno.test("WebSocketDuplex.write() sends one message each, whatever its size", async () => {
  await using socket = await connect();
  const large = Uint8Array.from({ length: 3_000_000 }, (_, at) => at * 31);
  for (const bytes of [new Uint8Array([1]), large, new Uint8Array([2, 3])]) {
    await socket.duplex.write(bytes);
  }
  socket.duplex.close();
  await socket.closed;
  const received = socket.messages.map((data) => new Uint8Array(data as ArrayBuffer));
  assertEquals(received, [new Uint8Array([1]), large, new Uint8Array([2, 3])]);
});

Deno.test("WebSocketDuplex.write() cuts what is longer than a frame may be for Iggy's clients", async () => {
  await using socket = await connect();
  const long = Uint8Array.from({ length: (16 << 20) + 3 }, (_, at) => at >> 16);
  await socket.duplex.write(long);
  socket.duplex.close();
  await socket.closed;
  const received = socket.messages.map((data) => new Uint8Array(data as ArrayBuffer));
  assertEquals(received.map(({ length }) => length), [16 << 20, 3]);
  assertEquals(received[0], long.subarray(0, 16 << 20));
  assertEquals(received[1], long.subarray(16 << 20));
});

Deno.test("WebSocketDuplex.write() tells of each part that the far end takes", async () => {
  await using socket = await connectRaw();
  let taken = 0;
  const writing = socket.duplex.write(new Uint8Array(8 << 20), () => taken++);
  // A reader who has half of it, and before it the 10 bytes of a frame's head.
  await readExactly(socket.far, 10 + (4 << 20));
  assert(taken > 8, `${taken} parts`);
  await Promise.all([writing, readExactly(socket.far, 4 << 20)]);
  const before = taken;
  await socket.duplex.write(new Uint8Array([1]));
  await readExactly(socket.far, 2);
  assertEquals(taken, before);
});

Deno.test("WebSocketDuplex.write() is done with the bytes when it resolves", async () => {
  await using socket = await connect();
  const bytes = new Uint8Array(100_000).fill(7);
  await socket.duplex.write(bytes);
  bytes.fill(9);
  socket.duplex.close();
  await socket.closed;
  assertEquals(
    new Uint8Array(socket.messages[0] as ArrayBuffer),
    new Uint8Array(100_000).fill(7),
  );
});

Deno.test("WebSocketDuplex shows the addresses of the stream below and keeps messages whole", async () => {
  await using socket = await connect();
  const { duplex, carrier } = socket;
  assertEquals([duplex.peer, duplex.local], [carrier.peer, carrier.local]);
  assertEquals(duplex.wholeMessages, true);
});

Deno.test("WebSocketDuplex.read() gives all that came before the client's close, then null", async () => {
  await using socket = await connect();
  socket.client.send(new Uint8Array([1, 2]));
  socket.client.close();
  await socket.closed;
  assertEquals(await readToEnd(socket.duplex), new Uint8Array([1, 2]));
  assertEquals(await socket.duplex.read(new Uint8Array(1)), null);
  await assertRejects(() => socket.duplex.write(new Uint8Array([1])), StreamClosed);
});

Deno.test("WebSocketDuplex.read() gives null when the stream below breaks off", async () => {
  await using socket = await connect();
  const reading = socket.duplex.read(new Uint8Array(1));
  socket.carrier.close();
  assertEquals(await reading, null);
});

Deno.test("WebSocketDuplex.close() ends a pending read, tells the client and ends the stream below", async () => {
  await using socket = await connect();
  const reading = socket.duplex.read(new Uint8Array(1));
  socket.duplex.close();
  assertEquals(await reading, null);
  await socket.closed;
  await socket.served;
  socket.duplex.close();
  await assertRejects(() => socket.duplex.write(new Uint8Array([1])), StreamClosed);
});

Deno.test("WebSocketDuplex.close() sends what was written before", async () => {
  await using socket = await connect();
  await socket.duplex.write(new Uint8Array([1, 2, 3]));
  socket.duplex.close();
  await socket.closed;
  assertEquals(socket.messages.length, 1);
});

Deno.test("WebSocketDuplex holds a client back that sends more than is read, and loses nothing", async () => {
  await using socket = await connect();
  const message = Uint8Array.from({ length: 65_536 }, (_, at) => at * 31);
  for (let sent = 0; sent < 256; sent++) socket.client.send(message);
  while (socket.carrier.taken < 1 << 20) await nextTurn();
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  assert(socket.carrier.taken < 1 << 22, `${socket.carrier.taken} of 16 MiB are in memory`);
  for (let received = 0; received < 256; received++) {
    assertEquals(await readExactly(socket.duplex, message.length), message);
  }
});

Deno.test("WebSocketDuplex.close() ends a stream whose client goes on sending unread bytes", async () => {
  await using socket = await connectRaw();
  const sending = (async () => {
    for (;;) await socket.far.write(frame(BINARY, Array(100).fill(1)));
  })();
  await socket.duplex.read(new Uint8Array(1));
  socket.duplex.close();
  const outcome = assertRejects(() => sending, StreamClosed);
  void readToEnd(socket.far).then(() => socket.far.close());
  await outcome;
  await socket.served;
});

Deno.test("WebSocketDuplex.close() does not wait for ever for a client to close, too", async () => {
  await using socket = await connectRaw();
  const timers = heldTimers(() => socket.duplex.close());
  assertEquals(await readExactly(socket.far, 2), new Uint8Array([0x80 | CLOSE, 0]));
  for (const due of timers) due();
  assertEquals((await readToEnd(socket.far)).length, 0);
  await socket.served;
});

Deno.test("WebSocketDuplex.close() a second time does not wait at all", async () => {
  await using socket = await connectRaw();
  socket.duplex.close();
  socket.duplex.close();
  await socket.served;
});

Deno.test("WebSocketDuplex.close() lets the answer to the client's own close through", async () => {
  await using socket = await connectRaw();
  await socket.far.write(frame(CLOSE, [3, 232]));
  assertEquals(await socket.duplex.read(new Uint8Array(1)), null);
  socket.duplex.close();
  assertEquals(await readExactly(socket.far, 1), new Uint8Array([0x80 | CLOSE]));
  await readToEnd(socket.far);
  await socket.served;
});

Deno.test("A ping is answered with a pong of the same bytes", async () => {
  await using socket = await connectRaw();
  await socket.far.write(frame(PING, [5, 6]));
  assertEquals(await readExactly(socket.far, 4), new Uint8Array([0x80 | PONG, 2, 5, 6]));
});

Deno.test("A message in fragments is read as one", async () => {
  await using socket = await connectRaw();
  await socket.far.write(frame(BINARY, [1, 2], false));
  await socket.far.write(frame(CONTINUATION, [3], true));
  assertEquals(await readExactly(socket.duplex, 3), new Uint8Array([1, 2, 3]));
});

/** Counts what is read from a stream. */
function counted(stream: Duplex): Duplex & { readonly taken: number } {
  let taken = 0;
  return {
    peer: stream.peer,
    local: stream.local,
    wholeMessages: stream.wholeMessages,
    async read(into) {
      const count = await stream.read(into);
      taken += count ?? 0;
      return count;
    },
    write: (bytes) => stream.write(bytes),
    close: () => stream.close(),
    get taken() {
      return taken;
    },
  };
}

/** Lets the event loop go round. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** The tasks of the timers that `action` starts; they are due when the test says so. */
function heldTimers(action: () => void): (() => void)[] {
  const real = globalThis.setTimeout;
  const tasks: (() => void)[] = [];
  globalThis.setTimeout = ((task: () => void) => {
    tasks.push(task);
    return real(() => {}, 0);
  }) as typeof setTimeout;
  try {
    action();
  } finally {
    globalThis.setTimeout = real;
  }
  return tasks;
}
