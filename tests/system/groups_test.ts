import { assert, assertEquals, assertRejects } from "@std/assert";
import { CONSUMER_GROUP_MEMBER_NOT_FOUND } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Message } from "../../protocol/message_codec.ts";
import { RESYNC_PARTITION_ID } from "../../protocol/messages.ts";
import { startNode } from "../support/node.ts";
import { Random } from "../support/random.ts";
import { DIALECTS, dialRoot, type Peer, type Polled } from "../support/raw_peer.ts";
import { SimClock } from "../support/sim_clock.ts";
import { tracedMessage } from "../support/traced_messages.ts";

Deno.test("Members of both framings share the partitions and read every message once between them", async () => {
  await using node = await startNode();
  using owner = await dialRoot("classic", node.port);
  await prepare(owner, 5);
  using classic = await join("classic", node.port);
  using vsr = await join("vsr_0_11", node.port);
  for (const dialect of DIALECTS) {
    using watcher = await dialRoot(dialect, node.port);
    const group = await watcher.ask("getConsumerGroup", GROUP);
    const shares = group!.members.map(({ partitions }) => partitions.length);
    assertEquals([group!.membersCount, shares.toSorted()], [2, [2, 3]]);
    assertEquals(group!.members.flatMap(({ partitions }) => partitions).toSorted(), ALL_PARTITIONS);
  }
  await send(owner, 300);
  const [byClassic, byVsr] = [await readAll(classic), await readAll(vsr)];
  assert(byClassic.length > 0 && byVsr.length > 0);
  assertEquals(sequences([...byClassic, ...byVsr]), range(300));
});

for (const [leaving, coming] of [DIALECTS, DIALECTS.toReversed()]) {
  Deno.test(`A partition changes hands when what was polled is committed (${leaving} to ${coming})`, async () => {
    await using node = await startNode();
    using owner = await dialRoot("classic", node.port);
    await prepare(owner, 2);
    await send(owner, 40);
    using first = await join(leaving, node.port);
    const polled = [await poll(first, false, 10), await poll(first, false, 10)];
    assertEquals(polled.map(({ count }) => count), [10, 10]);

    using second = await join(coming, node.port);
    assertEquals((await poll(second)).count, 0); // nothing is settled yet
    const handedOver = polled.find(({ partitionId }) => partitionId === 1)!;
    await store(first, handedOver.partitionId, handedOver.messages.at(-1)!.offset);
    const [{ messages }, kept] = [await poll(second), await poll(first, false, 1)];
    assertEquals(messages[0].offset, handedOver.messages.at(-1)!.offset + 1);
    assertEquals(kept.partitionId, 0);
  });

  Deno.test(`A member that leaves waits for nobody: another reads its partitions at once (${leaving} to ${coming})`, async () => {
    await using node = await startNode();
    using owner = await dialRoot("classic", node.port);
    await prepare(owner, 1);
    await send(owner, 10);
    using first = await join(leaving, node.port);
    assertEquals((await poll(first, false, 4)).count, 4);
    using second = await join(coming, node.port);
    await first.ask("leaveConsumerGroup", GROUP);
    assertEquals((await poll(second)).count, 10);
  });

  Deno.test(`A partition with unsettled messages waits for its old member, but not for ever (${leaving} to ${coming})`, async () => {
    const clock = new SimClock();
    await using node = await startNode({
      ports: { clock },
      environment: { IGGY_CONSUMER_GROUP_REBALANCING_TIMEOUT: "20 s" },
    });
    using owner = await dialRoot("classic", node.port);
    await prepare(owner, 2);
    await send(owner, 40);
    using first = await join(leaving, node.port);
    for (let at = 0; at < 2; at++) assertEquals((await poll(first, false, 10)).count, 10);
    using second = await join(coming, node.port);
    clock.advance(19_000);
    assertEquals((await poll(second)).count, 0);
    clock.advance(2000);
    const { messages } = await poll(second);
    assertEquals(messages[0].offset, 0); // nothing was committed: it is read again
  });

  Deno.test(`The partitions of a member whose connection ends go to the others (${leaving} to ${coming})`, async () => {
    await using node = await startNode();
    using owner = await dialRoot("classic", node.port);
    await prepare(owner, 4);
    await send(owner, 40);
    using staying = await join(coming, node.port);
    const going = await join(leaving, node.port);
    const read = await readAll(going, 2);
    going.close();
    read.push(...await untilAllRead(staying, 40 - read.length));
    assertEquals(sequences(read), range(40));
  });
}

Deno.test("What a member does not own reads as nothing, and VSR is told to read its assignment again", async () => {
  await using node = await startNode();
  using owner = await dialRoot("classic", node.port);
  await prepare(owner, 2);
  await send(owner, 40);
  using classic = await join("classic", node.port);
  using vsr = await join("vsr_0_11", node.port);
  const owned = (await vsr.ask("syncConsumerGroup", GROUP))!.partitions;
  assertEquals(owned, [1]);
  const foreign = { ...TOPIC, consumer: CONSUMER };
  const byClassic = await classic.poll({ ...foreign, partitionId: 1 });
  assertEquals([byClassic.partitionId, byClassic.currentOffset, byClassic.count], [0, 0, 0]);
  const byVsr = await vsr.poll({ ...foreign, partitionId: 0 });
  assertEquals([byVsr.partitionId, byVsr.count], [RESYNC_PARTITION_ID, 0]);

  for (const dialect of DIALECTS) {
    using stranger = await dialRoot(dialect, node.port);
    if (dialect === "classic") {
      const refused = await assertRejects(() => poll(stranger), IggyError);
      assertEquals(refused.code, CONSUMER_GROUP_MEMBER_NOT_FOUND);
    } else {
      assertEquals(await stranger.ask("syncConsumerGroup", GROUP), undefined);
      const { partitionId } = await stranger.poll({ ...foreign, partitionId: 0 });
      assertEquals(partitionId, RESYNC_PARTITION_ID);
    }
  }
});

Deno.test("The generation of the assignment changes with it, whoever's join or leave it was", async () => {
  await using node = await startNode();
  using owner = await dialRoot("classic", node.port);
  await prepare(owner, 2);
  using vsr = await join("vsr_0_11", node.port);
  const seen: number[] = [];
  const sync = async () => {
    const { generation, partitions } = (await vsr.ask("syncConsumerGroup", GROUP))!;
    seen.push(generation);
    return partitions;
  };
  assertEquals(await sync(), [0, 1]);
  using classic = await join("classic", node.port);
  assertEquals(await sync(), [0]);
  await classic.ask("leaveConsumerGroup", GROUP);
  assertEquals(await sync(), [0, 1]);
  await owner.ask("createPartitions", { ...TOPIC, partitionsCount: 1 });
  assertEquals(await sync(), [0, 1, 2]);
  assertEquals(new Set(seen).size, seen.length);
});

Deno.test("A logout ends the memberships of a VSR client and keeps those of a classic one", async () => {
  await using node = await startNode();
  using owner = await dialRoot("classic", node.port);
  await prepare(owner, 2);
  using classic = await join("classic", node.port);
  using vsr = await join("vsr_0_11", node.port);
  await classic.ask("logoutUser", undefined);
  assertEquals((await owner.ask("getConsumerGroup", GROUP))!.membersCount, 2);
  await vsr.ask("logoutUser", undefined);
  assertEquals((await owner.ask("getConsumerGroup", GROUP))!.membersCount, 1);
});

Deno.test("Members of both framings that come and go leave no message unread and read none twice", async () => {
  const random = Random.announced("Members that come and go");
  await using node = await startNode();
  using owner = await dialRoot("vsr_0_11", node.port);
  await prepare(owner, 5);
  const members: Peer[] = [];
  const read: Message[] = [];
  let sent = 0;
  for (let step = 0; step < 150; step++) {
    const chance = random.below(10);
    if (chance === 0 && members.length < 6) {
      members.push(await join(random.pick(DIALECTS), node.port));
    } else if (chance === 1 && members.length > 0) {
      const [member] = members.splice(random.below(members.length), 1);
      if (random.below(2) === 0) await member.ask("leaveConsumerGroup", GROUP);
      member.close();
    } else if (chance < 4) {
      sent += await send(owner, random.between(1, 20), sent);
    } else if (members.length > 0) {
      read.push(...(await poll(random.pick(members), true, random.between(1, 10))).messages);
    }
  }
  for (const member of members) member.close();
  using last = await join("classic", node.port);
  read.push(...await untilAllRead(last, sent - read.length));
  assertEquals(sequences(read), range(sent));
});

/** Makes the topic and the group. */
async function prepare(peer: Peer, partitionsCount: number): Promise<void> {
  const { streamId, topicId: name } = TOPIC;
  await peer.ask("createStream", { name: streamId });
  await peer.ask("createTopic", { streamId, name, partitionsCount, options: {} });
  await peer.ask("createConsumerGroup", { ...TOPIC, name: GROUP.groupId });
}

/** Sends so many messages, numbered from `first` on, to all partitions in turn; gives their number. */
async function send(peer: Peer, count: number, first = 0): Promise<number> {
  const { partitionsCount } = (await peer.ask("getTopic", TOPIC))!;
  for (let at = 0; at < count; at++) {
    const partitionId = (first + at) % partitionsCount;
    await peer.send({ ...TOPIC, partitionId }, [tracedMessage(1, first + at)]);
  }
  return count;
}

async function join(dialect: (typeof DIALECTS)[number], port: number): Promise<Peer> {
  const peer = await dialRoot(dialect, port);
  await peer.ask("joinConsumerGroup", GROUP);
  return peer;
}

/** Turns of VSR members, who choose among their partitions themselves. */
const turns = new WeakMap<Peer, number>();

/** What a member gets next, as a client of its framing asks: the node chooses, or the member does. */
async function poll(peer: Peer, autoCommit = true, count = 1000): Promise<Polled> {
  const request = { ...TOPIC, consumer: CONSUMER, strategy: "next", autoCommit, count } as const;
  if (peer.dialect === "classic") return await peer.poll({ ...request, partitionId: undefined });
  const { partitions } = (await peer.ask("syncConsumerGroup", GROUP))!;
  const turn = turns.get(peer) ?? 0;
  turns.set(peer, turn + 1);
  if (partitions.length === 0) return { partitionId: 0, currentOffset: 0, count: 0, messages: [] };
  return await peer.poll({ ...request, partitionId: partitions[turn % partitions.length] });
}

/** Reads until as many polls in a row as there are partitions give nothing; `pollsMax` ends it earlier. */
async function readAll(peer: Peer, pollsMax = Infinity): Promise<Message[]> {
  const read: Message[] = [];
  for (let polls = 0, empty = 0; polls < pollsMax && empty < ALL_PARTITIONS.length; polls++) {
    const { messages } = await poll(peer);
    empty = messages.length === 0 ? empty + 1 : 0;
    read.push(...messages);
  }
  return read;
}

/** Reads so many messages: a connection that was closed just now may still be a member for a moment. */
async function untilAllRead(peer: Peer, count: number): Promise<Message[]> {
  const read: Message[] = [];
  while (read.length < count) read.push(...(await poll(peer)).messages);
  return read;
}

async function store(peer: Peer, partitionId: number, offset: number): Promise<void> {
  const request = { ...TOPIC, consumer: CONSUMER, partitionId, offset, ack: "quorum" } as const;
  await peer.ask("storeConsumerOffset", request);
}

/** Numbers of traced messages, in order. */
function sequences(messages: readonly Message[]): number[] {
  return messages.map(({ payload }) => new DataView(payload.buffer, payload.byteOffset))
    .map((payload) => payload.getUint32(4, true)).sort((a, b) => a - b);
}

function range(end: number): number[] {
  return Array.from({ length: end }, (_, at) => at);
}

const TOPIC = { streamId: "shared", topicId: "work" };
const GROUP = { ...TOPIC, groupId: "workers" };
const CONSUMER = { kind: "consumer_group", id: GROUP.groupId } as const;
const ALL_PARTITIONS = [0, 1, 2, 3, 4];
