import { assert, assertEquals, assertRejects } from "@std/assert";
import type { PollOptions } from "../../../lib/client/messages.ts";
import { MESSAGES } from "../../../protocol/message_codec.ts";
import { IggyError } from "../../../protocol/errors.ts";
import {
  POLL_MESSAGES_HEAD,
  type PollMessagesHead,
  type PollMessagesRequest,
  RESYNC_PARTITION_ID,
  type SendMessagesHead,
} from "../../../protocol/messages.ts";
import { WireReader, WireWriter } from "../../../protocol/wire.ts";
import { connectScripted, forEachFraming, specifyCall } from "../../support/scripted_client.ts";
import type { ScriptedNode } from "../../support/scripted_node.ts";
import { CLASSIC_POLL, CLASSIC_SEND, VSR_POLL, VSR_SEND } from "../../vectors/messages.ts";

const MADE = 1_700_000_000_000_000;
const HELLO = [
  { id: 1n, originTimestamp: MADE, payload: "hello" },
  { id: 2n, originTimestamp: MADE, payload: "world!" },
];
const SENT = { classic: CLASSIC_SEND, vsr: VSR_SEND };
const POLLED = { classic: CLASSIC_POLL, vsr: VSR_POLL };
const CONFIRMED = { streamId: 3, topicId: 7, partitionId: 1, baseOffset: 40 };
const EVENTS = { streamId: "orders", topicId: "events" };

/** The body of a poll's answer. */
function polledBody(head: Partial<PollMessagesHead>, messages = new Uint8Array(0)): Uint8Array {
  const writer = new WireWriter();
  POLL_MESSAGES_HEAD.encode(writer, { partitionId: 0, currentOffset: 0, count: 0, ...head });
  writer.bytes(messages);
  return writer.written;
}

/** Where sends went so far. */
function partitionings(node: ScriptedNode): unknown[] {
  return node.asked.filter(({ name }) => name === "sendMessages")
    .map(({ request }) => (request as SendMessagesHead).partitioning);
}

/** The partitions that were polled so far. */
function polledPartitions(node: ScriptedNode): unknown[] {
  return node.asked.filter(({ name }) => name === "pollMessages")
    .map(({ request }) => (request as PollMessagesRequest).partitionId);
}

/** A topic of so many partitions, as far as choosing among them goes. */
function topicOf(partitionsCount: number) {
  const partition = { createdAt: 0, segmentsCount: 1, currentOffset: 0 };
  return {
    id: 7,
    createdAt: 0,
    partitionsCount,
    messageExpiry: 0n,
    compressionAlgorithm: "none" as const,
    maxTopicSize: 0n,
    replicationFactor: 1,
    sizeBytes: 0,
    messagesCount: 0,
    name: "events",
    explicitOptions: {},
    derivedOptions: {},
    partitions: Array.from({ length: partitionsCount }, (_, id) => (
      { ...partition, id, sizeBytes: 0, messagesCount: 0 }
    )),
  };
}

forEachFraming("Messages.send() sends the bytes of the fact sheet", async (framing) => {
  await using scripted = await connectScripted(framing);
  const { client, node } = scripted;
  node.on("sendMessages", () => [CONFIRMED]);
  const confirmation = await client.messages.send("orders", "events", HELLO, { partitionId: 1 });
  const [, { request, rest }] = node.asked;
  assertEquals(request, {
    ...EVENTS,
    partitioning: { kind: "partition_id", partitionId: 1 },
    messagesCount: 2,
  });
  assertEquals(rest, SENT[framing]);
  assertEquals(confirmation, framing === "vsr" ? CONFIRMED : undefined);
});

Deno.test("Messages.send() makes up ids and times: a VSR node keeps what it gets", async () => {
  await using scripted = await connectScripted("vsr");
  const { client, node, clock } = scripted;
  node.on("sendMessages", () => []);
  await client.messages.send(3, 7, [{ payload: "a" }, { payload: "b" }], { partitionId: 0 });
  const messages = [...MESSAGES.vsr_0_11.decode(new WireReader(node.asked[1].rest))];
  assertEquals(new Set(messages.map(({ id }) => id)).size, 2);
  assert(messages.every(({ id }) => id !== 0n));
  assertEquals(messages.map(({ originTimestamp }) => originTimestamp), [
    clock.micros,
    clock.micros,
  ]);
});

Deno.test("Messages.send() leaves ids to a classic node", async () => {
  await using scripted = await connectScripted("classic");
  const { client, node } = scripted;
  node.on("sendMessages", () => []);
  await client.messages.send(3, 7, [{ payload: "a" }], { partitionId: 0 });
  const [, { rest }] = node.asked;
  assertEquals(rest.subarray(16 + 8, 16 + 24), new Uint8Array(16));
});

forEachFraming(
  "Messages.send() refuses what no node would take, and sends nothing",
  async (framing) => {
    await using scripted = await connectScripted(framing);
    const { client, node } = scripted;
    const target = { partitionId: 0 };
    const empty = await assertRejects(() => client.messages.send(3, 7, [], target), IggyError);
    assertEquals(empty.code, 4009);
    const blank = () => client.messages.send(3, 7, [{ payload: "" }], target);
    assertEquals((await assertRejects(blank, IggyError)).code, 4025);
    await assertRejects(
      () => client.messages.send(3, 7, HELLO, { partitionId: 0, key: "a" }),
      TypeError,
      "not both",
    );
    assertEquals(node.names, []);
  },
);

Deno.test("Messages.send() lets a classic node choose the partition", async () => {
  await using scripted = await connectScripted("classic");
  const { client, node } = scripted;
  node.on("sendMessages", () => []);
  await client.messages.send("orders", "events", HELLO);
  await client.messages.send("orders", "events", HELLO, { key: "ab" });
  assertEquals(partitionings(node), [
    { kind: "balanced" },
    { kind: "messages_key", key: Uint8Array.of(0x61, 0x62) },
  ]);
});

Deno.test("Messages.send() chooses the partition itself with VSR", async () => {
  await using scripted = await connectScripted("vsr");
  const { client, node } = scripted;
  node.on("sendMessages", () => []).on("getTopic", () => topicOf(3));
  for (let send = 0; send < 4; send++) await client.messages.send("orders", "events", HELLO);
  await client.messages.send("orders", "events", HELLO, { key: "hello" });
  const chosen = [0, 1, 2, 0, 1].map((partitionId) => ({ kind: "partition_id", partitionId }));
  assertEquals(partitionings(node), chosen);
  assertEquals(node.names.filter((name) => name === "getTopic").length, 1);
});

Deno.test("Messages.send() chooses again when the partition is gone", async () => {
  await using scripted = await connectScripted("vsr");
  const { client, node } = scripted;
  let partitionsCount = 3;
  node.on("getTopic", () => topicOf(partitionsCount)).on("sendMessages", ({ partitioning }) => {
    assert(partitioning.kind === "partition_id");
    if (partitioning.partitionId >= partitionsCount) throw new IggyError(20);
    return [CONFIRMED];
  });
  await client.messages.send("orders", "events", HELLO, { key: "hello" });
  partitionsCount = 1;
  await client.messages.send("orders", "events", HELLO, { key: "hello" });
  const ids = partitionings(node).map((each) => (each as { partitionId: number }).partitionId);
  assertEquals(ids, [1, 1, 0]);
});

Deno.test("Messages.send() looks at the topic again after this client changed it", async () => {
  await using scripted = await connectScripted("vsr");
  const { client, node } = scripted;
  node.on("getTopic", () => topicOf(1)).on("sendMessages", () => []);
  await client.messages.send("orders", "events", HELLO);
  node.on("getTopic", () => topicOf(2)).on("createPartitions", () => undefined);
  await client.partitions.create("orders", "events", 1);
  await client.messages.send("orders", "events", HELLO);
  assertEquals(partitionings(node)[1], { kind: "partition_id", partitionId: 1 });
});

forEachFraming(
  "Messages.send() sends a prepared batch any number of times, at once",
  async (framing) => {
    await using scripted = await connectScripted(framing);
    const { client, node } = scripted;
    node.on("sendMessages", () => []);
    const batch = client.messages.prepare(HELLO);
    await Promise.all([0, 1, 2].map((partitionId) => (
      client.messages.send("orders", "events", batch, { partitionId })
    )));
    const sends = node.asked.slice(1);
    assertEquals(sends.map(({ rest }) => rest), [SENT[framing], SENT[framing], SENT[framing]]);
    assertEquals(
      partitionings(node),
      [0, 1, 2].map((partitionId) => ({ kind: "partition_id", partitionId })),
    );
  },
);

Deno.test("Messages.send() refuses a batch that was prepared for the other framing", async () => {
  await using classic = await connectScripted("classic");
  await using vsr = await connectScripted("vsr");
  const batch = classic.client.messages.prepare(HELLO);
  await assertRejects(
    () => vsr.client.messages.send("orders", "events", batch, { partitionId: 0 }),
    IggyError,
    "Batch is prepared for classic, this client speaks vsr_0_11",
  );
});

forEachFraming("Messages.poll() gives the messages of a partition", async (framing) => {
  await using scripted = await connectScripted(framing);
  const { client, node } = scripted;
  const head = { partitionId: 1, currentOffset: 1, count: 2 };
  node.on("pollMessages", () => polledBody(head, POLLED[framing]));
  const polled = await client.messages.poll("orders", "events", {
    consumer: "biller",
    partitionId: 1,
    offset: 0,
    count: 10,
    autoCommit: true,
  });
  assertEquals([...polled].map((message) => message.text()), ["hello", "world!"]);
  assertEquals([polled.partitionId, polled.currentOffset], [1, 1]);
  assertEquals(node.asked[1].request, {
    ...EVENTS,
    consumer: { kind: "consumer", id: "biller" },
    partitionId: 1,
    strategy: { kind: "offset", value: 0 },
    count: 10,
    autoCommit: true,
  });
});

forEachFraming(
  "Messages.poll() goes on from the stored offset when nothing is said",
  async (framing) => {
    await using scripted = await connectScripted(framing);
    const { client, node } = scripted;
    node.on("pollMessages", () => polledBody({}));
    assertEquals((await client.messages.poll(3, 7)).length, 0);
    assertEquals(node.asked[1].request, {
      streamId: 3,
      topicId: 7,
      consumer: { kind: "consumer", id: 0 },
      partitionId: undefined,
      strategy: { kind: "next", value: 0 },
      count: 100,
      autoCommit: false,
    });
  },
);

forEachFraming(
  "Messages.pollBytes() shows the answer and gives what becomes of it",
  async (framing) => {
    await using scripted = await connectScripted(framing);
    const { client, node } = scripted;
    const head = { partitionId: 1, currentOffset: 1, count: 2 };
    node.on("pollMessages", () => polledBody(head, POLLED[framing]));
    const seen = await client.messages.pollBytes("orders", "events", {}, ({ bytes, ...polled }) => (
      { ...polled, bytes: bytes.slice() }
    ));
    const dialect = framing === "vsr" ? "vsr_0_11" : "classic";
    assertEquals(seen, { ...head, dialect, bytes: POLLED[framing] });
  },
);

forEachFraming(
  "Messages.pollBytes() rejects when the visit fails, and the client goes on",
  async (framing) => {
    await using scripted = await connectScripted(framing);
    const { client, node } = scripted;
    node.on("pollMessages", () => polledBody({}));
    const failing = client.messages.pollBytes("orders", "events", {}, () => {
      throw new RangeError("Too much");
    });
    await assertRejects(() => failing, RangeError, "Too much");
    assertEquals((await client.messages.poll("orders", "events")).length, 0);
  },
);

Deno.test("Messages.poll() leaves a classic group's partition to the node", async () => {
  await using scripted = await connectScripted("classic");
  const { client, node } = scripted;
  node.on("pollMessages", () => polledBody({}));
  await client.messages.poll("orders", "events", { group: "workers" });
  assertEquals(polledPartitions(node), [undefined]);
});

/** A member of group "workers" with VSR, whose node assigns and fences as a test says. */
async function member(assignments: readonly (readonly number[])[], fenced: readonly number[]) {
  let generation = 0;
  const scripted = await connectScripted("vsr");
  scripted.node.on("joinConsumerGroup", () => undefined)
    .on("syncConsumerGroup", () => {
      const partitions = assignments[Math.min(generation, assignments.length - 1)];
      return { generation: ++generation, partitions };
    })
    .on("pollMessages", ({ partitionId }) => (
      fenced.includes(partitionId!)
        ? polledBody({ partitionId: RESYNC_PARTITION_ID })
        : polledBody({ partitionId, currentOffset: 1, count: 2 }, VSR_POLL)
    ));
  await scripted.client.groups.join("orders", "events", "workers");
  const poll = (options: PollOptions = {}) =>
    scripted.client.messages.poll("orders", "events", { group: "workers", ...options });
  return { ...scripted, poll };
}

Deno.test("Messages.poll() takes a VSR member's partitions in turn", async () => {
  await using scripted = await member([[0, 2]], []);
  for (const partitionId of [0, 2, 0]) {
    assertEquals((await scripted.poll()).partitionId, partitionId);
  }
  assertEquals(polledPartitions(scripted.node), [0, 2, 0]);
});

Deno.test("Messages.poll() asks for the partitions again when it is fenced off", async () => {
  await using scripted = await member([[0], [1]], [0]);
  const polled = await scripted.poll();
  assertEquals([polled.partitionId, polled.length], [1, 2]);
  assertEquals(polledPartitions(scripted.node), [0, 1]);
});

Deno.test("Messages.poll() brings nothing when it is fenced off twice", async () => {
  await using scripted = await member([[0]], [0]);
  assertEquals((await scripted.poll()).length, 0);
  assertEquals(polledPartitions(scripted.node), [0, 0]);
});

Deno.test("Messages.poll() takes error 5009 for a fence", async () => {
  await using scripted = await member([[0]], []);
  scripted.node.on("pollMessages", () => {
    throw new IggyError(5009);
  });
  assertEquals((await scripted.poll()).length, 0);
});

Deno.test("Messages.poll() polls nothing while the member has no partitions", async () => {
  await using scripted = await member([[]], []);
  assertEquals((await scripted.poll()).length, 0);
  assertEquals(polledPartitions(scripted.node), []);
});

Deno.test("Messages.poll() keeps to a partition that a member names", async () => {
  await using scripted = await member([[0, 1]], []);
  assertEquals((await scripted.poll({ partitionId: 1 })).partitionId, 1);
  assertEquals(polledPartitions(scripted.node), [1]);
});

Deno.test("Messages.poll() refuses a group that was not joined", async () => {
  await using scripted = await connectScripted("vsr");
  scripted.node.on("syncConsumerGroup", () => undefined);
  const poll = () => scripted.client.messages.poll("orders", "events", { group: "workers" });
  assertEquals((await assertRejects(poll, IggyError)).code, 5006);
});

specifyCall("Messages.flush() names the partition", {
  call: (client) => client.messages.flush("orders", "events", 2, { fsync: true }),
  asks: "flushUnsavedBuffer",
  with: { ...EVENTS, partitionId: 2, fsync: true },
  answered: undefined,
});

/** Partition and wait of the polls so far. */
function polledWaits(node: ScriptedNode): unknown[] {
  return node.asked.filter(({ name }) => name === "pollMessages")
    .map(({ request }) => request as PollMessagesRequest)
    .map(({ partitionId, waitMs = 0 }) => [partitionId, waitMs]);
}

forEachFraming("Messages.poll() lets the node wait when told", async (framing) => {
  await using scripted = await connectScripted(framing);
  const { client: { messages }, node } = scripted;
  node.on("pollMessages", () => polledBody({}));
  await messages.poll("orders", "events", { partitionId: 3, waitMs: 5000 });
  await messages.poll("orders", "events", { partitionId: 3 });
  assertEquals(polledWaits(node), [[3, 5000], [3, 0]]);
});

Deno.test("Messages.poll() of a member that waits looks for itself, then leaves the partition to the node", async () => {
  await using scripted = await connectScripted("vsr");
  const { client: { messages, groups }, node } = scripted;
  const head = { currentOffset: 1, count: 2 };
  let hasMessages = false;
  node.on("joinConsumerGroup", () => undefined)
    .on("syncConsumerGroup", () => ({ generation: 1, partitions: [4] }))
    .on("pollMessages", ({ partitionId, waitMs }) => (
      hasMessages || waitMs
        ? polledBody({ partitionId: 4, ...head }, VSR_POLL)
        : polledBody({ partitionId })
    ));
  await groups.join("orders", "events", "workers");
  const poll = (options: PollOptions = {}) =>
    messages.poll("orders", "events", { group: "workers", waitMs: 5000, ...options });
  assertEquals((await poll()).length, 2);
  assertEquals(polledWaits(node), [[4, 0], [undefined, 5000]]);
  hasMessages = true;
  assertEquals((await poll()).length, 2);
  assertEquals(polledWaits(node).slice(2), [[4, 0]]);
  await poll({ partitionId: 4 });
  assertEquals(polledWaits(node).slice(3), [[4, 5000]]);
});

Deno.test("Messages.poll() of a member that waits finds nothing where the node does not know waiting", async () => {
  await using scripted = await connectScripted("vsr");
  const { client: { messages, groups }, node } = scripted;
  node.on("joinConsumerGroup", () => undefined)
    .on("syncConsumerGroup", () => ({ generation: 1, partitions: [4] }))
    .on("pollMessages", ({ partitionId = 0 }) => polledBody({ partitionId }));
  await groups.join("orders", "events", "workers");
  const polled = await messages.poll("orders", "events", { group: "workers", waitMs: 5000 });
  assertEquals(polled.length, 0);
});
