import { assertEquals } from "@std/assert";
import {
  deleteConsumerGroup,
  joinConsumerGroup,
  leaveConsumerGroup,
} from "../../../lib/handlers/consumer_groups.ts";
import { longPoll } from "../../../lib/handlers/long_poll.ts";
import type { PollAnswer } from "../../../lib/handlers/messages.ts";
import { createPartitions, deletePartitions } from "../../../lib/handlers/partitions.ts";
import { purgeStream } from "../../../lib/handlers/streams.ts";
import { deleteTopic, purgeTopic } from "../../../lib/handlers/topics.ts";
import { deleteUser, updatePermissions } from "../../../lib/handlers/users.ts";
import type { Dialect } from "../../../protocol/command.ts";
import { type PollMessagesRequest, RESYNC_PARTITION_ID } from "../../../protocol/messages.ts";
import {
  assertRefusal,
  onlyGlobal,
  type TestBroker,
  testBroker,
  type TestClient,
} from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { turns } from "../../support/partition_logs.ts";
import { DIALECTS, send } from "../../support/sends_and_polls.ts";

const TOPIC = { streamId: "orders", topicId: "events" } as const;
const WORKERS = { ...TOPIC, groupId: "workers" } as const;
const GROUP = {
  consumer: { kind: "consumer_group", id: "workers" },
  partitionId: undefined,
} as const;
const WAIT_MS = 5000;

/** A poll that waits, and what has become of it. */
class Waiting {
  readonly answer: Promise<PollAnswer>;
  readonly #stop = new AbortController();
  #isAnswered = false;
  /** Whether it had to wait at all. */
  hasWaited = false;

  constructor(
    readonly broker: TestBroker,
    client: TestClient,
    dialect: Dialect,
    request: Partial<PollMessagesRequest> = {},
  ) {
    const answer = longPoll(broker, client, dialect, {
      ...TOPIC,
      consumer: { kind: "consumer", id: 1 },
      partitionId: 0,
      strategy: { kind: "next", value: 0 },
      count: 100,
      autoCommit: false,
      waitMs: WAIT_MS,
      ...request,
    }, () => {
      this.hasWaited = true;
      return this.#stop.signal;
    });
    this.answer = Promise.resolve(answer);
    const note = () => this.#isAnswered = true;
    this.answer.then(note, note);
  }

  async isAnswered(): Promise<boolean> {
    await turns();
    return this.#isAnswered;
  }

  /** How many messages of which partition came; their memory is given back. */
  async found(): Promise<[partitionId: number, count: number]> {
    const { partitionId, count, records } = await this.answer;
    records?.lease.release();
    return [partitionId, count];
  }

  end(): void {
    this.#stop.abort();
  }
}

/** Everybody in a list of those who wait for the topic's messages. */
function waitersCount({ catalog, partitions }: TestBroker): number {
  const topic = catalog.topics.require("orders", "events");
  return topic.partitions.reduce((sum, each) => sum + partitions.readers(topic, each).count, 0);
}

function sendTo(broker: TestBroker, partitionId: number, count = 1) {
  const partitioning = { kind: "partition_id", partitionId } as const;
  return send(broker, broker.connect(), "classic", someMessages(count), { partitioning });
}

function brokerWithGroup(partitionsCount: number) {
  return testBroker().then((broker) => {
    broker.topic(partitionsCount);
    broker.catalog.groups.create("orders", "events", "workers");
    return broker;
  });
}

for (const dialect of DIALECTS) {
  Deno.test(`longPoll() is answered by the next message, and leaves nothing behind (${dialect})`, async () => {
    await using broker = await testBroker();
    broker.topic(2);
    const waiting = new Waiting(broker, broker.connect(), dialect);
    assertEquals([await waiting.isAnswered(), waitersCount(broker)], [false, 1]);
    await sendTo(broker, 1);
    assertEquals(await waiting.isAnswered(), false);
    await sendTo(broker, 0, 3);
    assertEquals(await waiting.found(), [0, 3]);
    assertEquals([waitersCount(broker), broker.clock.timers, broker.buffers.out], [0, 0, 0]);
  });

  Deno.test(`longPoll() does not wait when there is something, or when it is not asked to (${dialect})`, async () => {
    await using broker = await testBroker();
    broker.topic(1);
    for (const waitMs of [undefined, 0]) {
      const impatient = new Waiting(broker, broker.connect(), dialect, { waitMs });
      assertEquals([await impatient.found(), impatient.hasWaited], [[0, 0], false]);
    }
    await sendTo(broker, 0);
    const waiting = new Waiting(broker, broker.connect(), dialect);
    assertEquals([await waiting.found(), waiting.hasWaited], [[0, 1], false]);
    assertEquals(broker.clock.timers, 0);
  });

  Deno.test(`longPoll() answers empty when its time is up (${dialect})`, async () => {
    await using broker = await testBroker();
    broker.topic(1);
    const waiting = new Waiting(broker, broker.connect(), dialect);
    broker.clock.advance(WAIT_MS - 1);
    assertEquals(await waiting.isAnswered(), false);
    broker.clock.advance(1);
    assertEquals(await waiting.found(), [0, 0]);
    assertEquals([waitersCount(broker), broker.clock.timers], [0, 0]);
  });
}

Deno.test("longPoll() cuts a wait that is too long", async () => {
  await using broker = await testBroker({ limits: { pollWaitMsMax: 100 } });
  broker.topic(1);
  const waiting = new Waiting(broker, broker.connect(), "classic", { waitMs: 0xffffffff });
  broker.clock.advance(100);
  assertEquals(await waiting.found(), [0, 0]);
});

Deno.test("longPoll() waits with every strategy", async () => {
  for (const dialect of DIALECTS) {
    await using broker = await testBroker();
    broker.topic(1);
    const at = broker.clock.nowMicros() + 1000;
    const waiting =
      ([["offset", 1], ["timestamp", at], ["first", 0], ["last", 0], ["next", 0]] as const)
        .map(([kind, value]) =>
          new Waiting(broker, broker.connect(), dialect, { strategy: { kind, value } })
        );
    await sendTo(broker, 0);
    const early = [];
    for (const each of waiting) early.push(await each.isAnswered());
    assertEquals(early, [false, false, true, true, true]);
    broker.clock.advance(1);
    await sendTo(broker, 0, 2);
    const found = [];
    for (const each of waiting) found.push(await each.found());
    assertEquals(found, [[0, 2], [0, 2], [0, 1], [0, 1], [0, 1]]);
  }
});

Deno.test("longPoll() stores what it found when told, and nothing when it found nothing", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const partition = broker.catalog.partitions.require("orders", "events", 0);
  const poll = () => new Waiting(broker, broker.connect(), "vsr_0_11", { autoCommit: true });
  const late = poll();
  broker.clock.advance(WAIT_MS);
  await late.found();
  assertEquals(partition.storedOffset("consumer", 1), undefined);
  const waiting = poll();
  await sendTo(broker, 0, 2);
  await waiting.found();
  assertEquals(partition.storedOffset("consumer", 1), 1);
});

Deno.test("longPoll() of a persisted topic sees messages once they are on stable storage", async () => {
  await using broker = await testBroker();
  broker.topic(1, { durability: "persisted" });
  const waiting = new Waiting(broker, broker.connect(), "vsr_0_11");
  const sent = sendTo(broker, 0);
  const answered = waiting.answer.then(({ currentOffset, count, records }) => {
    records?.lease.release();
    return [currentOffset, count];
  });
  await sent;
  assertEquals(await answered, [0, 1]);
});

Deno.test("longPoll() that is ended early answers empty and stores nothing", async () => {
  for (const dialect of DIALECTS) {
    await using broker = await testBroker();
    broker.topic(1);
    const waiting = new Waiting(broker, broker.connect(), dialect, { autoCommit: true });
    await waiting.isAnswered();
    waiting.end();
    const sent = sendTo(broker, 0);
    assertEquals(await waiting.found(), [0, 0]);
    await sent;
    const partition = broker.catalog.partitions.require("orders", "events", 0);
    assertEquals(partition.storedOffset("consumer", 1), undefined);
    assertEquals([waitersCount(broker), broker.clock.timers], [0, 0]);
  }
});

Deno.test("longPoll() leaves nothing behind of ten thousand waits that are ended", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const client = broker.connect();
  const waiting = Array.from({ length: 10_000 }, () => new Waiting(broker, client, "classic"));
  await turns();
  assertEquals([waitersCount(broker), broker.clock.timers], [10_000, 10_000]);
  for (const each of waiting) each.end();
  for (const each of waiting) assertEquals(await each.found(), [0, 0]);
  assertEquals([waitersCount(broker), broker.clock.timers], [0, 0]);
});

Deno.test("longPoll() goes on in the next life of a partition that is purged", async () => {
  for (const purge of [purgeTopic, purgeStream]) {
    await using broker = await testBroker();
    broker.topic(1);
    await sendTo(broker, 0, 5);
    broker.catalog.offsets
      .store(broker.catalog.partitions.require("orders", "events", 0), "consumer", 1, 4);
    const waiting = new Waiting(broker, broker.connect(), "vsr_0_11");
    assertEquals(await waiting.isAnswered(), false);
    await purge(broker, broker.connect(), TOPIC);
    assertEquals(await waiting.isAnswered(), false);
    await sendTo(broker, 0, 2);
    assertEquals(await waiting.found(), [0, 2]);
  }
});

Deno.test("longPoll() is refused when what it waits for is deleted", async () => {
  const ends: [code: number, (broker: TestBroker) => Promise<void>, object?][] = [
    [2010, (broker) => deleteTopic(broker, broker.connect(), TOPIC)],
    [
      3007,
      (broker) => deletePartitions(broker, broker.connect(), { ...TOPIC, partitionsCount: 1 }),
    ],
    [5000, (broker) => deleteConsumerGroup(broker, broker.connect(), WORKERS), GROUP],
  ];
  for (const [code, remove, request] of ends) {
    for (const dialect of DIALECTS) {
      await using broker = await brokerWithGroup(2);
      const member = broker.connect();
      joinConsumerGroup(broker, member, WORKERS);
      const waiting = new Waiting(broker, member, dialect, request ?? { partitionId: 1 });
      assertEquals(await waiting.isAnswered(), false);
      await remove(broker);
      await assertRefusal(code, () => waiting.answer);
      assertEquals(broker.clock.timers, 0);
    }
  }
});

Deno.test("longPoll() shows no message to a user who was deleted or lost the right meanwhile", async () => {
  const ends: [code: number, (broker: TestBroker, userId: number) => Promise<void>][] = [
    [40, (broker, userId) => deleteUser(broker, broker.connect(), { userId })],
    [41, (broker, userId) => {
      const permissions = onlyGlobal("manageUsers");
      return updatePermissions(broker, broker.connect(), { userId, permissions });
    }],
  ];
  for (const [code, withdraw] of ends) {
    await using broker = await testBroker();
    broker.topic(1);
    const reader = broker.connectUser("reader", onlyGlobal("pollMessages"));
    const polls = [0, 1].map(() => new Waiting(broker, reader, "vsr_0_11"));
    await withdraw(broker, reader.userId!);
    await sendTo(broker, 0);
    for (const each of polls) await assertRefusal(code, () => each.answer);
    const late = broker.connectUser("late", onlyGlobal("pollMessages"));
    const waiting = new Waiting(broker, late, "vsr_0_11", {
      strategy: { kind: "offset", value: 9 },
    });
    await withdraw(broker, late.userId!);
    broker.clock.advance(WAIT_MS);
    await assertRefusal(code, () => waiting.answer);
  }
});

for (const dialect of DIALECTS) {
  Deno.test(`longPoll() of a member waits for all of its partitions, and for no other (${dialect})`, async () => {
    await using broker = await brokerWithGroup(4);
    const [member, other] = [broker.connect(), broker.connect()];
    for (const each of [member, other]) joinConsumerGroup(broker, each, WORKERS);
    const [owned, foreign] = [member, other]
      .map(({ id }) => broker.groups.sync({ streamId: 0, topicId: 0, id: 0 }, id)!.partitions);
    for (const partitionId of [...owned, ...owned]) {
      const waiting = new Waiting(broker, member, dialect, { ...GROUP, autoCommit: true });
      await sendTo(broker, foreign[0]);
      assertEquals(await waiting.isAnswered(), false);
      await sendTo(broker, partitionId);
      assertEquals(await waiting.found(), [partitionId, 1]);
    }
    assertEquals(waitersCount(broker), 0);
  });

  Deno.test(`longPoll() of a member without a partition is answered once it gets one (${dialect})`, async () => {
    await using broker = await brokerWithGroup(1);
    await sendTo(broker, 0, 3);
    const [owner, heir] = [broker.connect(), broker.connect()];
    for (const each of [owner, heir]) joinConsumerGroup(broker, each, WORKERS);
    const waiting = new Waiting(broker, heir, dialect, GROUP);
    assertEquals(await waiting.isAnswered(), false);
    leaveConsumerGroup(broker, owner, WORKERS);
    assertEquals(await waiting.found(), [0, 3]);
  });

  Deno.test(`longPoll() of a member waits for partitions that are added (${dialect})`, async () => {
    await using broker = await brokerWithGroup(1);
    const member = broker.connect();
    joinConsumerGroup(broker, member, WORKERS);
    const waiting = new Waiting(broker, member, dialect, GROUP);
    assertEquals(await waiting.isAnswered(), false);
    await createPartitions(broker, member, { ...TOPIC, partitionsCount: 1 });
    assertEquals(await waiting.isAnswered(), false);
    await sendTo(broker, 1);
    assertEquals(await waiting.found(), [1, 1]);
  });
}

Deno.test("longPoll() of a member for a partition it loses ends as its protocol says", async () => {
  for (const dialect of DIALECTS) {
    await using broker = await brokerWithGroup(2);
    const [owner, heir] = [broker.connect(), broker.connect()];
    joinConsumerGroup(broker, owner, WORKERS);
    const waiting = new Waiting(broker, owner, dialect, { ...GROUP, partitionId: 1 });
    assertEquals(await waiting.isAnswered(), false);
    joinConsumerGroup(broker, heir, WORKERS);
    if (dialect === "vsr_0_11") {
      assertEquals(await waiting.found(), [RESYNC_PARTITION_ID, 0]);
      continue;
    }
    // CLASSIC.md section 9: what the member does not own reads as empty.
    assertEquals(await waiting.isAnswered(), false);
    await sendTo(broker, 1);
    broker.clock.advance(WAIT_MS);
    assertEquals(await waiting.found(), [0, 0]);
  }
});

Deno.test("longPoll() of a member takes over what another has settled", async () => {
  await using broker = await brokerWithGroup(2);
  const [owner, heir] = [broker.connect(), broker.connect()];
  joinConsumerGroup(broker, owner, WORKERS);
  await sendTo(broker, 1, 2);
  const first = new Waiting(broker, owner, "vsr_0_11", { ...GROUP, partitionId: 1, count: 1 });
  assertEquals(await first.found(), [1, 1]);
  joinConsumerGroup(broker, heir, WORKERS);
  const waiting = new Waiting(broker, heir, "classic", GROUP);
  assertEquals(await waiting.isAnswered(), false);
  const partition = broker.catalog.partitions.require("orders", "events", 1);
  broker.catalog.offsets.store(partition, "consumer_group", 0, 0);
  broker.groups.stored({ streamId: 0, topicId: 0, id: 0 }, 1);
  assertEquals(await waiting.found(), [1, 1]);
});

Deno.test("longPoll() of somebody who is no member does not wait", async () => {
  await using broker = await brokerWithGroup(1);
  const stranger = broker.connect();
  await assertRefusal(5006, () => new Waiting(broker, stranger, "classic", GROUP).answer);
  const fenced = new Waiting(broker, stranger, "vsr_0_11", GROUP);
  assertEquals(await fenced.found(), [RESYNC_PARTITION_ID, 0]);
});

Deno.test("longPoll() does not wait when there are messages and no memory for them", async () => {
  await using broker = await testBroker({
    limits: { replyBytesTotalMax: 1 << 20, pollReplyBytesMax: 1 << 20, frameBytesMax: 1 << 20 },
  });
  broker.topic(1);
  await sendTo(broker, 0);
  const lease = broker.buffers.lease(1 << 20);
  const crowded = new Waiting(broker, broker.connect(), "vsr_0_11");
  assertEquals([await crowded.found(), crowded.hasWaited], [[0, 0], false]);
  lease.release();
});
