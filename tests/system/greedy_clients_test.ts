import { assert, assertEquals } from "@std/assert";
import { StreamClosed } from "../../lib/ports.ts";
import { COMMANDS } from "../../protocol/commands.ts";
import { encodeClassicRequestHead } from "../../protocol/framing.ts";
import { WireWriter } from "../../protocol/wire.ts";
import { eventually } from "../support/eventually.ts";
import { producerBatch, someMessages } from "../support/messages.ts";
import { startNode } from "../support/node.ts";
import { Random } from "../support/random.ts";
import { dial, DIALECTS, dialRoot, type Peer, VsrPeerFraming } from "../support/raw_peer.ts";
import { SharedNode } from "../support/shared_node.ts";

const node = new SharedNode({
  WHIPPET_LIMITS_CONNECTIONS_MAX: "1100",
  WHIPPET_LIMITS_FRAME_RECEIVE_TIME_MAX: "1 s",
  WHIPPET_LIMITS_WRITE_STALL_TIME_MAX: "1 s",
  WHIPPET_LIMITS_RECEIVE_TOTAL_MAX: "128 MiB",
  WHIPPET_LIMITS_POLL_REPLY_MAX: "4 MiB",
});

node.test("A thousand connections may be idle", async (port) => {
  const peers: Peer[] = [];
  for (let at = 0; at < 1000; at++) {
    const peer = await dial(DIALECTS[at % 2], port);
    await peer.ask("ping", undefined);
    peers.push(peer);
  }
  for (const peer of peers) {
    await peer.ask("ping", undefined);
    peer.close();
  }
  await expectFewClients(port);
});

node.test("A connection more than there may be takes the place of one without login", async (port) => {
  const strangers: Peer[] = [];
  for (let at = 0; at < 1100; at++) {
    const peer = await dial(DIALECTS[at % 2], port);
    await peer.ask("ping", undefined);
    strangers.push(peer);
  }
  // The healthy clients have places, too: so many strangers had to go for the last ones to come in.
  for (const peer of strangers.slice(0, 2)) assertEquals(await peer.answer(), undefined);
  using newcomer = await dialRoot("classic", port);
  await newcomer.ask("getMe", undefined);
  await strangers.at(-1)!.ask("ping", undefined);
  for (const peer of strangers) peer.close();
  await expectFewClients(port);
});

node.test("A client that never reads its replies is closed, and holds no more than its share until then", async (port) => {
  using watcher = await dialRoot("vsr_0_11", port);
  const topic = { streamId: "healthy", name: "unread", partitionsCount: 1, options: {} };
  await watcher.ask("createTopic", topic);
  const address = { streamId: "healthy", topicId: topic.name, partitionId: 0 };
  const batch = producerBatch(someMessages(1000, 1000));
  const partitioning = { kind: "partition_id", partitionId: 0 } as const;
  for (let sent = 0; sent < 16; sent++) {
    await watcher.write(watcher.sendFrame(address, partitioning, 1000, batch));
    assertEquals((await watcher.answer())?.status, 0);
  }
  const peers = await Promise.all(
    Array.from({ length: 40 }, (_, at) => dialRoot(DIALECTS[at % 2], port)),
  );
  for (const peer of peers) {
    const frame = peer.pollFrame({ ...address, count: 16_000 });
    for (let asked = 0; asked < POLLS_UNREAD; asked++) await peer.write(frame);
  }
  await expectMemoryBounded();
  await expectFewClients(port);
  for (const peer of peers) {
    assert(await answersUntilEnd(peer) < POLLS_UNREAD, "All polls were answered");
    peer.close();
  }
});

node.test("A stranger that announces a frame of 64 MiB is closed at once", async (port) => {
  for (let at = 0; at < 100; at++) {
    const framing = DIALECTS[at % 2] === "classic" ? "classic" : new VsrPeerFraming();
    using peer = await dial(framing, port);
    await peer.ask("ping", undefined);
    await peer.write(announcement(framing, 64 * 1024 * 1024)).catch(ignoreClosed);
    assertEquals(await peer.answer(), undefined);
  }
});

node.test("Frames of 64 MiB that never come cost no more than they may, and others wait their turn", async (port) => {
  using honest = await dialRoot("classic", port);
  const topic = { streamId: "healthy", name: "large", partitionsCount: 1, options: {} };
  await honest.ask("createTopic", topic);
  const peers: Peer[] = [];
  for (let at = 0; at < 4; at++) {
    const framing = DIALECTS[at % 2] === "classic" ? "classic" : new VsrPeerFraming();
    const peer = await dialRoot(framing, port);
    await peer.write(announcement(framing, 64 * 1024 * 1024)).catch(ignoreClosed);
    peers.push(peer);
  }
  const address = { streamId: "healthy", topicId: topic.name, partitionId: 0 };
  const sent = honest.send(address, someMessages(1, 60_000_000));
  await expectMemoryBounded();
  for (const peer of peers) {
    assertEquals(await peer.answer(), undefined);
    peer.close();
  }
  await sent;
  assertEquals((await honest.poll(address)).messages[0].payload.length, 60_000_000);
});

node.test("Clients that come and go in any state leave nothing behind", async (port) => {
  const random = Random.announced("Coming and going");
  for (let round = 0; round < 100; round++) {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        using peer = await dial(random.pick(DIALECTS), port);
        const frame = peer.frame("ping", undefined);
        const requests = random.below(3);
        for (let sent = 0; sent < requests; sent++) await peer.write(frame);
        await peer.write(frame.subarray(0, random.below(frame.length)));
        if (requests > 0 && random.below(2) === 0) await peer.answer();
      }).map((visit) => visit.catch(ignoreClosed)),
    );
  }
  await expectFewClients(port);
});

Deno.test("A connection more than there may be is closed when all others have logged in", async () => {
  await using small = await startNode({ environment: { WHIPPET_LIMITS_CONNECTIONS_MAX: "3" } });
  const peers = await Promise.all(
    Array.from({ length: 3 }, (_, at) => dialRoot(DIALECTS[at % 2], small.port)),
  );
  using turnedAway = await dial("classic", small.port);
  assertEquals(await turnedAway.answer(), undefined);
  for (const peer of peers) await peer.ask("ping", undefined);
  peers.pop()!.close();
  await eventually("a place is free", async () => {
    using next = await dial("classic", small.port);
    return await next.ask("ping", undefined).then(() => true, () => false);
  });
  for (const peer of peers) peer.close();
});

/** Nobody but the healthy clients and whoever asks: the node has forgotten all others. */
async function expectFewClients(port: number): Promise<void> {
  using peer = await dialRoot("classic", port);
  await eventually("all other clients are gone", async () => {
    return (await peer.ask("getClients", undefined)).length <= 4;
  });
}

async function expectMemoryBounded(): Promise<void> {
  assert(await node.memoryBytes() < 768 * 1024 * 1024, "Node takes too much memory");
}

/** How many answers come before the end of the stream. */
async function answersUntilEnd(peer: Peer): Promise<number> {
  let count = 0;
  try {
    while (await peer.answer() !== undefined) count++;
  } catch (error) {
    ignoreClosed(error);
  }
  return count;
}

function ignoreClosed(error: unknown): void {
  if (!(error instanceof StreamClosed)) throw error;
}

/** The first megabyte of a send of so many bytes. */
function announcement(framing: "classic" | VsrPeerFraming, frameBytes: number): Uint8Array {
  const body = new Uint8Array(1024 * 1024);
  if (framing === "classic") {
    const writer = new WireWriter(body.length + 8);
    encodeClassicRequestHead(writer, COMMANDS.sendMessages.code, frameBytes - 8);
    writer.bytes(body);
    return writer.written;
  }
  const { operation } = COMMANDS.sendMessages;
  const frame = framing.frameWith({ operation }, body);
  new DataView(frame.buffer).setUint32(VSR_SIZE_AT, frameBytes, true);
  return frame;
}

const POLLS_UNREAD = 100;
/** Of the frame's size in a header (VSR.md section 3). */
const VSR_SIZE_AT = 48;
