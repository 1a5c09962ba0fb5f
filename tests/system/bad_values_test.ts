import { assertEquals, assertRejects } from "@std/assert";
import { xxh3 } from "../../lib/log/checksum.ts";
import { COMMANDS } from "../../protocol/commands.ts";
import * as error from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { NEVER_EXPIRES } from "../../protocol/options.ts";
import type { Partitioning } from "../../protocol/primitives.ts";
import { WireWriter } from "../../protocol/wire.ts";
import { classicSend, producerBatch, someMessages } from "../support/messages.ts";
import { sayAndHear } from "../support/raw_bytes.ts";
import {
  dial,
  DIALECTS,
  dialRoot,
  type PartitionAddress,
  type Peer,
  VsrPeerFraming,
} from "../support/raw_peer.ts";
import { SharedNode } from "../support/shared_node.ts";

const node = new SharedNode();

/** Spoils of a VSR batch of two messages (VSR.md section 8), with the code that each is refused with. */
const SPOILT_BATCHES: Record<string, readonly [number, (batch: DataView) => void]> = {
  "a payload that does not match its frame's checksum": [
    error.INVALID_MESSAGE_CHECKSUM,
    (batch) => batch.setUint8(256 + 48, 0xff),
  ],
  "a frame checksum that does not match": [
    error.INVALID_MESSAGE_CHECKSUM,
    (batch) => batch.setUint8(256, batch.getUint8(256) ^ 1),
  ],
  "a batch checksum that does not match": [
    error.INVALID_BATCH_CHECKSUM,
    (batch) => batch.setUint8(40, batch.getUint8(40) ^ 1),
  ],
  "a message count that does not match": [
    error.INVALID_COMMAND,
    (batch) => batch.setUint32(48, 3, true),
  ],
  "a length beyond the frame": [
    error.INVALID_COMMAND,
    (batch) => batch.setBigUint64(32, 1n << 40n, true),
  ],
  "a payload length of 2^32 - 1": [
    error.TOO_BIG_MESSAGE_PAYLOAD,
    (batch) => batch.setUint32(256 + 36, 0xffffffff, true),
  ],
  "user headers of 2^32 - 1": [
    error.TOO_BIG_USER_HEADERS,
    (batch) => batch.setUint32(256 + 32, 0xffffffff, true),
  ],
  "a reserved byte that is not zero": [error.INVALID_COMMAND, (batch) => batch.setUint8(200, 1)],
};

for (const [what, [code, spoil]] of Object.entries(SPOILT_BATCHES)) {
  node.test(`A VSR batch is refused as a whole when it has ${what}`, async (port) => {
    using peer = await dialRoot("vsr_0_11", port);
    const address = await createPartition(peer);
    const batch = producerBatch(someMessages(2));
    spoil(new DataView(batch.buffer));
    assertEquals(await sendBatch(peer, address, 2, batch), code);
    await expectMessages(peer, address, 0);
  });
}

/** Spoils of the index section and the headers of a classic send of two messages (CLASSIC.md section 6). */
const SPOILT_SENDS: Record<string, readonly [number, (send: DataView) => void]> = {
  "an offset in its index": [error.NON_ZERO_OFFSET, (send) => send.setUint32(0, 7, true)],
  "a timestamp in its index": [error.NON_ZERO_TIMESTAMP, (send) => send.setUint32(8, 7, true)],
  "a position beyond the messages": [
    error.MISSING_INDEX,
    (send) => send.setUint32(4, 0xffffffff, true),
  ],
  "a payload length of 2^32 - 1": [
    error.TOO_BIG_MESSAGE_PAYLOAD,
    (send) => send.setUint32(32 + 52, 0xffffffff, true),
  ],
  "user headers of 2^32 - 1": [
    error.TOO_BIG_USER_HEADERS,
    (send) => send.setUint32(32 + 48, 0xffffffff, true),
  ],
};

for (const [what, [code, spoil]] of Object.entries(SPOILT_SENDS)) {
  node.test(`A classic send is refused as a whole when it has ${what}`, async (port) => {
    using peer = await dialRoot("classic", port);
    const address = await createPartition(peer);
    const send = classicSend(CLASSIC_MESSAGES);
    spoil(new DataView(send.buffer));
    assertEquals(await sendBatch(peer, address, 2, send), code);
    await expectMessages(peer, address, 0);
  });
}

for (const dialect of DIALECTS) {
  node.test(`A send without messages, or with fewer or more than it says, is refused (${dialect})`, async (port) => {
    using peer = await dialRoot(dialect, port);
    const address = await createPartition(peer);
    const batch = dialect === "classic"
      ? classicSend(CLASSIC_MESSAGES)
      : producerBatch(someMessages(2));
    for (const count of [0, 1, 3, 0xffffffff]) {
      const status = await sendBatch(peer, address, count, batch);
      assertEquals(status === 0, false, `Count ${count}`);
    }
    await expectMessages(peer, address, 0);
  });
}

node.test("A VSR request is refused with status 4 when its stamp does not match its body", async (port) => {
  const framing = new VsrPeerFraming();
  using peer = await dialRoot(framing, port);
  const { operation } = COMMANDS.createStream;
  const body = bytes((writer) => writer.name8("stamped"));
  const stamped = async (requestChecksum: bigint) => {
    const request = framing.request++;
    await peer.write(framing.frameWith({ operation, request, requestChecksum }, body));
    return (await peer.answer())?.status;
  };
  assertEquals(await stamped(xxh3(body) ^ 1n), error.INVALID_FORMAT);
  assertEquals(await peer.ask("getStream", { streamId: "stamped" }), undefined);
  assertEquals(await stamped(xxh3(body)), 0);
});

for (const dialect of DIALECTS) {
  node.test(`Requests that come all at once are answered one by one, in order (${dialect})`, async (port) => {
    using peer = await dialRoot(dialect, port);
    const address = await createPartition(peer);
    const batch = dialect === "classic"
      ? classicSend(CLASSIC_MESSAGES)
      : producerBatch(someMessages(2));
    const partitioning = { kind: "partition_id", partitionId: 0 } as const;
    const all = bytes((writer) => {
      for (let at = 0; at < 300; at++) {
        writer.bytes(peer.sendFrame(address, partitioning, 2, batch));
        writer.bytes(peer.pollFrame({ ...address, strategy: "offset", value: 2 * at + 1 }));
        writer.bytes(peer.frame("getStream", { streamId: "nowhere" }));
      }
    });
    await peer.write(all);
    for (let at = 0; at < 300; at++) {
      assertEquals((await peer.answer())?.status, 0);
      const polled = new DataView((await peer.answer())!.body.buffer);
      const [currentOffset, count] = [polled.getUint32(4, true), polled.getUint32(12, true)];
      assertEquals([currentOffset, count], [2 * at + 1, 1]);
      assertEquals((await peer.answer())?.body.length, 0);
    }
  });

  node.test(`A client that ends its half of the connection gets all its answers (${dialect})`, async (port) => {
    using peer = await dial(dialect, port);
    const ping = peer.frame("ping", undefined);
    const one = await sayAndHear(port, ping);
    const all = await sayAndHear(
      port,
      bytes((writer) => {
        for (let at = 0; at < 100; at++) writer.bytes(ping);
      }),
    );
    assertEquals(one.length, dialect === "classic" ? 8 : 256);
    assertEquals(all.length, 100 * one.length);
  });

  node.test(`Names are 1 to 255 bytes of UTF-8 (${dialect})`, async (port) => {
    using peer = await dialRoot(dialect, port);
    for (const letter of ["n", "é"]) {
      const name = `${dialect[0]}${letter.repeat(letter === "n" ? 254 : 127)}`;
      await peer.ask("createStream", { name });
      assertEquals((await peer.ask("getStream", { streamId: name }))?.name, name);
      await refused(error.STREAM_NAME_ALREADY_EXISTS, peer.ask("createStream", { name }));
      await peer.ask("deleteStream", { streamId: name });
    }
    // What a length of 256 comes to in a byte.
    const tooLong = bytes((writer) => {
      writer.u8(0);
      writer.bytes(new Uint8Array(256).fill(110));
    });
    assertEquals(await peer.status("createStream", tooLong), error.INVALID_FORMAT);
    for (const text of [[0xff, 0xfe], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80]]) {
      const body = Uint8Array.of(text.length, ...text);
      assertEquals(await peer.status("createStream", body), error.INVALID_COMMAND);
      const identifier = Uint8Array.of(2, text.length, ...text);
      assertEquals(await peer.status("getStream", identifier), error.INVALID_COMMAND);
    }
  });

  node.test(`Names and passwords of users and tokens have their lengths (${dialect})`, async (port) => {
    using peer = await dialRoot(dialect, port);
    const create = (username: string, password: string) =>
      peer.ask("createUser", { username, password, status: "active" });
    await refused(error.INVALID_USERNAME, create("ab", "secret"));
    await refused(error.INVALID_USERNAME, create("u".repeat(51), "secret"));
    await refused(error.INVALID_PASSWORD, create("user", "ab"));
    await refused(error.INVALID_PASSWORD, create("user", "p".repeat(101)));
    for (const name of ["ab", "t".repeat(31)]) {
      await refused(
        error.INVALID_PERSONAL_ACCESS_TOKEN_NAME,
        peer.ask("createPersonalAccessToken", { name, expiry: 0n }),
      );
    }
    using stranger = await dial(dialect, port);
    const login = stranger.login("u".repeat(255), "p".repeat(255));
    await refused(
      dialect === "classic" ? error.INVALID_USERNAME : error.INVALID_CREDENTIALS,
      login,
    );
  });

  node.test(`The largest numbers are no way out of bounds (${dialect})`, async (port) => {
    using peer = await dialRoot(dialect, port);
    const address = await createPartition(peer);
    await peer.send(address, someMessages(3));
    for (const [strategy, count] of [["offset", 0], ["timestamp", 0], ["last", 3]] as const) {
      const polled = await peer.poll({ ...address, strategy, value: U64_MAX, count: U32_MAX });
      assertEquals([polled.count, polled.currentOffset], [count, 2], strategy);
    }
    for (const strategy of ["first", "next", "timestamp"] as const) {
      assertEquals((await peer.poll({ ...address, strategy, count: U32_MAX })).count, 3);
    }
    assertEquals((await peer.poll({ ...address, count: 0 })).count, 0);
    const consumer = { kind: "consumer", id: U32_MAX } as const;
    const store = (offset: number) =>
      peer.ask("storeConsumerOffset", { ...address, consumer, offset, ack: "quorum" });
    await refused(error.INVALID_OFFSET, store(U64_MAX));
    await refused(error.INVALID_OFFSET, store(3));
    await store(2);
    await peer.ask("deleteSegments", { ...address, segmentsCount: U32_MAX });
    await refused(
      error.INVALID_PARTITIONS_COUNT,
      peer.ask("deletePartitions", { ...address, partitionsCount: U32_MAX }),
    );
    for (const partitionsCount of [0, 1001, U32_MAX]) {
      const adding = peer.ask("createPartitions", { ...address, partitionsCount });
      await refused(error.TOO_MANY_PARTITIONS, adding);
    }
    await expectMessages(peer, address, 3);
  });

  node.test(`Topics and tokens take any time and refuse what cannot be (${dialect})`, async (port) => {
    using peer = await dialRoot(dialect, port);
    const { streamId } = await createPartition(peer);
    const create = (name: string, partitionsCount: number, options: object) =>
      peer.ask("createTopic", { streamId, name, partitionsCount, options });
    await refused(error.TOO_MANY_PARTITIONS, create("wide", U32_MAX, {}));
    await refused(error.INVALID_TOPIC_SIZE, create("tiny", 1, { maxTopicSize: 1n }));
    const late = NEVER_EXPIRES - 1n;
    const topic = await create(`late-${dialect}`, 1, { messageExpiry: late, maxTopicSize: late });
    assertEquals([topic.messageExpiry, topic.maxTopicSize], [late, late]);
    const name = `token-${dialect}`;
    await peer.ask("createPersonalAccessToken", { name, expiry: late });
    const tokens = await peer.ask("getPersonalAccessTokens", undefined);
    assertEquals(tokens.find((each) => each.name === name), { name, expiryAt: undefined });
    await peer.ask("deletePersonalAccessToken", { name });
  });

  node.test(`A topic without partitions takes no messages and has none (${dialect})`, async (port) => {
    using peer = await dialRoot(dialect, port);
    const address = await createPartition(peer, 0);
    const { streamId, topicId } = address;
    const batch = dialect === "classic"
      ? classicSend(CLASSIC_MESSAGES)
      : producerBatch(someMessages(2));
    for (const partitioning of PARTITIONINGS) {
      await peer.write(peer.sendFrame(address, partitioning, 2, batch));
      const missing = dialect === "classic" ? error.PARTITION_NOT_FOUND : error.RESOURCE_NOT_FOUND;
      assertEquals((await peer.answer())?.status, missing, partitioning.kind);
    }
    await refused(error.PARTITION_NOT_FOUND, peer.poll(address));
    const group = await peer.ask("createConsumerGroup", { streamId, topicId, name: "group" });
    await peer.ask("joinConsumerGroup", { streamId, topicId, groupId: group.id });
    const consumer = { kind: "consumer_group", id: group.id } as const;
    const polled = await peer.poll({ streamId, topicId, consumer, partitionId: undefined });
    assertEquals([polled.partitionId, polled.count], [0, 0]);
    await refused(
      error.INVALID_PARTITIONS_COUNT,
      peer.ask("deletePartitions", { streamId, topicId, partitionsCount: 1 }),
    );
    await peer.ask("createPartitions", { streamId, topicId, partitionsCount: 1 });
    await peer.send(address, someMessages(3));
    await expectMessages(peer, address, 3);
  });
}

node.test("Messages with the largest ids and times pass through both framings", async (port) => {
  using classic = await dialRoot("classic", port);
  using vsr = await dialRoot("vsr_0_11", port);
  const address = await createPartition(classic);
  const message = {
    id: (1n << 128n) - 1n,
    originTimestamp: (1n << 64n) - 1n,
    payload: Uint8Array.of(1),
    userHeaders: new Uint8Array(),
  };
  assertEquals(await sendBatch(classic, address, 1, classicSend([message])), 0);
  for (const peer of [classic, vsr]) {
    const [found] = (await peer.poll(address)).messages;
    assertEquals([found.id, found.originTimestamp], [message.id, Number(message.originTimestamp)]);
  }
});

let topics = 0;

/** A fresh topic with one partition, or as many as wanted. */
async function createPartition(peer: Peer, partitionsCount = 1): Promise<PartitionAddress> {
  const topicId = `values-${topics++}`;
  const topic = { streamId: "healthy", name: topicId, partitionsCount, options: {} };
  await peer.ask("createTopic", topic);
  return { streamId: "healthy", topicId, partitionId: 0 };
}

/** Sends a batch as it is; gives the status. */
async function sendBatch(
  peer: Peer,
  address: PartitionAddress,
  count: number,
  batch: Uint8Array,
): Promise<number | undefined> {
  const partitioning = { kind: "partition_id", partitionId: address.partitionId } as const;
  await peer.write(peer.sendFrame(address, partitioning, count, batch));
  return (await peer.answer())?.status;
}

async function expectMessages(peer: Peer, address: PartitionAddress, count: number): Promise<void> {
  const topic = await peer.ask("getTopic", address);
  assertEquals([(await peer.poll(address)).count, topic?.messagesCount], [count, count]);
}

async function refused(code: number, promise: Promise<unknown>): Promise<void> {
  assertEquals((await assertRejects(() => promise, IggyError)).code, code);
}

function bytes(write: (writer: WireWriter) => void): Uint8Array {
  const writer = new WireWriter();
  write(writer);
  return writer.written.slice();
}

const CLASSIC_MESSAGES = someMessages(2).map((message) => ({
  ...message,
  originTimestamp: BigInt(message.originTimestamp),
  userHeaders: new Uint8Array(),
}));

const PARTITIONINGS: readonly Partitioning[] = [
  { kind: "balanced" },
  { kind: "messages_key", key: Uint8Array.of(1) },
  { kind: "partition_id", partitionId: 0 },
];

const U32_MAX = 0xffffffff;
/** As a double: the next one above, which the wire takes for the largest. */
const U64_MAX = 2 ** 64 - 2048;
