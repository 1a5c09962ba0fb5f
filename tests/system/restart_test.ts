import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { IggyError } from "../../protocol/errors.ts";
import { ALL_GLOBAL_PERMISSIONS } from "../../protocol/permissions.ts";
import { ProcessNode } from "../support/process_node.ts";
import { dial, DIALECTS, dialRoot, type Peer } from "../support/raw_peer.ts";
import { tracedMessage } from "../support/traced_messages.ts";

for (const end of ["stopped", "killed"] as const) {
  Deno.test(`A node that was ${end} has everything it acknowledged when it starts again`, async () => {
    await using node = await ProcessNode.start();
    const token = await fill(node.port);
    const before = await describeAll(node.port);
    for (let round = 0; round < 2; round++) {
      await (end === "stopped" ? node.stop() : node.kill());
      await node.start();
      assertEquals(await describeAll(node.port), before);
    }
    await expectLogins(node.port, token);
    await expectGoesOn(node.port);
  });
}

/** Makes one of everything, changes and deletes some; gives the token of a user. */
async function fill(port: number): Promise<string> {
  using classic = await dialRoot("classic", port);
  using vsr = await dialRoot("vsr_0_11", port);
  await makeTopics(classic, vsr);
  await sendMessages(classic, vsr);
  await storeOffsets(classic, vsr);
  return await makeUsers(classic, vsr);
}

async function makeTopics(classic: Peer, vsr: Peer): Promise<void> {
  for (const name of ["orders", "doomed", "parcels"]) await classic.ask("createStream", { name });
  await vsr.ask("deleteStream", { streamId: "doomed" });
  await vsr.ask("updateStream", { streamId: "parcels", name: "letters" });
  await classic.ask("createTopic", {
    streamId: "orders",
    name: "classic",
    partitionsCount: 2,
    options: {
      compressionAlgorithm: "gzip",
      messageExpiry: 3_600_000_000n,
      maxTopicSize: 10n * 1024n ** 3n,
      replicationFactor: 3,
    },
  });
  await vsr.ask("createTopic", {
    streamId: "orders",
    name: "vsr",
    partitionsCount: 3,
    options: {
      segmentSize: 1024 * 1024,
      durability: "persisted",
      consumerOffsetDurability: "persisted",
      messagesRequiredToSave: 77,
      messageExpiry: 7_200_000_000n,
    },
  });
  for (const topicId of ["purged", "deleted"]) {
    const topic = { streamId: "letters", name: topicId, partitionsCount: 1, options: {} };
    await vsr.ask("createTopic", topic);
    const address = { streamId: "letters", topicId, partitionId: 0 };
    await classic.send(address, [tracedMessage(9, 0)]);
  }
  await classic.ask("purgeTopic", { streamId: "letters", topicId: "purged" });
  await classic.ask("deleteTopic", { streamId: "letters", topicId: "deleted" });
  await vsr.ask("updateTopic", {
    streamId: "letters",
    topicId: "purged",
    name: "emptied",
    options: { compressionAlgorithm: "gzip" },
  });
  await classic.ask("createPartitions", { ...VSR_TOPIC, partitionsCount: 2 });
  await vsr.ask("deletePartitions", { ...CLASSIC_TOPIC, partitionsCount: 1 });
}

async function sendMessages(classic: Peer, vsr: Peer): Promise<void> {
  for (let at = 0; at < SENDS; at++) {
    const peer = at % 2 === 0 ? classic : vsr;
    const messages = Array.from({ length: 10 }, (_, of) => tracedMessage(at % 2, at * 10 + of));
    await peer.send({ ...CLASSIC_TOPIC, partitionId: 0 }, messages);
    await peer.send({ ...VSR_TOPIC, partitionId: at % 5 }, messages);
  }
}

async function storeOffsets(classic: Peer, vsr: Peer): Promise<void> {
  const topic = { ...CLASSIC_TOPIC, partitionId: 0 };
  for (const [at, peer] of [classic, vsr].entries()) {
    for (const id of [at, `consumer-${at}`]) {
      const consumer = { kind: "consumer", id } as const;
      await peer.ask("storeConsumerOffset", { ...topic, consumer, offset: 5 + at, ack: "quorum" });
    }
    const name = `group-${at}`;
    await peer.ask("createConsumerGroup", { ...CLASSIC_TOPIC, name });
    await peer.ask("joinConsumerGroup", { ...CLASSIC_TOPIC, groupId: name });
    const consumer = { kind: "consumer_group", id: name } as const;
    await peer.poll({ ...topic, consumer, count: 7 + at, autoCommit: true });
  }
  const consumer = { kind: "consumer", id: 0 } as const;
  await vsr.ask("deleteConsumerOffset", { ...topic, consumer, ack: "quorum" });
  await classic.ask("createConsumerGroup", { ...CLASSIC_TOPIC, name: "deleted" });
  await classic.ask("deleteConsumerGroup", { ...CLASSIC_TOPIC, groupId: "deleted" });
}

async function makeUsers(classic: Peer, vsr: Peer): Promise<string> {
  const mayRead = { readTopic: true, pollMessages: true, manageTopic: false, sendMessages: false };
  const inStream = { readStream: true, manageStream: false, manageTopics: false, readTopics: true };
  const stream = { ...inStream, pollMessages: true, sendMessages: false };
  const permissions = {
    global: ALL_GLOBAL_PERMISSIONS,
    streams: new Map([[0, { ...stream, topics: new Map([[1, mayRead]]) }]]),
  };
  const user = { password: "secret", status: "active", permissions } as const;
  for (const username of ["alice", "bob", "carol"]) {
    await classic.ask("createUser", { ...user, username });
  }
  await vsr.ask("deleteUser", { userId: "carol" });
  await vsr.ask("updateUser", { userId: "bob", username: "robert", status: "inactive" });
  await vsr.ask("updatePermissions", { userId: "robert" });
  await classic.ask("changePassword", {
    userId: "alice",
    currentPassword: "secret",
    newPassword: "secret2",
  });
  using alice = await dial("classic", Number(classic.duplex.peer.port));
  await alice.login("alice", "secret2");
  await alice.ask("createPersonalAccessToken", { name: "gone", expiry: 0n });
  await alice.ask("deletePersonalAccessToken", { name: "gone" });
  const token = { name: "token", expiry: 3_600_000_000n };
  return (await alice.ask("createPersonalAccessToken", token)).token;
}

/** Everything there is, as both framings tell it. */
async function describeAll(port: number): Promise<unknown> {
  const tellings = [];
  for (const dialect of DIALECTS) {
    using peer = await dialRoot(dialect, port);
    const topics = [];
    for (const { name: streamId } of await peer.ask("getStreams", undefined)) {
      const stream = await peer.ask("getStream", { streamId });
      for (const { name: topicId } of stream!.topics) {
        topics.push(await describeTopic(peer, { streamId, topicId }));
      }
      topics.push(stream);
    }
    const users = [];
    for (const { id } of await peer.ask("getUsers", undefined)) {
      users.push(await peer.ask("getUser", { userId: id }));
    }
    tellings.push({ topics, users });
  }
  return tellings;
}

async function describeTopic(peer: Peer, topic: typeof CLASSIC_TOPIC): Promise<unknown> {
  const details = await peer.ask("getTopic", topic);
  const groups = [];
  for (const { id: groupId, name } of await peer.ask("getConsumerGroups", topic)) {
    groups.push({ groupId, name });
  }
  const consumers = [
    ...[0, 1, "consumer-0", "consumer-1"].map((id) => ({ kind: "consumer", id }) as const),
    ...groups.map(({ groupId }) => ({ kind: "consumer_group", id: groupId }) as const),
  ];
  const partitions = [];
  for (const { id: partitionId } of details!.partitions) {
    const offsets = [];
    for (const consumer of consumers) {
      offsets.push(await peer.ask("getConsumerOffset", { ...topic, partitionId, consumer }));
    }
    const polled = await peer.poll({ ...topic, partitionId, count: 1_000_000 });
    partitions.push({ offsets, polled });
  }
  return { details, groups, partitions };
}

async function expectLogins(port: number, token: string): Promise<void> {
  for (const dialect of DIALECTS) {
    using peer = await dial(dialect, port);
    await assertRejects(() => peer.login("alice", "secret"), IggyError);
    await assertRejects(() => peer.login("robert", "secret"), IggyError);
    await peer.login("alice", "secret2");
    const tokens = await peer.ask("getPersonalAccessTokens", undefined);
    assertEquals(tokens.map(({ name }) => name), ["token"]);
  }
  using classic = await dial("classic", port);
  await classic.ask("loginWithPersonalAccessToken", { token });
}

/** What comes next follows what was there: offsets, ids, stored offsets. */
async function expectGoesOn(port: number): Promise<void> {
  using peer = await dialRoot("vsr_0_11", port);
  const sent = await peer.send({ ...CLASSIC_TOPIC, partitionId: 0 }, [tracedMessage(8, 0)]);
  assertEquals(sent?.baseOffset, 10 * SENDS);
  const ids = (await peer.ask("getStreams", undefined)).map(({ id }) => id);
  const { id } = await peer.ask("createStream", { name: "doomed" });
  assertEquals(ids.includes(id), false);
  assertNotEquals(id, 1, "An id was used again");
  const consumer = { kind: "consumer", id: "consumer-1" } as const;
  const next = await peer.poll({
    ...CLASSIC_TOPIC,
    partitionId: 0,
    consumer,
    strategy: "next",
    count: 1,
  });
  assertEquals(next.messages[0].offset, 7);
}

const SENDS = 60;
const CLASSIC_TOPIC = { streamId: "orders", topicId: "classic" };
const VSR_TOPIC = { streamId: "orders", topicId: "vsr" };
