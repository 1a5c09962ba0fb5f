import { assert, assertEquals } from "@std/assert";
import { Connections } from "../../../lib/node/connections.ts";
import { LargeBuffers } from "../../../lib/transport/ciphertext_buffer.ts";
import { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import { Harness, type HarnessOptions } from "../../support/harness.ts";
import { turns } from "../../support/partition_logs.ts";
import type { PipeEnd } from "../../support/pipe.ts";
import { Peer } from "../../support/raw_peer.ts";
import { CountingPool, ScriptedTls } from "../../support/scripted_tls.ts";
import { SimPorts } from "../../support/sim_ports.ts";
import * as classic from "../../vectors/classic_frames.ts";

const EMPTY = new Uint8Array();

/** Stands for the REST API. */
const NO_HTTP = {
  onRequest: () => new Response("no API here", { status: 404 }),
  admitsOrigin: () => true,
};

/** How a ClientHello of 512 bytes begins. */
const TLS_HEAD = Uint8Array.of(0x16, 3, 1, 2);
const HTTP = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n");

/** Connections of a node that listens on port 1, and ways to it. */
class Fixture {
  readonly ports = new SimPorts();
  readonly connections: Connections;
  readonly #listener = this.ports.listen({ hostname: "127.0.0.1", port: 1 });

  constructor(readonly harness: Harness) {
    const { sessions, broker } = harness;
    const receiveBudget = new MemoryBudget(broker.limits.receiveBytesTotalMax);
    this.connections = new Connections(broker, { sessions, receiveBudget }, this.ports, NO_HTTP);
    this.connections.acceptFrom(this.#listener, {
      isRequired: false,
      buffers: new LargeBuffers(new CountingPool(), 4),
      open: () => new ScriptedTls("server"),
    });
  }

  /** A stream on which nothing was said yet. */
  stream(capacityBytes?: number): PipeEnd {
    return this.ports.network.dial(1, { capacityBytes });
  }

  /** A client that has sent a ping. */
  async pinging(dialect: "classic" | "vsr_0_11" = "classic"): Promise<Peer> {
    const peer = new Peer(this.stream(), dialect);
    assertEquals(await peer.status("ping", EMPTY), 0);
    return peer;
  }

  async root(dialect: "classic" | "vsr_0_11" = "classic"): Promise<Peer> {
    const peer = new Peer(this.stream(), dialect);
    await peer.login("iggy", "iggy");
    return peer;
  }

  /** A client inside a WebSocket, with the stream below it. */
  async webSocket(): Promise<{ peer: Peer; carrier: PipeEnd }> {
    const carrier = this.stream();
    await carrier.write(HTTP);
    await turns();
    return { peer: new Peer(this.ports.bridge!.upgrade(), "classic"), carrier };
  }

  async advance(ms: number): Promise<void> {
    this.harness.broker.clock.advance(ms);
    this.connections.sweep();
    await turns();
  }

  stopListening(): void {
    this.#listener.close();
  }
}

async function withConnections(
  test: (fixture: Fixture) => Promise<void>,
  options: HarnessOptions = {},
): Promise<void> {
  await using harness = await Harness.open(options);
  const fixture = new Fixture(harness);
  try {
    await test(fixture);
  } finally {
    fixture.stopListening();
    const drained = fixture.connections.drain();
    await turns();
    harness.broker.clock.advance(1_000_000);
    await drained;
  }
}

/** Whether the node has closed the stream. */
async function isClosed(stream: PipeEnd): Promise<boolean> {
  let ended = false;
  stream.read(new Uint8Array(1)).then((count) => ended = count === null);
  await turns();
  return ended;
}

Deno.test("Connections gives each client a session in the framing it speaks, until it is gone", () =>
  withConnections(async (node) => {
    const peers = [await node.pinging("classic"), await node.pinging("vsr_0_11")];
    const seen = () => [...node.harness.sessions.values()].map(({ dialect }) => dialect);
    assertEquals(seen(), ["classic", "vsr_0_11"]);
    peers[0].close();
    await turns();
    assertEquals(seen(), ["vsr_0_11"]);
  }));

Deno.test("Connections hands HTTP that is no WebSocket to the API", () =>
  withConnections(async ({ ports }) => {
    const response = await ports.bridge!.request("/streams");
    assertEquals(response.status, 404);
    assertEquals(await response.text(), "no API here");
  }));

Deno.test("Connections serves WebSockets inside the streams that the bridge took over", () =>
  withConnections(async (node) => {
    const { peer } = await node.webSocket();
    await peer.login("iggy", "iggy");
    const { transport, address } = await peer.ask("getMe", undefined);
    assertEquals([transport, address], ["websocket", "127.0.0.1:50001"]);
  }));

// The limit

Deno.test("Connections at the limit lets the oldest without a login give way", () =>
  withConnections(async (node) => {
    const root = await node.root();
    const [older, newer] = [await node.pinging(), await node.pinging()];
    const next = await node.pinging();
    assertEquals(await older.answer(), undefined);
    for (const peer of [root, newer, next]) assertEquals(await peer.status("ping", EMPTY), 0);
  }, { limits: { connectionsMax: 3 } }));

Deno.test("Connections at the limit takes a place from each only once", () =>
  withConnections(async (node) => {
    const before = [await node.pinging(), await node.pinging()];
    const burst = [node.stream(), node.stream(), node.stream()];
    await turns();
    for (const peer of before) assertEquals(await peer.answer(), undefined);
    assertEquals(await Promise.all(burst.map(isClosed)), [true, false, false]);
  }, { limits: { connectionsMax: 2 } }));

Deno.test("Connections at the limit turns a new one away when all have logged in", () =>
  withConnections(async (node) => {
    const [first, second] = [await node.root("classic"), await node.root("vsr_0_11")];
    assert(await isClosed(node.stream()));
    for (const peer of [first, second]) assertEquals(await peer.status("ping", EMPTY), 0);
    first.close();
    await turns();
    await node.pinging();
  }, { limits: { connectionsMax: 2 } }));

Deno.test("Connections counts a WebSocket and the stream below it as one, logged in or not", () =>
  withConnections(async (node) => {
    const { peer, carrier } = await node.webSocket();
    await peer.login("iggy", "iggy");
    const other = await node.pinging();
    await node.pinging();
    assertEquals(await other.answer(), undefined);
    assertEquals([await isClosed(carrier), await peer.status("ping", EMPTY)], [false, 0]);
  }, { limits: { connectionsMax: 2 } }));

// Watching

Deno.test("Connections lets the oldest TLS handshake give way when there are too many", () =>
  withConnections(async (node) => {
    const [first, second] = [node.stream(), node.stream()];
    for (const stream of [first, second]) {
      await stream.write(TLS_HEAD);
      await turns();
    }
    assert(!await isClosed(first));
    const third = node.stream();
    await third.write(TLS_HEAD);
    await turns();
    assertEquals(await Promise.all([first, second, third].map(isClosed)), [true, false, false]);
    // Who is through with it holds no place.
    await second.write(new Uint8Array(0x0201));
    await turns();
    await node.stream().write(TLS_HEAD);
    await turns();
    assertEquals(await Promise.all([second, third].map(isClosed)), [false, false]);
  }, { limits: { handshakesMax: 2 } }));

Deno.test("Connections.sweep() ends a TLS handshake that takes too long", () =>
  withConnections(async (node) => {
    const slow = node.stream();
    await slow.write(TLS_HEAD);
    await turns();
    await node.advance(1000);
    assert(!await isClosed(slow));
    await node.advance(1);
    assert(await isClosed(slow));
  }, { limits: { handshakeTimeMsMax: 1000 } }));

Deno.test("Connections.sweep() ends who sends a frame too slowly", () =>
  withConnections(async (node) => {
    const slow = node.stream();
    await slow.write(Uint8Array.of(4, 0));
    const silent = node.stream();
    await turns();
    await node.advance(1000);
    assertEquals(await isClosed(slow), false);
    await node.advance(1);
    assertEquals([await isClosed(slow), await isClosed(silent)], [true, false]);
  }, { limits: { frameReceiveTimeMsMax: 1000 } }));

Deno.test("Connections.sweep() ends who does not take an answer", () =>
  withConnections(async (node) => {
    const stuck = node.stream(4);
    stuck.write(classic.PING_REQUEST);
    await turns();
    await node.advance(1001);
    assertEquals((await stuck.rest()).length, 4);
    assertEquals(node.harness.sessions.count, 0);
  }, { limits: { writeStallTimeMsMax: 1000 } }));

Deno.test("Connections.sweep() tells a client that its heartbeats are missed, and ends it", () =>
  withConnections(async (node) => {
    const [classic, vsr] = [await node.pinging("classic"), await node.pinging("vsr_0_11")];
    await node.advance(1200);
    assertEquals(node.harness.sessions.count, 2);
    await node.advance(1);
    assertEquals((await classic.answer())!.status, 30);
    assertEquals((await vsr.answer())!.eviction, "stale_client");
    assertEquals([await classic.answer(), await vsr.answer()], [undefined, undefined]);
    assertEquals(node.harness.sessions.count, 0);
  }, { heartbeat: { enabled: true, intervalMs: 1000 } }));

Deno.test("Connections.sweep() leaves who waits for an answer alone, and counts from its end", () =>
  withConnections(async (node) => {
    const { broker, sessions } = node.harness;
    const root = await node.root();
    await root.status("ping", EMPTY);
    const release = broker.storage.holdSyncs();
    const created = root.ask("createStream", { name: "orders" });
    await turns();
    await node.advance(60_000);
    assertEquals(sessions.count, 1);
    release();
    assertEquals((await created).name, "orders");
    await turns();
    await node.advance(1200);
    assertEquals(sessions.count, 1);
    await node.advance(1);
    assertEquals(sessions.count, 0);
  }, { heartbeat: { enabled: true, intervalMs: 1000 } }));

// Draining

Deno.test("Connections.drain() answers what is under way, says farewell, and ends all", () =>
  withConnections(async (node) => {
    const { broker } = node.harness;
    const [busy, idle, vsr] = [
      await node.root(),
      await node.pinging(),
      await node.pinging("vsr_0_11"),
    ];
    const unknown = node.stream();
    await turns();
    const release = broker.storage.holdSyncs();
    const created = busy.ask("createStream", { name: "orders" });
    await turns();
    let drained = false;
    const end = node.connections.drain().then(() => drained = true);
    assertEquals((await idle.answer())!.status, 8);
    assertEquals([await idle.answer(), await vsr.answer()], [undefined, undefined]);
    assert(await isClosed(unknown));
    assertEquals(drained, false);
    release();
    assertEquals((await created).name, "orders");
    assertEquals([(await busy.answer())!.status, await busy.answer()], [8, undefined]);
    await end;
    assertEquals(node.harness.sessions.count, 0);
    assertEquals(broker.clock.timers, 0);
  }));

Deno.test("Connections.drain() takes no longer than it may: then connections are cut", () =>
  withConnections(async (node) => {
    const { broker } = node.harness;
    const stuck = node.stream(4);
    stuck.write(classic.PING_REQUEST);
    await turns();
    let drained = false;
    const end = node.connections.drain().then(() => drained = true);
    await turns();
    broker.clock.advance(9999);
    await turns();
    assertEquals(drained, false);
    broker.clock.advance(1);
    await end;
    assertEquals((await stuck.rest()).length, 4);
    assertEquals(node.harness.sessions.count, 0);
  }, { limits: { drainTimeMsMax: 10_000 } }));

Deno.test("Connections.drain() lets WebSockets say farewell before it ends what carries them", () =>
  withConnections(async (node) => {
    const { peer, carrier } = await node.webSocket();
    await peer.login("iggy", "iggy");
    const keptAlive = node.stream();
    await keptAlive.write(HTTP);
    await turns();
    assertEquals(node.ports.bridge!.streams.length, 2);
    await node.connections.drain();
    assertEquals([(await peer.answer())!.status, await peer.answer()], [8, undefined]);
    assertEquals([await isClosed(carrier), await isClosed(keptAlive)], [true, true]);
    assertEquals(node.ports.bridge!.closed, true);
  }));

Deno.test("Connections.drain() answers what is under way inside a WebSocket", () =>
  withConnections(async (node) => {
    const { broker } = node.harness;
    const { peer } = await node.webSocket();
    await peer.login("iggy", "iggy");
    const release = broker.storage.holdSyncs();
    const created = peer.ask("createStream", { name: "orders" });
    await turns();
    const end = node.connections.drain();
    await turns();
    release();
    assertEquals((await created).name, "orders");
    assertEquals((await peer.answer())!.status, 8);
    await end;
  }));

Deno.test("Connections.drain() ends all though the bridge cannot be closed", () =>
  withConnections(async (node) => {
    const { broker, sessions } = node.harness;
    const idle = await node.pinging();
    const keptAlive = node.stream();
    await keptAlive.write(HTTP);
    await turns();
    node.ports.bridge!.closeFailure = new Error("No such folder");
    const end = node.connections.drain();
    assertEquals((await idle.answer())!.status, 8);
    broker.clock.advance(10_000);
    await end;
    assertEquals([sessions.count, await isClosed(keptAlive)], [0, true]);
  }, { limits: { drainTimeMsMax: 10_000 } }));

Deno.test("Connections takes nobody in while it drains", () =>
  withConnections(async (node) => {
    const { broker } = node.harness;
    const busy = await node.root();
    const release = broker.storage.holdSyncs();
    const created = busy.ask("createStream", { name: "orders" });
    await turns();
    const end = node.connections.drain();
    assert(await isClosed(node.stream()));
    release();
    await created;
    await end;
  }));

Deno.test("Connections.isCrowded once unsent answers hold nearly all they may", async () => {
  await withConnections(({ harness, connections }) => {
    assert(!connections.isCrowded);
    const { buffers, limits } = harness.broker;
    const lease = buffers.lease(limits.replyBytesTotalMax);
    assert(connections.isCrowded);
    lease.release();
    assert(!connections.isCrowded);
    return Promise.resolve();
  });
});
