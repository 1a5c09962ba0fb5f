/**
 * Specification of polls by consumers that fell behind what retention has trimmed: they go on with the
 * oldest message there is, without an error.
 */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { storeConsumerOffset } from "../../../lib/handlers/consumer_offsets.ts";
import { joinConsumerGroup } from "../../../lib/handlers/consumer_groups.ts";
import { type TestBroker, testBroker } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { range, turns } from "../../support/partition_logs.ts";
import { DIALECTS, offsetsOf, poll, send } from "../../support/sends_and_polls.ts";

const EVENTS = { streamId: "orders", topicId: "events" } as const;
const GROUP = { kind: "consumer_group", id: "workers" } as const;
const HOUR_MS = 3_600_000;
const TOPIC = { messageExpiry: BigInt(HOUR_MS) * 1000n };

/** Segments of two messages. */
const SMALL_SEGMENTS = { topicDefaults: { segmentSize: 700 } };

/** Ten messages, a minute apart; gives the time of each. */
async function sendTen(broker: TestBroker): Promise<number[]> {
  const client = broker.connect();
  broker.topic(1, TOPIC);
  const times: number[] = [];
  for (let count = 0; count < 10; count++) {
    await send(broker, client, "vsr_0_11", someMessages(1));
    times.push(broker.clock.micros);
    broker.clock.advance(60_000);
  }
  return times;
}

async function clean(broker: TestBroker): Promise<void> {
  await broker.partitions.clean(() => broker.topic());
}

/** The oldest segments are gone that the first `count` messages filled. */
async function trimmedTo(broker: TestBroker, count: number): Promise<void> {
  broker.clock.advance(HOUR_MS - (10 - count) * 60_000);
  await clean(broker);
}

for (const dialect of DIALECTS) {
  Deno.test(`pollMessages() in ${dialect} goes on with the oldest message for who is behind it`, async () => {
    await using broker = await testBroker(SMALL_SEGMENTS);
    const client = broker.connect();
    const times = await sendTen(broker);
    const consumer = { kind: "consumer", id: 1 } as const;
    const stored = { ...EVENTS, consumer, partitionId: 0, offset: 1, ack: "quorum" } as const;
    await storeConsumerOffset(broker, client, stored);
    await trimmedTo(broker, 6);
    for (
      const from of [
        { from: "first" },
        { from: "offset", value: 0 },
        { from: "offset", value: 5 },
        { from: "timestamp", value: 0 },
        { from: "timestamp", value: times[3] },
        { from: "last", count: 1_000_000 },
        { from: "next" },
      ] as const
    ) {
      const polled = await poll(broker, client, dialect, from);
      assertEquals(offsetsOf(polled), range(6, 9), from.from);
      assertEquals(polled.currentOffset, 9);
    }
    const one = await poll(broker, client, dialect, { from: "next", count: 1, autoCommit: true });
    assertEquals(offsetsOf(one), [6]);
    assertEquals(offsetsOf(await poll(broker, client, dialect, { from: "next" })), range(7, 9));
    assertEquals(broker.buffers.out, 0);
  });

  Deno.test(`pollMessages() in ${dialect} gives nothing when all is gone, then what comes next`, async () => {
    await using broker = await testBroker(SMALL_SEGMENTS);
    const client = broker.connect();
    await sendTen(broker);
    await trimmedTo(broker, 11);
    const strategies = [
      { from: "first" },
      { from: "offset", value: 3 },
      { from: "timestamp", value: 0 },
      { from: "last", count: 5 },
      { from: "next" },
    ] as const;
    for (const from of strategies) {
      const { count, currentOffset } = await poll(broker, client, dialect, from);
      assertEquals([count, currentOffset], [0, 9], from.from);
    }
    await send(broker, client, dialect, someMessages(2));
    for (const from of strategies) {
      assertEquals(offsetsOf(await poll(broker, client, dialect, from)), [10, 11], from.from);
    }
  });

  Deno.test(`pollMessages() in ${dialect} gives whole batches whenever a cleaning comes between`, async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ send: fc.integer({ min: 1, max: 4 }) }) },
      {
        weight: 4,
        arbitrary: fc.record({
          from: fc.constantFrom("offset", "timestamp", "first", "last", "next"),
          share: fc.double({ min: 0, max: 1.1, noNaN: true }),
          count: fc.integer({ min: 1, max: 30 }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 2 * HOUR_MS }) }),
      },
      { weight: 2, arbitrary: fc.constantFrom("clean", "turns", "hold", "release") },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 50, size: "max" }),
        fc.constantFrom<"replicated" | "persisted">("replicated", "persisted"),
        async (steps, durability) => {
          await using broker = await testBroker({ topicDefaults: { segmentSize: 1500 } });
          broker.topic(1, { ...TOPIC, durability });
          const run = new Run(broker, dialect);
          for (const each of steps) await run.step(each as Step);
          await run.finish();
        },
      ),
      { numRuns: 200 },
    );
  });
}

type Step =
  | { readonly send: number }
  | { readonly from: "offset"; readonly share: number; readonly count: number }
  | { readonly wait: number }
  | "clean"
  | "turns"
  | "hold"
  | "release";

/** Sends, polls and cleanings that run at the same time, each poll checked when it is answered. */
class Run {
  readonly #broker: TestBroker;
  readonly #dialect: (typeof DIALECTS)[number];
  readonly #pending: Promise<unknown>[] = [];
  #sent = 0;
  #release = () => {};

  constructor(broker: TestBroker, dialect: (typeof DIALECTS)[number]) {
    this.#broker = broker;
    this.#dialect = dialect;
  }

  async step(step: Step): Promise<void> {
    const { clock, storage } = this.#broker;
    if (step === "turns") return await turns();
    if (step === "clean") return void this.#pending.push(clean(this.#broker));
    if (step === "hold" || step === "release") this.#release();
    if (step === "hold") this.#release = storage.holdSyncs();
    if (typeof step === "string") return;
    if ("wait" in step) clock.advance(step.wait);
    else if ("send" in step) this.#send(step.send);
    else this.#poll(step.from, step.share, step.count);
  }

  async finish(): Promise<void> {
    this.#release();
    let isDone = false;
    const done = Promise.all(this.#pending).finally(() => isDone = true);
    while (!isDone) {
      // A cleaning pauses now and then, for time has passed while it was under way.
      this.#broker.clock.advance(0);
      await turns();
    }
    await done;
    assertEquals(this.#broker.buffers.out, 0);
    assertEquals(this.#broker.events, []);
  }

  #send(count: number): void {
    const messages = someMessages(count).map((message, at) => ({
      ...message,
      id: BigInt(this.#sent + at + 1),
    }));
    this.#sent += count;
    this.#pending.push(send(this.#broker, this.#broker.connect(), this.#dialect, messages));
  }

  #poll(from: "offset", share: number, count: number): void {
    const value = Math.floor((from === "offset" ? this.#sent : this.#broker.clock.micros) * share);
    const client = this.#broker.connect();
    const polled = poll(this.#broker, client, this.#dialect, { from, value, count });
    this.#pending.push(polled.then((answer) => {
      const [first = 0] = offsetsOf(answer);
      assert(answer.count <= count);
      assertEquals(offsetsOf(answer), range(first, first + answer.count - 1));
      assertEquals(answer.messages.map(({ id }) => Number(id) - 1), offsetsOf(answer));
    }));
  }
}

Deno.test("pollMessages() of a group member goes on with the oldest message of its partition", async () => {
  for (const dialect of DIALECTS) {
    await using broker = await testBroker(SMALL_SEGMENTS);
    await sendTen(broker);
    broker.catalog.groups.create("orders", "events", "workers");
    const member = broker.connect();
    joinConsumerGroup(broker, member, { ...EVENTS, groupId: "workers" });
    const next = async () =>
      offsetsOf(
        await poll(broker, member, dialect, {
          consumer: GROUP,
          partitionId: 0,
          from: "next",
          count: 2,
          autoCommit: true,
        }),
      );
    assertEquals(await next(), [0, 1], dialect);
    await trimmedTo(broker, 6);
    assertEquals(await next(), [6, 7]);
    assertEquals(await next(), [8, 9]);
    await trimmedTo(broker, 11);
    assertEquals(await next(), []);
    await send(broker, member, dialect, someMessages(1));
    assertEquals(await next(), [10]);
  }
});

Deno.test("pollMessages() that waits for a log to catch up reads what a cleaning has left meanwhile", async () => {
  for (const dialect of DIALECTS) {
    const first = await testBroker(SMALL_SEGMENTS);
    first.topic(1, { ...TOPIC, durability: "persisted" });
    await sendTen(first);
    await first.partitions.close();
    // Without its index nobody can tell which messages of the last segment were synced.
    const disk = first.storage.afterCrash({ files: "written", names: "written" });
    disk.remove(disk.paths().findLast((path) => path.endsWith(".index"))!);
    await first[Symbol.asyncDispose]();
    await using broker = await testBroker({ storage: disk, ...SMALL_SEGMENTS });
    broker.clock.micros = first.clock.micros;
    const release = disk.holdSyncs();
    const [partition] = broker.topic().partitions;
    assert(broker.partitions.log(broker.topic(), partition) instanceof Promise);
    const polled = poll(broker, broker.connect(), dialect, { from: "first" });
    broker.clock.advance(HOUR_MS - 4 * 60_000);
    const cleaning = clean(broker);
    await turns();
    release();
    await cleaning;
    const offsets = offsetsOf(await polled);
    assertEquals(offsets, range(offsets[0], 9));
    assertEquals(offsetsOf(await poll(broker, broker.connect(), dialect)), range(6, 9));
  }
});
