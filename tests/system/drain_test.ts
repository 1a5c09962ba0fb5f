import { assert, assertEquals } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import { fileStorage } from "../../lib/os/storage.ts";
import type { Dialect } from "../../protocol/command.ts";
import { DISCONNECTED, STALE_CLIENT } from "../../protocol/error_codes.ts";
import { countReads } from "../support/counting_storage.ts";
import { eventually } from "../support/eventually.ts";
import { producerBatch, someMessages } from "../support/messages.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { ProcessNode } from "../support/process_node.ts";
import { Random } from "../support/random.ts";
import { type Answer, DIALECTS, dialRoot, type Peer } from "../support/raw_peer.ts";
import { SimClock } from "../support/sim_clock.ts";
import { PartitionCheck, Producer } from "../support/traced_messages.ts";

/** What a client hears last, if anything, when the node stops. */
const FAREWELL: Record<Dialect, number | undefined> = {
  classic: DISCONNECTED,
  vsr_0_11: undefined,
};

Deno.test("A node that is asked to stop amid sends loses none that it acknowledged, and says so to classic clients", async () => {
  await using node = await ProcessNode.start();
  await createTopic(node.port, 4);
  const random = Random.announced("SIGTERM amid sends");
  const enough = Promise.withResolvers<void>();
  let left = 200;
  const producers: Producer[] = [];
  const runs: Promise<number | undefined>[] = [];
  for (let at = 0; at < 4; at++) {
    const peer = await dialRoot(DIALECTS[at % 2], node.port);
    const producer = new Producer(at, peer, { ...TOPIC, partitionId: at }, random);
    producers.push(producer);
    runs.push(producer.run(1 + at, () => --left === 0 && enough.resolve()));
  }
  await enough.promise;
  assertEquals(await node.stop(), 0);
  assertEquals(await Promise.all(runs), producers.map((_, at) => FAREWELL[DIALECTS[at % 2]]));

  await node.start();
  assertEquals(node.printed.match(/^.*(WARN|ERROR) +(log|catalog).*$/gm), null);
  using peer = await dialRoot("vsr_0_11", node.port);
  for (const producer of producers) {
    const { messages } = await peer.poll({ ...producer.address, count: 1_000_000 });
    const check = new PartitionCheck();
    check.take(messages);
    check.conclude([producer]);
  }
  await node.stop();
  await expectNothingScanned(node.directory);
});

for (const dialect of DIALECTS) {
  Deno.test(`A node that is asked to stop answers what is under way, then says farewell (${dialect})`, async () => {
    await using node = await ProcessNode.start();
    using peer = await dialRoot(dialect, node.port);
    using idle = await dialRoot(dialect, node.port);
    // Each takes a while: a password is hashed for it.
    const users = Array.from({ length: 8 }, (_, at) =>
      peer.frame("createUser", {
        username: `user-${at}`,
        password: "secret",
        status: "active",
      }));
    await peer.write(concat(users));
    assertEquals((await peer.answer())?.status, 0);
    const stopped = node.stop();
    for (let at = 1; at < users.length; at++) assertEquals((await peer.answer())?.status, 0);
    for (const each of [peer, idle]) {
      assertEquals((await lastWords(each)).map(({ status }) => status), farewells(dialect));
    }
    assertEquals(await stopped, 0);

    await node.start();
    using again = await dialRoot(dialect, node.port);
    assertEquals((await again.ask("getUsers", undefined)).length, 1 + users.length);
  });

  Deno.test(`A node that is asked to stop waits for nobody who does not read (${dialect})`, async () => {
    await using node = await ProcessNode.start({ WHIPPET_LIMITS_DRAIN_TIME_MAX: "300 ms" });
    await createTopic(node.port, 1);
    using peer = await dialRoot("vsr_0_11", node.port);
    const batch = producerBatch(someMessages(1000, 1000));
    const partitioning = { kind: "partition_id", partitionId: 0 } as const;
    for (let at = 0; at < 32; at++) {
      await peer.write(peer.sendFrame(TOPIC, partitioning, 1000, batch));
      assertEquals((await peer.answer())?.status, 0);
    }
    using reader = await dialRoot(dialect, node.port);
    for (let at = 0; at < 20; at++) {
      await reader.write(reader.pollFrame({ ...TOPIC, partitionId: 0, count: 32_000 }));
    }
    // Its first bytes are there, so the node is at it.
    await reader.duplex.read(new Uint8Array(1));
    assertEquals(await node.stop(), 0);
  });

  Deno.test(`A member without a sign of life for 1.2 heartbeats loses its partitions, and nobody else does (${dialect})`, async () => {
    const clock = new SimClock();
    await using node = await startNode({
      ports: { clock },
      environment: { IGGY_HEARTBEAT_ENABLED: "true", IGGY_HEARTBEAT_INTERVAL: "10 s" },
    });
    await createTopic(node.port, 2);
    using alive = await dialRoot(dialect, node.port);
    using dying = await dialRoot(dialect, node.port);
    using silent = await dialRoot(dialect, node.port);
    const { id: groupId } = await alive.ask("createConsumerGroup", { ...TOPIC, name: "group" });
    for (const peer of [alive, dying]) await peer.ask("joinConsumerGroup", { ...TOPIC, groupId });
    await dying.ask("ping", undefined);

    const shares = async () => {
      const group = await alive.ask("getConsumerGroup", { ...TOPIC, groupId });
      return group?.members.map(({ partitions }) => partitions.length);
    };
    clock.advance(11_000);
    assertEquals(await shares(), [1, 1]);
    clock.advance(2000);
    assertEquals((await lastWords(dying)).map(({ status }) => status), [STALE_CLIENT]);
    await untilClients(node, 2);
    assertEquals(await shares(), [2]);

    // It never sent a ping and is in no group, as Java's blocking client: it may be silent for ever.
    for (let pings = 0; pings < 360; pings++) {
      clock.advance(10_000);
      await alive.ask("ping", undefined);
    }
    await silent.ask("getMe", undefined);
    assertEquals(await shares(), [2]);
  });
}

Deno.test("A client that sent a ping once is dropped when it stops, in a group or not", async () => {
  const clock = new SimClock();
  await using node = await startNode({ ports: { clock } });
  for (const dialect of DIALECTS) {
    using peer = await dialRoot(dialect, node.port);
    await peer.ask("ping", undefined);
    clock.advance(38_000);
    assertEquals((await lastWords(peer)).map(({ status }) => status), [STALE_CLIENT]);
  }
});

/** All that a peer hears until the node has closed the connection. */
async function lastWords(peer: Peer): Promise<Answer[]> {
  const words: Answer[] = [];
  for (let answer; (answer = await peer.answer()) !== undefined;) words.push(answer);
  return words;
}

function farewells(dialect: Dialect): number[] {
  const farewell = FAREWELL[dialect];
  return farewell === undefined ? [] : [farewell];
}

/** Opens every partition and counts: of each log no more may be read than lies between two index entries. */
async function expectNothingScanned(directory: string): Promise<void> {
  const { storage, bytesRead } = countReads(fileStorage(directory));
  await using node = await startNode({ directory, ports: { storage } });
  using peer = await dialRoot("vsr_0_11", node.port);
  const { partitions } = (await peer.ask("getTopic", TOPIC))!;
  const bytesMax = partitions.length * (limits.indexIntervalBytes + BATCH_BYTES_MAX);
  assert(bytesRead[".log"] <= bytesMax, `${bytesRead[".log"]} bytes were read`);
}

async function untilClients(node: TestNode, count: number): Promise<void> {
  using peer = await dialRoot("classic", node.port);
  await eventually(`only ${count} clients are left`, async () => {
    return (await peer.ask("getClients", undefined)).length <= count + 1;
  });
}

async function createTopic(port: number, partitionsCount: number): Promise<void> {
  using peer = await dialRoot("vsr_0_11", port);
  const { streamId, topicId } = TOPIC;
  await peer.ask("createStream", { name: streamId });
  await peer.ask("createTopic", { streamId, name: topicId, partitionsCount, options: {} });
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Of 20 traced messages. */
const BATCH_BYTES_MAX = 16 * 1024;
const TOPIC = { streamId: "drain", topicId: "topic" };
