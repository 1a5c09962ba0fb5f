/**
 * Specification of polls and flushes; sends are in send_messages_test.ts, polls of groups in
 * group_polls_test.ts.
 */
import { assert, assertEquals } from "@std/assert";
import { flushUnsavedBuffer, pollMessages, recordBytes } from "../../../lib/handlers/messages.ts";
import { deleteTopic, purgeTopic } from "../../../lib/handlers/topics.ts";
import {
  assertRefusal,
  onlyGlobal,
  testBroker,
  type TestBrokerOptions,
} from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { turns } from "../../support/partition_logs.ts";
import {
  DIALECTS,
  idsOf,
  offsetsOf,
  poll,
  readMessages,
  send,
} from "../../support/sends_and_polls.ts";

const EVENTS = { streamId: "orders", topicId: "events" } as const;
const EVERYTHING = 0xffffffff;

/** Partition 0 of two: offsets 0 to 9 in batches of 3, 4 and 3, a second apart. */
async function brokerWithTen(options: TestBrokerOptions = {}, topic = {}) {
  const broker = await testBroker(options);
  const client = broker.connect();
  broker.topic(2, topic);
  const times: number[] = [];
  for (const count of [3, 4, 3]) {
    await send(broker, client, "vsr_0_11", someMessages(count));
    times.push(broker.clock.micros);
    broker.clock.micros += 1_000_000;
  }
  return { broker, client, times, [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose]() };
}

for (const dialect of DIALECTS) {
  Deno.test(`pollMessages() in ${dialect} starts where the strategy says (CLASSIC.md section 3.4)`, async () => {
    await using ten = await brokerWithTen();
    const { broker, client, times } = ten;
    const offsets = async (from: Parameters<typeof poll>[3] & object) =>
      offsetsOf(await poll(broker, client, dialect, from));
    assertEquals(await offsets({ from: "first", count: 2 }), [0, 1]);
    assertEquals(await offsets({ from: "offset", value: 2, count: 3 }), [2, 3, 4]);
    assertEquals(await offsets({ from: "offset", value: 9, count: 5 }), [9]);
    assertEquals(await offsets({ from: "offset", value: 10 }), []);
    assertEquals(await offsets({ from: "offset", value: Number.MAX_SAFE_INTEGER }), []);
    assertEquals(await offsets({ from: "last", count: 4 }), [6, 7, 8, 9]);
    assertEquals((await offsets({ from: "last", count: EVERYTHING })).length, 10);
    assertEquals(await offsets({ from: "timestamp", value: 0, count: 1 }), [0]);
    assertEquals(await offsets({ from: "timestamp", value: times[1], count: 2 }), [3, 4]);
    assertEquals(await offsets({ from: "timestamp", value: times[1] + 1 }), [7, 8, 9]);
    assertEquals(await offsets({ from: "timestamp", value: times[2] + 1 }), []);
    assertEquals(await offsets({ from: "next", count: 2 }), [0, 1]);
  });

  Deno.test(`pollMessages() in ${dialect} gives at most as many as wanted, from any batch on`, async () => {
    await using ten = await brokerWithTen();
    const { broker, client } = ten;
    for (let value = 0; value < 10; value++) {
      for (let count = 1; count <= 10; count++) {
        const polled = await poll(broker, client, dialect, { from: "offset", value, count });
        const expected = Array.from({ length: Math.min(count, 10 - value) }, (_, at) => value + at);
        assertEquals(offsetsOf(polled), expected);
      }
    }
    const all = await poll(broker, client, dialect, { count: EVERYTHING });
    assertEquals(idsOf(all), [1, 2, 3, 1, 2, 3, 4, 1, 2, 3]);
    assertEquals(broker.buffers.out, 0);
  });

  Deno.test(`pollMessages() in ${dialect} tells partition and current offset, also when it gives nothing`, async () => {
    await using ten = await brokerWithTen();
    const { broker, client } = ten;
    const head = async (what: Parameters<typeof poll>[3]) => {
      const { partitionId, currentOffset, count } = await poll(broker, client, dialect, what);
      return [partitionId, currentOffset, count];
    };
    assertEquals(await head({ count: 0 }), [0, 9, 0]);
    assertEquals(await head({ from: "offset", value: 10 }), [0, 9, 0]);
    assertEquals(await head({ partitionId: 1 }), [1, 0, 0]);
    assertEquals(await head({ count: 1 }), [0, 9, 1]);
    assertEquals(await head({ partitionId: undefined, count: 1 }), [0, 9, 1]);
    assertEquals(broker.buffers.lent, 2);
  });

  Deno.test(`pollMessages() in ${dialect} with auto-commit stores the last offset it gave, and next goes on there`, async () => {
    await using ten = await brokerWithTen();
    const { broker, client } = ten;
    const partition = broker.catalog.partitions.require("orders", "events", 0);
    const next = async (count: number) =>
      offsetsOf(await poll(broker, client, dialect, { from: "next", count, autoCommit: true }));
    assertEquals(await next(0), []);
    assertEquals(partition.storedOffset("consumer", 1), undefined);
    assertEquals(await next(4), [0, 1, 2, 3]);
    assertEquals(partition.storedOffset("consumer", 1), 3);
    assertEquals(await next(100), [4, 5, 6, 7, 8, 9]);
    assertEquals(await next(100), []);
    assertEquals(partition.storedOffset("consumer", 1), 9);
    await poll(broker, client, dialect, { from: "offset", value: 5, count: 1, autoCommit: true });
    assertEquals(await next(1), [6]);
    const other = { kind: "consumer", id: 2 } as const;
    assertEquals(
      (await poll(broker, client, dialect, { from: "next", consumer: other })).count,
      10,
    );
  });

  Deno.test(`pollMessages() in ${dialect} refuses in the order stream, topic, right, partition`, async () => {
    await using ten = await brokerWithTen();
    const { broker } = ten;
    const bob = broker.connectUser("bob", onlyGlobal("sendMessages"));
    const attempt = (what: Parameters<typeof poll>[3], client = bob) => () =>
      poll(broker, client, dialect, what);
    await assertRefusal(40, attempt({ streamId: "x" }, broker.connect(undefined)));
    await assertRefusal(1009, attempt({ streamId: "x", topicId: "x" }));
    await assertRefusal(2010, attempt({ topicId: 9, partitionId: 7 }));
    await assertRefusal(41, attempt({ partitionId: 7 }));
    await assertRefusal(3007, attempt({ partitionId: 7 }, broker.connect()));
    const reader = broker.connectUser("reader", onlyGlobal("pollMessages"));
    assertEquals((await poll(broker, reader, dialect)).count, 10);
  });

  Deno.test(`pollMessages() in ${dialect} of a topic without partitions refuses with 3007`, async () => {
    await using broker = await testBroker();
    broker.topic(0);
    await assertRefusal(3007, () => poll(broker, broker.connect(), dialect));
  });

  Deno.test(`pollMessages() in ${dialect} stops at the reply's bound, and the next poll goes on`, async () => {
    const pollReplyBytesMax = 4096;
    await using broker = await testBroker({ limits: { pollReplyBytesMax } });
    const client = broker.connect();
    broker.topic(1);
    for (const count of [1, 7, 40, 2]) {
      await send(broker, client, "classic", someMessages(count, 300));
    }
    const seen: number[] = [];
    for (;;) {
      const polled = await poll(broker, client, dialect, { from: "next", autoCommit: true });
      if (polled.count === 0) break;
      assert(polled.bytes <= pollReplyBytesMax, `${polled.bytes} bytes`);
      seen.push(...offsetsOf(polled));
    }
    assertEquals(seen, Array.from({ length: 50 }, (_, offset) => offset));
    assertEquals(broker.buffers.out, 0);
  });

  Deno.test(`pollMessages() in ${dialect} gives a message larger than the bound, alone`, async () => {
    await using broker = await testBroker({ limits: { pollReplyBytesMax: 4096 } });
    const client = broker.connect();
    broker.topic(1);
    await send(broker, client, dialect, someMessages(2, 100_000));
    await send(broker, client, dialect, someMessages(1, 10));
    for (const value of [0, 1]) {
      const polled = await poll(broker, client, dialect, { from: "offset", value });
      assertEquals(offsetsOf(polled), [value]);
      assertEquals(polled.messages[0].payload.length, 100_000);
    }
    assertEquals(offsetsOf(await poll(broker, client, dialect, { from: "offset", value: 2 })), [2]);
  });

  Deno.test(`pollMessages() in ${dialect} reads on over the ends of segments`, async () => {
    await using ten = await brokerWithTen({ topicDefaults: { segmentSize: 512 } });
    const { broker, client } = ten;
    assertEquals(broker.storage.paths().filter((path) => path.endsWith(".log")).length, 3);
    for (let value = 0; value < 10; value++) {
      const polled = await poll(broker, client, dialect, { from: "offset", value });
      assertEquals(offsetsOf(polled)[0], value);
      assertEquals(polled.count, 10 - value);
    }
  });

  Deno.test(`pollMessages() in ${dialect} gives back its lease whatever happens`, async () => {
    await using ten = await brokerWithTen({ partitionOffsetsMax: 1 });
    const { broker, client } = ten;
    const attempt = () =>
      poll(broker, client, dialect, { consumer: { kind: "consumer", id: 2 }, autoCommit: true });
    await poll(broker, client, dialect, { autoCommit: true });
    await assertRefusal(3024, attempt);
    broker.storage.fail({ operation: "read", pathEnd: ".log" });
    await assertRefusal(13000, attempt);
    broker.storage.corrupt(logPath(broker), (bytes) => bytes.fill(0));
    await poll(broker, client, dialect).catch(() => {});
    await assertRefusal(13000, attempt);
    assertEquals(broker.buffers.out, 0);
    assert(broker.buffers.lent >= 2);
  });

  Deno.test(`pollMessages() in ${dialect} counts the bytes of messages it gave`, async () => {
    await using ten = await brokerWithTen();
    const { broker, client } = ten;
    const first = await poll(broker, client, dialect, { count: 2 });
    const second = await poll(broker, client, dialect);
    await poll(broker, client, dialect, { count: 0 });
    assertEquals(broker.meters.polledBytes, first.bytes + second.bytes);
  });

  Deno.test(`pollMessages() in ${dialect} comes back empty while too many replies wait to be sent`, async () => {
    await using ten = await brokerWithTen({ limits: { replyBytesTotalMax: 4096 } });
    const { broker, client } = ten;
    const request = {
      ...EVENTS,
      consumer: { kind: "consumer", id: 1 },
      strategy: { kind: "next", value: 0 },
      count: 1,
      autoCommit: true,
    } as const;
    const unsent = await pollMessages(broker, client, dialect, request);
    assertEquals(unsent.count, 1);
    const crowded = await pollMessages(broker, client, dialect, request);
    assertEquals([crowded.count, crowded.currentOffset], [0, 9]);
    unsent.records?.lease.release();
    assertEquals(offsetsOf(await poll(broker, client, dialect, { from: "next" }))[0], 1);
  });

  Deno.test(`pollMessages() in ${dialect} gives what is larger than all replies may be, when it is alone`, async () => {
    await using broker = await testBroker({ limits: { replyBytesTotalMax: 4096 } });
    const client = broker.connect();
    broker.topic(1);
    await send(broker, client, dialect, someMessages(2, 10_000));
    assertEquals(offsetsOf(await poll(broker, client, dialect)), [0, 1]);
  });

  Deno.test(`pollMessages() in ${dialect} borrows no more than a reply may have`, async () => {
    const pollReplyBytesMax = 64 * 1024;
    await using broker = await testBroker({ limits: { pollReplyBytesMax } });
    const client = broker.connect();
    broker.topic(1);
    await send(broker, client, "classic", someMessages(1000, 100));
    for (let sent = 0; sent < 100; sent++) await send(broker, client, "classic", someMessages(10));
    const answer = await pollMessages(broker, client, dialect, {
      ...EVENTS,
      consumer: { kind: "consumer", id: 1 },
      strategy: { kind: "offset", value: 1000 },
      count: 10_000,
      autoCommit: false,
    });
    assert(recordBytes(answer) > pollReplyBytesMax / 2);
    assertEquals(answer.records?.lease.bytes.length, pollReplyBytesMax);
    answer.records?.lease.release();
  });

  Deno.test(`pollMessages() in ${dialect} gave bytes that outlive purge and deletion of the topic`, async () => {
    for (const end of [purgeTopic, deleteTopic]) {
      await using ten = await brokerWithTen();
      const { broker, client } = ten;
      const answer = await pollMessages(broker, client, dialect, {
        ...EVENTS,
        consumer: { kind: "consumer", id: 1 },
        strategy: { kind: "first", value: 0 },
        count: 100,
        autoCommit: false,
      });
      const { lease, start } = answer.records!;
      await end(broker, client, EVENTS);
      if (end === purgeTopic) assertEquals((await poll(broker, client, dialect)).count, 0);
      else await assertRefusal(2010, () => poll(broker, client, dialect));
      const bytes = lease.bytes.slice(start, start + recordBytes(answer));
      assertEquals(readMessages(dialect, bytes).map(({ id }) => Number(id)).length, 10);
      lease.release();
    }
  });

  Deno.test(`pollMessages() in ${dialect} of a persisted topic shows what is on stable storage`, async () => {
    await using ten = await brokerWithTen({}, { durability: "persisted" });
    const { broker, client } = ten;
    const release = broker.storage.holdSyncs();
    const pending = send(broker, client, dialect, someMessages(2));
    for (const from of ["first", "last", "timestamp", "next"] as const) {
      const polled = await poll(broker, client, dialect, { from, value: 0 });
      assertEquals([polled.count, polled.currentOffset], [10, 9]);
    }
    assertEquals(
      (await poll(broker, client, dialect, { from: "timestamp", value: broker.clock.micros }))
        .count,
      0,
    );
    release();
    await pending;
    assertEquals((await poll(broker, client, dialect)).currentOffset, 11);
  });
}

Deno.test("flushUnsavedBuffer() waits for stable storage when it shall, and only then", async () => {
  await using ten = await brokerWithTen();
  const { broker, client } = ten;
  await broker.catalog.durable();
  const release = broker.storage.holdSyncs();
  await flushUnsavedBuffer(broker, client, { ...EVENTS, partitionId: 0, fsync: false });
  let flushed = false;
  const pending = flushUnsavedBuffer(broker, client, { ...EVENTS, partitionId: 0, fsync: true })
    .then(() => flushed = true);
  await turns();
  assertEquals(flushed, false);
  release();
  await pending;
  const storage = broker.storage.afterCrash({ files: "synced", names: "synced" });
  await using restarted = await testBroker({ storage });
  assertEquals((await poll(restarted, restarted.connect(), "classic")).count, 10);
});

Deno.test("flushUnsavedBuffer() refuses what it does not find, and 13000 when the disk fails", async () => {
  await using ten = await brokerWithTen();
  const { broker, client } = ten;
  const flush = (change: object) => () =>
    flushUnsavedBuffer(broker, client, { ...EVENTS, partitionId: 0, fsync: true, ...change });
  await assertRefusal(1009, flush({ streamId: "x" }));
  await assertRefusal(2010, flush({ topicId: "x" }));
  await assertRefusal(3007, flush({ partitionId: 2 }));
  broker.storage.fail({ operation: "sync", pathEnd: ".log" });
  await assertRefusal(13000, flush({}));
});

function logPath(broker: Awaited<ReturnType<typeof testBroker>>): string {
  return broker.storage.paths().find((path) => path.endsWith(".log"))!;
}

Deno.test("pollMessages() keeps to fewer bytes where it is asked to, but for one message", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const client = broker.connect();
  for (const message of someMessages(8, 1000)) await send(broker, client, "vsr_0_11", [message]);
  const counts = [];
  for (const bytesMax of [1, 5000, undefined]) {
    counts.push((await poll(broker, client, "vsr_0_11", { bytesMax })).count);
  }
  assertEquals(counts, [1, 3, 8]);
});
