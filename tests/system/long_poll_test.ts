import { assertEquals } from "@std/assert";
import { tlsDial } from "../../lib/client/tls.ts";
import { systemEntropy } from "../../lib/os/entropy.ts";
import { connectTcp } from "../../lib/os/net.ts";
import type { Duplex } from "../../lib/ports.ts";
import { eventually } from "../support/eventually.ts";
import { someMessages } from "../support/messages.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { DIALECTS, dialRoot, Peer } from "../support/raw_peer.ts";
import { SimClock } from "../support/sim_clock.ts";
import { WebSocketClient } from "../support/web_socket_client.ts";

const TOPIC = { streamId: "orders", topicId: "events" } as const;
const PARTITION = { ...TOPIC, partitionId: 0 } as const;

/** A node with the topic, and how many requests wait on it. */
async function waitingNode(clock = new SimClock()) {
  const node = await startNode({
    ports: { clock },
    environment: { IGGY_HEARTBEAT_ENABLED: "true", IGGY_HEARTBEAT_INTERVAL: "10 s" },
  });
  const idleTimers = clock.timers;
  using peer = await dialRoot("vsr_0_11", node.port);
  await peer.ask("createStream", { name: TOPIC.streamId });
  const { streamId, topicId: name } = TOPIC;
  await peer.ask("createTopic", { streamId, name, partitionsCount: 2, options: {} });
  const untilWaiting = (count: number) =>
    eventually(`${count} requests wait`, () => clock.timers === idleTimers + count);
  return { node, clock, untilWaiting, [Symbol.asyncDispose]: () => node.stop() };
}

function waits(peer: Peer, waitMs = 60_000): Promise<void> {
  return peer.write(peer.pollFrame({ ...PARTITION, strategy: "next", waitMs }));
}

async function connectionsOf(node: TestNode): Promise<number> {
  using peer = await dialRoot("vsr_0_11", node.port);
  return (await peer.ask("getClients", undefined)).length - 1;
}

for (const dialect of DIALECTS) {
  Deno.test(`A waiting client gets what the other framing sends (${dialect})`, async () => {
    await using scene = await waitingNode();
    using reader = await dialRoot(dialect, scene.node.port);
    const other = DIALECTS.find((each) => each !== dialect)!;
    using sender = await dialRoot(other, scene.node.port);
    const polled = reader.poll({ ...PARTITION, strategy: "next", waitMs: 60_000 });
    await scene.untilWaiting(1);
    await sender.send({ ...TOPIC, partitionId: 1 }, someMessages(1));
    await sender.send(PARTITION, someMessages(3));
    const { partitionId, currentOffset, count } = await polled;
    assertEquals([partitionId, currentOffset, count], [0, 2, 3]);
    await scene.untilWaiting(0);
  });

  Deno.test(`A waiting client that sends heartbeats is answered in order, and never dropped as silent (${dialect})`, async () => {
    await using scene = await waitingNode();
    using reader = await dialRoot(dialect, scene.node.port);
    await reader.ask("ping", undefined);
    for (let turn = 0; turn < 3; turn++) {
      await waits(reader);
      await scene.untilWaiting(1);
      scene.clock.advance(50_000);
      await reader.write(reader.frame("ping", undefined));
      const [polled, pinged] = [await reader.answer(), await reader.answer()];
      assertEquals([polled?.status, polled?.body.length, pinged?.body.length], [0, 16, 0]);
    }
    await waits(reader);
    await scene.untilWaiting(1);
    scene.clock.advance(60_000);
    assertEquals((await reader.answer())?.body.length, 16);
    // The answer counts as a sign of life.
    scene.clock.advance(11_000);
    await reader.ask("ping", undefined);
  });

  Deno.test(`Clients that go away while they wait leave nothing behind (${dialect})`, async () => {
    await using scene = await waitingNode();
    const peers = await Promise.all(
      Array.from({ length: 50 }, () => dialRoot(dialect, scene.node.port)),
    );
    for (const peer of peers) await waits(peer);
    await scene.untilWaiting(50);
    for (const peer of peers) peer.close();
    await scene.untilWaiting(0);
    await eventually("nobody is connected", async () => await connectionsOf(scene.node) === 0);
  });

  Deno.test(`A node that stops answers those who wait with nothing, and says farewell (${dialect})`, async () => {
    await using scene = await waitingNode();
    using reader = await dialRoot(dialect, scene.node.port);
    await waits(reader);
    await scene.untilWaiting(1);
    const stopped = scene.node.stop();
    const answer = await reader.answer();
    assertEquals([answer?.status, answer?.body.length], [0, 16]);
    assertEquals((await reader.answer())?.status, dialect === "classic" ? 8 : undefined);
    await stopped;
  });
}

/** Ways to a node that are not plain TCP. */
const CARRIERS: Record<string, (node: TestNode, clock: SimClock) => Promise<Duplex>> = {
  TLS({ directory, port }, clock) {
    const ca = Deno.readTextFileSync(`${directory}/tls/ca.pem`);
    return tlsDial(connectTcp, { ca }, { clock, entropy: systemEntropy })({
      hostname: "localhost",
      port,
    });
  },
  WebSocket: ({ port }) => WebSocketClient.dial(port),
};

for (const [carrier, dial] of Object.entries(CARRIERS)) {
  for (const dialect of DIALECTS) {
    Deno.test(`A client over ${carrier} waits, and leaves nothing behind when it goes away (${dialect})`, async () => {
      await using scene = await waitingNode();
      const reader = new Peer(await dial(scene.node, scene.clock), dialect);
      await reader.login("iggy", "iggy");
      using sender = await dialRoot("vsr_0_11", scene.node.port);
      for (let turn = 0; turn < 3; turn++) {
        const polled = reader.poll({
          ...PARTITION,
          strategy: "offset",
          value: turn,
          waitMs: 60_000,
        });
        await scene.untilWaiting(1);
        await sender.send(PARTITION, someMessages(1));
        assertEquals((await polled).count, 1);
      }
      await reader.write(
        reader.pollFrame({ ...PARTITION, strategy: "offset", value: 9, waitMs: 60_000 }),
      );
      await scene.untilWaiting(1);
      reader.close();
      await scene.untilWaiting(0);
    });
  }
}
