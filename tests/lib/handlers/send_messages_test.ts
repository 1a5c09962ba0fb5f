/**
 * Specification of sends; polls are in messages_test.ts.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { sendMessages } from "../../../lib/handlers/messages.ts";
import type { OutgoingMessage } from "../../../protocol/message_codec.ts";
import type { Partitioning } from "../../../protocol/primitives.ts";
import { assertRefusal, onlyGlobal, testBroker } from "../../support/broker.ts";
import { classicSend, someMessages } from "../../support/messages.ts";
import { turns } from "../../support/partition_logs.ts";
import {
  DIALECTS,
  idsOf,
  offsetsOf,
  poll,
  type Polled,
  send,
  sendBody,
} from "../../support/sends_and_polls.ts";

const UTF8 = new TextEncoder();

for (const dialect of DIALECTS) {
  Deno.test(`sendMessages() in ${dialect} tells where the batch went`, async () => {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(3);
    const partitioning: Partitioning = { kind: "partition_id", partitionId: 2 };
    const place = { streamId: 0, topicId: 0, partitionId: 2 };
    const first = await send(broker, client, dialect, someMessages(3), { partitioning });
    assertEquals(first, { ...place, baseOffset: 0 });
    const second = await send(broker, client, dialect, someMessages(1), { partitioning });
    assertEquals(second, { ...place, baseOffset: 3 });
  });

  Deno.test(`sendMessages() in ${dialect} goes by partition, by turns or by key (CLASSIC.md section 3.5)`, async () => {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(3);
    const partitionOf = async (partitioning: Partitioning) =>
      (await send(broker, client, dialect, someMessages(1), { partitioning })).partitionId;
    const key = (text: string): Partitioning => ({ kind: "messages_key", key: UTF8.encode(text) });
    assertEquals(await partitionOf({ kind: "partition_id", partitionId: 1 }), 1);
    assertEquals(await partitionOf({ kind: "balanced" }), 0);
    assertEquals(await partitionOf({ kind: "balanced" }), 1);
    assertEquals(await partitionOf(key("user-1")), 0);
    assertEquals(await partitionOf(key("hello")), 1);
    assertEquals(await partitionOf({ kind: "balanced" }), 2);
    assertEquals(await partitionOf({ kind: "balanced" }), 0);
  });

  Deno.test(`sendMessages() in ${dialect} refuses in the order stream, topic, right, partition`, async () => {
    await using broker = await testBroker();
    broker.topic(1);
    const bob = broker.connectUser("bob", onlyGlobal("pollMessages"));
    const attempt = (to: Parameters<typeof send>[4], client = bob) => () =>
      send(broker, client, dialect, someMessages(1), to);
    const partitioning: Partitioning = { kind: "partition_id", partitionId: 1 };
    await assertRefusal(1009, attempt({ streamId: "x", topicId: "x", partitioning }));
    await assertRefusal(2010, attempt({ topicId: 9, partitioning }));
    await assertRefusal(41, attempt({ partitioning }));
    await assertRefusal(3007, attempt({ partitioning }, broker.connect()));
  });

  Deno.test(`sendMessages() in ${dialect} to a topic without partitions refuses with 3007`, async () => {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(0);
    const ways: Partitioning[] = [
      { kind: "balanced" },
      { kind: "messages_key", key: UTF8.encode("k") },
      { kind: "partition_id", partitionId: 0 },
    ];
    for (const partitioning of ways) {
      await assertRefusal(
        3007,
        () => send(broker, client, dialect, someMessages(1), { partitioning }),
      );
    }
  });

  Deno.test(`sendMessages() in ${dialect} wants a login before it looks at the body`, async () => {
    await using broker = await testBroker();
    const stranger = broker.connect(undefined);
    const garbage = new Uint8Array([1, 2, 3]);
    await assertRefusal(40, () => sendMessages(broker, stranger, dialect, garbage));
    await assertRefusal(3, () => sendMessages(broker, broker.connect(), dialect, garbage));
  });

  Deno.test(`sendMessages() in ${dialect} is done with the body when it returns`, async () => {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(1, { durability: "persisted" });
    const body = sendBody(dialect, someMessages(2));
    const pending = sendMessages(broker, client, dialect, body);
    body.fill(0xff);
    await pending;
    assertEquals(idsOf(await poll(broker, client, dialect)), [1, 2]);
  });

  Deno.test(`sendMessages() in ${dialect} appends nothing of a batch that is cut or too short`, async () => {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(1);
    const body = sendBody(dialect, someMessages(3));
    for (let length = 1; length < body.length; length++) {
      const cut = body.slice(0, length);
      let code = 0;
      await Promise.resolve(cut).then((bytes) => sendMessages(broker, client, dialect, bytes))
        .catch((fault) => code = fault.code);
      assertNotEquals(code, 0, `${length} of ${body.length} bytes were taken`);
    }
    assertEquals((await poll(broker, client, dialect)).count, 0);
    assertEquals((await send(broker, client, dialect, someMessages(1))).baseOffset, 0);
  });

  Deno.test(`sendMessages() in ${dialect} stamps the time of the append, which never steps back`, async () => {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(1);
    const times: number[] = [];
    for (const step of [0, 1000, -500, 2000]) {
      broker.clock.micros += step;
      times.push(broker.clock.micros);
      await send(broker, client, dialect, someMessages(2));
    }
    const { messages } = await poll(broker, client, dialect);
    const [t0, t1, , t3] = times;
    assertEquals(messages.map(({ timestamp }) => timestamp), [t0, t0, t1, t1, t1, t1, t3, t3]);
  });

  Deno.test(`sendMessages() in ${dialect} to a persisted topic answers after the sync, one for many`, async () => {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(1, { durability: "persisted" });
    await send(broker, client, dialect, someMessages(1));
    const syncsBefore = broker.storage.done.syncs;
    const release = broker.storage.holdSyncs();
    let answers = 0;
    const sends = Array.from(
      { length: 10 },
      () => send(broker, client, dialect, someMessages(1)).then(() => answers++),
    );
    await turns();
    assertEquals(answers, 0);
    assertEquals(offsetsOf(await poll(broker, client, dialect)), [0]);
    release();
    await Promise.all(sends);
    assertEquals((await poll(broker, client, dialect)).count, 11);
    // At most one that the first send began alone, and one that all others share.
    assert(broker.storage.done.syncs - syncsBefore <= 2);
  });

  Deno.test(`sendMessages() in ${dialect} to a persisted topic survives a power cut once answered`, async () => {
    await using broker = await testBroker();
    broker.topic(1, { durability: "persisted" });
    await broker.catalog.durable();
    await send(broker, broker.connect(), dialect, someMessages(3));
    const storage = broker.storage.afterCrash({ files: "synced", names: "synced" });
    await using restarted = await testBroker({ storage });
    assertEquals(idsOf(await poll(restarted, restarted.connect(), dialect)), [1, 2, 3]);
  });

  Deno.test(`sendMessages() and pollMessages() in ${dialect} wait for a partition that catches up after a crash`, async () => {
    await using before = await testBroker();
    before.topic(1, { durability: "persisted" });
    await before.catalog.durable();
    const unsynced = before.storage.holdSyncs();
    const lost = send(before, before.connect(), dialect, someMessages(2));
    const storage = before.storage.afterCrash({ files: "written", names: "written" });
    unsynced();
    await lost;
    await using broker = await testBroker({ storage });
    const client = broker.connect();
    const release = storage.holdSyncs();
    const body = sendBody(dialect, someMessages(1));
    const pending = [sendMessages(broker, client, dialect, body), poll(broker, client, dialect)];
    body.fill(0xff);
    await turns();
    release();
    const [sent, polled] = await Promise.all(pending) as [{ baseOffset: number }, Polled];
    assertEquals(sent.baseOffset, 2);
    assertEquals(idsOf(polled).slice(0, 2), [1, 2]);
    assertEquals(idsOf(await poll(broker, client, dialect)), [1, 2, 1]);
  });

  Deno.test(`sendMessages() in ${dialect} answers 13000 when the disk fails, and goes on when it works`, async () => {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(1);
    await send(broker, client, dialect, someMessages(2));
    for (const bytesWritten of [0, 100]) {
      broker.storage.fail({ operation: "append", pathEnd: ".log", bytesWritten });
      await assertRefusal(13000, () => send(broker, client, dialect, someMessages(5)));
      assertEquals((await poll(broker, client, dialect)).currentOffset, 1);
    }
    assertEquals((await send(broker, client, dialect, someMessages(1))).baseOffset, 2);
    assertEquals(offsetsOf(await poll(broker, client, dialect)), [0, 1, 2]);
  });

  Deno.test(`sendMessages() in ${dialect} answers 13000 when a sync fails, and takes no more, but polls go on`, async () => {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(1, { durability: "persisted" });
    await send(broker, client, dialect, someMessages(2));
    broker.storage.fail({ operation: "sync", pathEnd: ".log" });
    await assertRefusal(13000, () => send(broker, client, dialect, someMessages(1)));
    await assertRefusal(13000, () => send(broker, client, dialect, someMessages(1)));
    assertEquals(offsetsOf(await poll(broker, client, dialect)), [0, 1]);
    assertEquals(broker.events.map(({ kind }) => kind), ["commit_failed"]);
  });

  Deno.test(`sendMessages() in ${dialect} counts the bytes it stored, and only those`, async () => {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(1);
    await send(broker, client, dialect, someMessages(3, 10));
    broker.storage.fail({ operation: "append", pathEnd: ".log" });
    await assertRefusal(13000, () => send(broker, client, dialect, someMessages(5)));
    const { sentBytes, sentMessages, polledBytes } = broker.meters;
    assertEquals([sentBytes, sentMessages, polledBytes], [256 + 3 * (48 + 10), 3, 0]);
  });
}

Deno.test("sendMessages() in classic makes an id for each message without one, in VSR it keeps the 0", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  const messages = someMessages(3).map((message) => ({ ...message, id: 0n }));
  await send(broker, client, "vsr_0_11", messages);
  await send(broker, client, "classic", messages);
  const ids = (await poll(broker, client, "vsr_0_11")).messages.map(({ id }) => id);
  assertEquals(ids.slice(0, 3), [0n, 0n, 0n]);
  const made = ids.slice(3);
  assertEquals(new Set(made).size, 3);
  assertEquals((await poll(broker, client, "classic")).messages.map(({ id }) => id), ids);
});

Deno.test("sendMessages() in VSR refuses what VSR.md section 8.2 names, and appends nothing", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  const body = sendBody("vsr_0_11", someMessages(2));
  const batch = body.length - 256 - 2 * (48 + 5);
  const attempt = (spoil: (bytes: Uint8Array) => void, messagesCount = 2) => () => {
    const spoiled = sendBody("vsr_0_11", someMessages(2), { messagesCount }).slice();
    spoil(spoiled);
    return sendMessages(broker, client, "vsr_0_11", spoiled);
  };
  await assertRefusal(3, attempt(() => {}, 3));
  await assertRefusal(3, attempt(() => {}, 0));
  await assertRefusal(3, attempt((bytes) => bytes[batch + 60] = 1));
  await assertRefusal(4027, attempt((bytes) => bytes[batch + 256 + 48] ^= 1));
  await assertRefusal(4039, attempt((bytes) => bytes[batch + 24] ^= 1));
  assertEquals((await poll(broker, client, "vsr_0_11")).count, 0);
  assertEquals(broker.meters.sentBytes, 0);
});

Deno.test("sendMessages() in classic refuses what CLASSIC.md section 6 names, and appends nothing", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  const head = sendBody("classic", someMessages(2)).length - 2 * 16 - 2 * (64 + 5);
  const attempt = (spoil: (bytes: Uint8Array) => void, messagesCount = 2) => () => {
    const spoiled = sendBody("classic", someMessages(2), { messagesCount }).slice();
    spoil(spoiled);
    return sendMessages(broker, client, "classic", spoiled);
  };
  await assertRefusal(4009, attempt(() => {}, 0));
  await assertRefusal(4031, attempt((bytes) => bytes[head] = 1));
  await assertRefusal(4032, attempt((bytes) => bytes[head + 8] = 1));
  await assertRefusal(4036, attempt(() => {}, 1));
  assertEquals((await poll(broker, client, "classic")).count, 0);
});

Deno.test("sendMessages() in classic takes messages made far apart in one send", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  const made = [0n, 1n << 40n, 5n].map((originTimestamp, index) => ({
    id: BigInt(index + 1),
    originTimestamp,
    payload: new Uint8Array([index]),
    userHeaders: new Uint8Array(),
  }));
  const head = sendBody("classic", someMessages(1), { messagesCount: 3 });
  const body = new Uint8Array([...head.slice(0, -16 - 64 - 5), ...classicSend(made)]);
  await sendMessages(broker, client, "classic", body);
  for (const dialect of DIALECTS) {
    const { messages } = await poll(broker, client, dialect);
    assertEquals(messages.map(({ offset }) => offset), [0, 1, 2]);
    assertEquals(messages.map(({ originTimestamp }) => originTimestamp), [0, 2 ** 40, 5]);
  }
});

Deno.test("What one protocol sends, the other reads field by field (VSR.md section 12)", async () => {
  const sent: OutgoingMessage[] = [
    { id: 1n, originTimestamp: 1_700_000_000_000_500, payload: UTF8.encode("first") },
    {
      id: (1n << 128n) - 1n,
      originTimestamp: 1_700_000_000_000_000,
      payload: new Uint8Array(1000).fill(7),
      userHeaders: new Uint8Array([2, 1, 0, 0, 0, 107, 6, 4, 0, 0, 0, 249, 255, 255, 255]),
    },
    { id: 0xfedcba98_76543210n, originTimestamp: 1_700_000_000_000_900, payload: UTF8.encode("é") },
  ];
  for (const producer of DIALECTS) {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(1);
    await send(broker, client, producer, someMessages(2));
    broker.clock.micros += 7;
    await send(broker, client, producer, sent);
    for (const consumer of DIALECTS) {
      const { messages } = await poll(broker, client, consumer, { from: "offset", value: 2 });
      for (const [index, message] of messages.entries()) {
        const { checksum: _, ...fields } = message;
        assertEquals(fields, {
          userHeaders: new Uint8Array(),
          ...sent[index],
          offset: 2 + index,
          timestamp: broker.clock.micros,
        }, `${producer} to ${consumer}`);
      }
      assertEquals(messages.length, sent.length);
    }
  }
});
