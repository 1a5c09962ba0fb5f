import { assert, assertEquals } from "@std/assert";
import type { Dialect } from "../../protocol/command.ts";
import { DISCONNECTED, INVALID_COMMAND } from "../../protocol/error_codes.ts";
import { eventually } from "../support/eventually.ts";
import { HealthyClient } from "../support/healthy_client.ts";
import { startNode } from "../support/node.ts";
import { Random } from "../support/random.ts";
import { dial, DIALECTS, dialRoot, Peer } from "../support/raw_peer.ts";
import { tracedMessage } from "../support/traced_messages.ts";
import { type Cut, WebSocketClient } from "../support/web_socket_client.ts";

const random = Random.announced("Cuts of WebSocket messages");

/** The ways a client may cut a classic request: the framing is a stream of bytes (CLASSIC.md section 1.5). */
const CUTS: Record<string, Cut> = {
  "whole": (frame) => [frame],
  "length, code and body, as the Rust client does": (frame) => [
    frame.subarray(0, 4),
    frame.subarray(4, 8),
    frame.subarray(8),
  ],
  "single bytes": (frame) => Array.from(frame, (byte) => Uint8Array.of(byte)),
  "anywhere": (frame) => {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < frame.length;) {
      const length = random.between(0, 100);
      pieces.push(frame.subarray(at, at += length));
    }
    return pieces;
  },
};

for (const [how, cut] of Object.entries(CUTS)) {
  Deno.test(`Classic over WebSocket may come in messages cut in any way: ${how}`, async () => {
    await using node = await startNode();
    using peer = await dialRootOver("classic", await WebSocketClient.dial(node.port, cut));
    await makeTopic(peer);
    const messages = Array.from({ length: 50 }, (_, at) => tracedMessage(1, at));
    await peer.send(PARTITION, messages);
    await expectMessages(peer, 50);
  });
}

Deno.test("VSR over WebSocket comes and goes one frame a message, and so do classic answers", async () => {
  await using node = await startNode();
  for (const dialect of DIALECTS) {
    const socket = await WebSocketClient.dial(node.port);
    using peer = await dialRootOver(dialect, socket);
    if (dialect === "classic") await makeTopic(peer);
    await peer.send(PARTITION, [tracedMessage(1, 0)]);
    await peer.poll(PARTITION);
    await peer.ask("getStream", { streamId: "nowhere" });
    assertEquals(socket.received.length, dialect === "classic" ? 6 : 4);
  }
});

for (const dialect of DIALECTS) {
  Deno.test(`Requests in one WebSocket message are answered in order, in messages of their own (${dialect})`, async () => {
    await using node = await startNode();
    const socket = await WebSocketClient.dial(node.port);
    using peer = await dialRootOver(dialect, socket);
    const requests = ["one", "two", "three"].map((name) => peer.frame("createStream", { name }));
    const before = socket.received.length;
    await peer.write(new Uint8Array(await new Blob(requests).arrayBuffer()));
    for (const _ of requests) assertEquals((await peer.answer())?.status, 0);
    assertEquals(socket.received.length, before + requests.length);
    const names = (await peer.ask("getStreams", undefined)).map(({ name }) => name);
    assertEquals(names, ["one", "two", "three"]);
  });

  Deno.test(`Messages of 16 MiB pass over WebSocket in both directions (${dialect})`, async () => {
    await using node = await startNode({
      environment: { WHIPPET_LIMITS_POLL_REPLY_MAX: "40 MiB" },
    });
    const socket = await WebSocketClient.dial(node.port);
    using peer = await dialRootOver(dialect, socket);
    await makeTopic(peer);
    const payload = new Uint8Array(16 * 1024 * 1024);
    random.fill(payload.subarray(0, 1000));
    const message = { id: 1n, originTimestamp: 1, payload };
    for (let at = 0; at < 2; at++) await peer.send(PARTITION, [message]);
    const polled = await peer.poll(PARTITION);
    assertEquals(polled.count, 2);
    assert(polled.messages.every((each) => sameBytes(each.payload, payload)), "Bytes differ");
    // No client of Iggy's takes a longer message (VSR.md section 1); what is longer comes in several.
    assertEquals(socket.received.slice(-3, -1), [payload.length, payload.length]);
    assert(socket.received.at(-1)! < 1000, `${socket.received.at(-1)} bytes are left`);
  });

  Deno.test(`A WebSocket client is known by its own address, and forgotten when it closes (${dialect})`, async () => {
    await using node = await startNode();
    using watcher = await dialRoot("classic", node.port);
    const socket = await WebSocketClient.dial(node.port);
    using peer = await dialRootOver(dialect, socket);
    const me = await peer.ask("getMe", undefined);
    assertEquals(me.transport, "websocket");
    assert(me.address.startsWith("127.0.0.1:") && !me.address.endsWith(`:${node.port}`));
    const clients = () => watcher.ask("getClients", undefined);
    assertEquals((await clients()).map(({ address }) => address).includes(me.address), true);
    socket.close();
    await eventually("the client is forgotten", async () => (await clients()).length === 1);
  });

  Deno.test(`A node that stops answers what is under way over WebSocket, then closes it (${dialect})`, async () => {
    await using node = await startNode();
    const socket = await WebSocketClient.dial(node.port);
    using peer = await dialRootOver(dialect, socket);
    await peer.write(peer.frame("createUser", {
      username: "somebody",
      password: "secret",
      status: "active",
    }));
    await peer.write(peer.frame("ping", undefined));
    assertEquals((await peer.answer())?.status, 0);
    const stopped = node.stop();
    assertEquals((await peer.answer())?.status, 0);
    const last = await peer.answer();
    assertEquals(last?.status, dialect === "classic" ? DISCONNECTED : undefined);
    await socket.closed;
    await stopped;
  });
}

Deno.test("Text over WebSocket is ignored; bytes that are no frame get status 3 and a close", async () => {
  await using node = await startNode();
  const socket = await WebSocketClient.dial(node.port);
  using peer = await dialRootOver("classic", socket);
  socket.sendText("hello");
  await peer.ask("ping", undefined);
  await peer.write(new Uint8Array(8).fill(0xff));
  assertEquals((await peer.answer())?.status, INVALID_COMMAND);
  assertEquals(await peer.answer(), undefined);
  await socket.closed;
});

Deno.test("A ping of the WebSocket gets its pong, a close its close", async () => {
  await using node = await startNode();
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: node.port });
  await socket.write(TEXT.encode(UPGRADE));
  assert((await readText(socket)).startsWith("HTTP/1.1 101 "));
  await socket.write(webSocketFrame(0x9, TEXT.encode("anybody?")));
  assertEquals(await readFrame(socket), { opcode: 0xa, payload: TEXT.encode("anybody?") });
  const goingAway = Uint8Array.of(0x03, 0xe9);
  await socket.write(webSocketFrame(0x8, goingAway));
  assertEquals((await readFrame(socket)).opcode, 0x8);
});

Deno.test("HTTP that names nothing gets 404, again and again, and disturbs nobody", async () => {
  await using node = await startNode();
  using owner = await dialRoot("vsr_0_11", node.port);
  await makeTopic(owner);
  const healthy = await HealthyClient.start("classic", node.port, PARTITION);
  const url = `http://127.0.0.1:${node.port}`;
  for (let round = 0; round < 10; round++) {
    for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"]) {
      const body = method === "POST" || method === "PUT" ? "x".repeat(100_000) : undefined;
      const response = await fetch(`${url}/nowhere?round=${round}`, { method, body });
      assertEquals(response.status, 404, method);
      await response.body?.cancel();
    }
  }
  await healthy.proof();
  await healthy.stop();
});

Deno.test("A handshake that is none gets an error of HTTP, and the node goes on", async () => {
  await using node = await startNode();
  for (const without of ["Sec-WebSocket-Key", "Connection"]) {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: node.port });
    const lines = UPGRADE.split("\r\n").filter((line) => !line.startsWith(without));
    await socket.write(TEXT.encode(lines.join("\r\n")));
    const answer = await readText(socket);
    assert(/^HTTP\/1\.1 4\d\d /.test(answer), `${without}: ${answer}`);
  }
  using peer = await dial("classic", node.port);
  await peer.ask("ping", undefined);
});

async function dialRootOver(dialect: Dialect, socket: WebSocketClient): Promise<Peer> {
  const peer = new Peer(socket, dialect);
  await peer.login("iggy", "iggy");
  return peer;
}

async function makeTopic(peer: Peer): Promise<void> {
  await peer.ask("createStream", { name: PARTITION.streamId });
  const { streamId, topicId: name } = PARTITION;
  await peer.ask("createTopic", { streamId, name, partitionsCount: 1, options: {} });
}

async function expectMessages(peer: Peer, count: number): Promise<void> {
  const { messages } = await peer.poll(PARTITION);
  assertEquals(messages.length, count);
  for (const [at, { id, payload }] of messages.entries()) {
    const sent = tracedMessage(1, at);
    assertEquals([id, payload], [sent.id, sent.payload]);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** A whole masked frame of RFC 6455 section 5.2, of less than 126 bytes; the mask is zero. */
function webSocketFrame(opcode: number, payload: Uint8Array): Uint8Array {
  return Uint8Array.of(0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0, ...payload);
}

/** A frame of a server, that fits one read and 126 bytes. */
async function readFrame(socket: Deno.Conn): Promise<{ opcode: number; payload: Uint8Array }> {
  const bytes = new Uint8Array(256);
  await socket.read(bytes);
  return { opcode: bytes[0] & 0xf, payload: bytes.slice(2, 2 + bytes[1]) };
}

/** One read, as text. */
async function readText(socket: Deno.Conn): Promise<string> {
  const bytes = new Uint8Array(4096);
  const count = await socket.read(bytes);
  return new TextDecoder().decode(bytes.subarray(0, count ?? 0));
}

const TEXT = new TextEncoder();
const PARTITION = { streamId: "web", topicId: "socket", partitionId: 0 } as const;
const UPGRADE = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n" +
  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
