/**
 * Specification of sends to topics that drop duplicates.
 */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { purgeTopic, updateTopic } from "../../../lib/handlers/topics.ts";
import { purgeStream } from "../../../lib/handlers/streams.ts";
import type { Dialect } from "../../../protocol/command.ts";
import { IO_ERROR } from "../../../protocol/error_codes.ts";
import type { OutgoingMessage } from "../../../protocol/message_codec.ts";
import type { TopicOptions } from "../../../protocol/options.ts";
import {
  assertRefusal,
  type TestBroker,
  testBroker,
  type TestBrokerOptions,
  type TestClient,
} from "../../support/broker.ts";
import { range, turns } from "../../support/partition_logs.ts";
import {
  DIALECTS,
  idsOf,
  offsetsOf,
  poll,
  send,
  sendAgain,
  type SendTo,
} from "../../support/sends_and_polls.ts";

for (const dialect of DIALECTS) {
  const scene = (options?: SceneOptions, services?: TestBrokerOptions) =>
    sceneIn(dialect, options, services);

  Deno.test(`sendMessages() in ${dialect} drops what the topic has, and tells where the others went`, async () => {
    await using s = await scene();
    assertEquals((await s.sendIds(1, 2, 3))?.baseOffset, 0);
    assertEquals(await s.sendIds(1, 2, 3), undefined);
    assertEquals((await s.sendIds(3, 4, 1, 5, 4))?.baseOffset, 3);
    assertEquals((await s.sendIds(6))?.baseOffset, 5);
    const polled = await poll(s.broker, s.client, dialect);
    assertEquals([idsOf(polled), offsetsOf(polled)], [range(1, 6), range(0, 5)]);
    const payloads = polled.messages.map(({ payload }) => payload[0]);
    assertEquals(payloads, range(1, 6));
    const written = s.broker.meters.sentBytes;
    await s.sendIds(5, 6);
    assertEquals(s.broker.meters.sentBytes, written);
  });

  Deno.test(`sendMessages() in ${dialect} drops nothing where nobody asked for it`, async () => {
    await using broker = await testBroker();
    const client = broker.connect();
    broker.topic(1, { deduplicationMaxEntries: 5 });
    await send(broker, client, dialect, withIds([1, 1]));
    await send(broker, client, dialect, withIds([1]));
    assertEquals(idsOf(await poll(broker, client, dialect)), [1, 1, 1]);
  });

  Deno.test(`sendMessages() in ${dialect} knows an id for the window's time`, async () => {
    await using s = await scene();
    await s.sendIds(1);
    s.broker.clock.micros += MINUTE;
    assertEquals(await s.sendIds(1), undefined);
    s.broker.clock.micros += 1;
    assertEquals((await s.sendIds(1))?.baseOffset, 1);
  });

  Deno.test(`sendMessages() in ${dialect} knows the newest ids, as many as the topic says`, async () => {
    await using s = await scene({ deduplicationMaxEntries: 3 });
    await s.sendIds(1, 2, 3, 4);
    assertEquals(await s.sendIds(2, 3, 4), undefined);
    assertEquals((await s.sendIds(1))?.baseOffset, 4);
  });

  Deno.test(`sendMessages() in ${dialect} knows an id in every partition of its topic, and in no other topic`, async () => {
    await using s = await scene({ partitionsCount: 3 });
    const { broker, client } = s;
    const to = (partitionId: number): SendTo => ({
      partitioning: { kind: "partition_id", partitionId },
    });
    await send(broker, client, dialect, withIds([1, 2]), to(0));
    assertEquals(await sendAgain(broker, client, dialect, withIds([1]), to(1)), undefined);
    const balanced: SendTo = { partitioning: { kind: "balanced" } };
    assertEquals(await sendAgain(broker, client, dialect, withIds([2]), balanced), undefined);
    const options = { deduplicationWindow: MINUTE };
    broker.catalog.topics.create("orders", { name: "bills", partitionsCount: 1, options, at: 1 });
    await send(broker, client, dialect, withIds([1, 2]), { topicId: "bills" });
  });

  Deno.test(`sendMessages() in ${dialect} takes messages without an id as often as they come`, async () => {
    await using s = await scene();
    await s.sendIds(0, 0);
    await s.sendIds(0);
    const { messages } = await poll(s.broker, s.client, dialect);
    assertEquals(messages.length, 3);
  });

  Deno.test(`sendMessages() in ${dialect} forgets the ids of an append that fails`, async () => {
    await using s = await scene({ deduplicationMaxEntries: 3 });
    await s.sendIds(1, 2, 3);
    s.broker.storage.fail({ operation: "append", pathEnd: ".log" });
    await assertRefusal(IO_ERROR, () => s.sendIds(3, 4, 5));
    assertEquals(await s.sendIds(1, 2, 3), undefined);
    assertEquals((await s.sendIds(3, 4, 5))?.baseOffset, 3);
    assertEquals(await s.polledIds(), range(1, 5));
  });

  Deno.test(`sendMessages() in ${dialect} takes everything anew after a purge`, async () => {
    await using s = await scene();
    await s.sendIds(1, 2);
    await purgeTopic(s.broker, s.client, { streamId: "orders", topicId: "events" });
    assertEquals((await s.sendIds(1, 2))?.baseOffset, 0);
    await purgeStream(s.broker, s.client, { streamId: "orders" });
    assertEquals((await s.sendIds(1, 2))?.baseOffset, 0);
  });

  Deno.test(`sendMessages() in ${dialect} follows a topic whose settings change`, async () => {
    await using s = await scene();
    const update = (options: TopicOptions) =>
      updateTopic(s.broker, s.client, {
        ...{ streamId: "orders", topicId: "events", name: "events", options },
      });
    await s.sendIds(1);
    await update({ deduplicationWindow: 0 });
    assertEquals((await s.sendIds(1, 2))?.baseOffset, 1);
    await update({ deduplicationWindow: MINUTE, deduplicationMaxEntries: 2 });
    assertEquals(await s.sendIds(1, 2), undefined);
    assertEquals((await s.sendIds(3))?.baseOffset, 3);
    assertEquals((await s.sendIds(1))?.baseOffset, 4);
  });

  Deno.test(`sendMessages() in ${dialect} knows after a crash what was acknowledged before it`, async () => {
    for (const durability of ["replicated", "persisted"] as const) {
      await using before = await scene({ partitionsCount: 2, durability });
      await before.broker.catalog.durable();
      await before.sendIds(1, 2, 3);
      const files = durability === "persisted" ? "synced" : "written";
      const storage = before.broker.storage.afterCrash({ files, names: files });
      await using after = await scene({}, { storage });
      assertEquals(after.topic.partitions.length, 2);
      const other: SendTo = { partitioning: { kind: "partition_id", partitionId: 1 } };
      const again = withIds([2, 3, 4]);
      const sent = await sendAgain(after.broker, after.client, dialect, again, other);
      assertEquals([sent?.partitionId, sent?.baseOffset], [1, 0], durability);
      assertEquals(await after.sendIds(1, 4), undefined, durability);
      assertEquals(await after.polledIds(), [1, 2, 3], durability);
    }
  });

  Deno.test(`sendMessages() in ${dialect} takes again what a crash lost`, async () => {
    await using before = await scene();
    await before.broker.catalog.durable();
    await before.sendIds(1);
    const storage = before.broker.storage.afterCrash({ files: "synced", names: "written" });
    await using after = await scene({}, { storage });
    assertEquals((await after.sendIds(1))?.baseOffset, 0);
  });

  Deno.test(`sendMessages() in ${dialect} knows after a restart what is younger than the window only`, async () => {
    await using before = await scene({ deduplicationMaxEntries: 4 });
    await before.sendIds(1);
    before.broker.clock.micros += MINUTE;
    await before.sendIds(2, 3);
    const storage = before.broker.storage.afterCrash({ files: "written", names: "written" });
    await using after = await scene({}, { storage });
    after.broker.clock.micros += MINUTE + 1;
    assertEquals(await after.sendIds(2, 3), undefined);
    assertEquals((await after.sendIds(1))?.baseOffset, 3);
  });

  Deno.test(`sendMessages() in ${dialect} answers a duplicate no sooner than the message is safe`, async () => {
    await using s = await scene({ partitionsCount: 2, durability: "persisted" });
    await s.sendIds(1);
    const release = s.broker.storage.holdSyncs();
    const answered: string[] = [];
    const note = (name: string) => (sent: unknown) =>
      void answered.push(`${name} ${sent === undefined ? "dropped" : "taken"}`);
    const other: SendTo = { partitioning: { kind: "partition_id", partitionId: 1 } };
    const first = s.sendIds(2).then(note("first"));
    const again = sendAgain(s.broker, s.client, dialect, withIds([2]), other).then(note("again"));
    await turns();
    assertEquals(answered, []);
    release();
    await Promise.all([first, again]);
    assertEquals(answered.sort(), ["again dropped", "first taken"]);
  });

  Deno.test(`sendMessages() in ${dialect} refuses the duplicate of what could not be made safe`, async () => {
    await using s = await scene({ partitionsCount: 2, durability: "persisted" });
    await s.sendIds(1);
    s.broker.storage.fail({ operation: "sync", pathEnd: ".log" });
    await assertRefusal(IO_ERROR, () => s.sendIds(2));
    await assertRefusal(IO_ERROR, () => s.sendIds(2));
  });

  Deno.test(`sendMessages() in ${dialect} leaves exactly the unique messages to be polled`, async () => {
    const batch = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { maxLength: 20 }), async (batches) => {
        await using s = await scene();
        const expected: number[] = [];
        for (const ids of batches) {
          const fresh = [...new Set(ids)].filter((id) => !expected.includes(id));
          const sent = await s.sendIds(...ids);
          assertEquals(sent?.baseOffset, fresh.length === 0 ? undefined : expected.length);
          expected.push(...fresh);
        }
        assertEquals(await s.polledIds(), expected);
      }),
      { numRuns: 30 },
    );
  });
}

Deno.test("sendMessages() knows in one protocol what came in the other", async () => {
  await using broker = await testBroker({ topicDefaults: { deduplicationWindow: MINUTE } });
  const client = broker.connect();
  broker.topic(1);
  await sendIn(broker, client, "classic", 1, 2);
  await sendIn(broker, client, "vsr_0_11", 2, 3);
  await sendIn(broker, client, "classic", 3, 4);
  assertEquals(idsOf(await poll(broker, client, "vsr_0_11")), range(1, 4));
});

Deno.test("Deduplication gives back the memory of a window that is empty when another topic gets one", async () => {
  await using broker = await testBroker();
  const { deduplication, catalog } = broker;
  const topic = broker.topic(1, { deduplicationWindow: MINUTE });
  const another = (name: string) =>
    catalog.topics.create("orders", {
      ...{ name, partitionsCount: 1, options: { deduplicationWindow: MINUTE }, at: 1 },
    });
  await sendIn(broker, broker.connect(), "classic", 1);
  const window = await deduplication.window(topic);
  assert(window !== undefined);
  await deduplication.window(another("a"));
  assertEquals([window.count, window.memoryBytes > 1000], [1, true]);
  broker.clock.micros += MINUTE + 1;
  await deduplication.window(another("b"));
  assertEquals([window.count, window.memoryBytes > 1000], [0, false]);
  await sendIn(broker, broker.connect(), "classic", 1, 1);
  assertEquals(window.count, 1);
});

Deno.test("Deduplication.window() is read once for many who wait, and again after a failure", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(1, { deduplicationWindow: MINUTE });
  const { deduplication } = broker;
  const waiting = deduplication.window(topic);
  assert(waiting instanceof Promise);
  assert(deduplication.window(topic) === waiting);
  const window = await waiting;
  assert(deduplication.window(topic) === window);
  deduplication.forget(topic);
  const next = deduplication.window(topic);
  deduplication.forget(topic);
  await next;
  // It was forgotten while it was read: nobody is given that one.
  assert(deduplication.window(topic) instanceof Promise);
});

/** A topic with deduplication and how a client sends ids to it. */
async function sceneIn(
  dialect: Dialect,
  options: SceneOptions = {},
  services: TestBrokerOptions = {},
) {
  const broker = await testBroker(services);
  const client = broker.connect();
  const { partitionsCount = 1, ...chosen } = options;
  const topic = broker.topic(partitionsCount, { deduplicationWindow: MINUTE, ...chosen });
  return {
    broker,
    client,
    topic,
    sendIds: (...ids: number[]) => sendAgain(broker, client, dialect, withIds(ids)),
    polledIds: async () => idsOf(await poll(broker, client, dialect)),
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

type SceneOptions = TopicOptions & { readonly partitionsCount?: number };

async function sendIn(
  broker: TestBroker,
  client: TestClient,
  dialect: Dialect,
  ...ids: number[]
): Promise<void> {
  await sendAgain(broker, client, dialect, withIds(ids));
}

/** Messages whose payloads tell their ids. */
function withIds(ids: readonly number[]): OutgoingMessage[] {
  return ids.map((id, index) => ({
    id: BigInt(id),
    originTimestamp: 1_700_000_000_000_000 + index,
    payload: new Uint8Array(1 + id % 7).fill(id),
  }));
}

const MINUTE = 60_000_000;
