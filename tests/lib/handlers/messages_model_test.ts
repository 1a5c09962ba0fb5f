/**
 * Sends and polls in both protocols against a model of a few lines: a partition is an array.
 */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  deleteConsumerOffset,
  storeConsumerOffset,
} from "../../../lib/handlers/consumer_offsets.ts";
import { purgeTopic } from "../../../lib/handlers/topics.ts";
import type { Limits } from "../../../lib/limits.ts";
import type { Dialect } from "../../../protocol/command.ts";
import type { OutgoingMessage } from "../../../protocol/message_codec.ts";
import type { PollingKind } from "../../../protocol/primitives.ts";
import { type TestBroker, testBroker, type TestClient } from "../../support/broker.ts";
import { DIALECTS, poll, send } from "../../support/sends_and_polls.ts";

Deno.test("Random sends and polls in either protocol give what an array would", async () => {
  await fc.assert(fc.asyncProperty(history(), (steps) => replay(steps, {})), RUNS);
});

Deno.test("Random polls with a small bound give a beginning of what an array would, never nothing", async () => {
  const small = { pollReplyBytesMax: 1000, indexIntervalBytes: 600 };
  await fc.assert(fc.asyncProperty(history(), (steps) => replay(steps, small)), RUNS);
});

const RUNS = { numRuns: 150 };
const PARTITIONS = 2;
const EVENTS = { streamId: "orders", topicId: "events" } as const;

type Step =
  | { do: "send"; dialect: Dialect; partitionId: number; stepMicros: number; messages: Sent[] }
  | { do: "poll"; dialect: Dialect; partitionId: number; consumer: number; from: From }
  | { do: "store"; partitionId: number; consumer: number; share: number }
  | { do: "forget"; partitionId: number; consumer: number }
  | { do: "purge" }
  | { do: "restart" };

type Sent = Required<OutgoingMessage>;

interface From {
  readonly kind: PollingKind;
  /** Where in the array, or in its time, from 0 to 1. */
  readonly share: number;
  readonly count: number;
  readonly autoCommit: boolean;
}

function history(): fc.Arbitrary<Step[]> {
  const dialect = fc.constantFrom(...DIALECTS);
  const partitionId = fc.nat(PARTITIONS - 1);
  const consumer = fc.nat(1);
  const share = fc.double({ min: 0, max: 1.2, noNaN: true });
  const message: fc.Arbitrary<Sent> = fc.record({
    id: fc.bigInt(1n, (1n << 128n) - 1n),
    originTimestamp: fc.integer({ min: 1_700_000_000_000_000, max: 1_700_000_060_000_000 }),
    payload: fc.uint8Array({ minLength: 1, maxLength: 200 }),
    userHeaders: fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ maxLength: 30 })),
  });
  const from: fc.Arbitrary<From> = fc.record({
    kind: fc.constantFrom<PollingKind>("offset", "timestamp", "first", "last", "next"),
    share,
    count: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant(0xffffffff)),
    autoCommit: fc.boolean(),
  });
  const messages = fc.array(message, { minLength: 1, maxLength: 6 });
  const stepMicros = fc.integer({ min: -1000, max: 5000 });
  const step = fc.oneof(
    { weight: 10, arbitrary: said("send", { dialect, partitionId, stepMicros, messages }) },
    { weight: 10, arbitrary: said("poll", { dialect, partitionId, consumer, from }) },
    { weight: 2, arbitrary: said("store", { partitionId, consumer, share }) },
    { weight: 1, arbitrary: said("forget", { partitionId, consumer }) },
    { weight: 1, arbitrary: said("purge", {}) },
    { weight: 1, arbitrary: said("restart", {}) },
  );
  return fc.array(step, { maxLength: 40, size: "max" }) as fc.Arbitrary<Step[]>;
}

function said<T>(name: Step["do"], fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.record({ do: fc.constant(name), ...fields });
}

type Kept = Sent & { readonly timestamp: number };

/** What a partition has to be. */
class Model {
  messages: Kept[] = [];
  readonly stored = new Map<number, number>();

  append(messages: readonly Sent[], nowMicros: number): void {
    const timestamp = Math.max(nowMicros, this.messages.at(-1)?.timestamp ?? 0);
    this.messages.push(...messages.map((message) => ({ ...message, timestamp })));
  }

  /** Offsets `[first, end)` that a poll wants. */
  wanted(consumer: number, kind: PollingKind, value: number, count: number): [number, number] {
    const { length } = this.messages;
    const first = {
      offset: () => value,
      timestamp: () => this.messages.filter(({ timestamp }) => timestamp < value).length,
      first: () => 0,
      last: () => Math.max(0, length - count),
      next: () => (this.stored.get(consumer) ?? -1) + 1,
    }[kind]();
    return [Math.min(first, length), Math.min(first + count, length)];
  }

  /** An offset or a time of day, as `share` says. */
  value(kind: PollingKind, share: number): number {
    if (kind !== "timestamp") return Math.floor(share * this.messages.length);
    const { timestamp = 0 } = this.messages[Math.floor(share * this.messages.length)] ??
      this.messages.at(-1) ?? {};
    return timestamp + Math.round(share * 2 - 1);
  }
}

async function replay(steps: readonly Step[], limits: Partial<Limits>): Promise<void> {
  const models = Array.from({ length: PARTITIONS }, () => new Model());
  let { broker, client } = await open(limits);
  for (const step of steps) {
    if (step.do === "restart") ({ broker, client } = await reopen(broker, limits));
    else await perform(step, broker, client, models);
  }
  assertEquals(broker.buffers.out, 0);
  await broker[Symbol.asyncDispose]();
}

async function perform(
  step: Exclude<Step, { do: "restart" }>,
  broker: TestBroker,
  client: TestClient,
  models: Model[],
): Promise<void> {
  switch (step.do) {
    case "send": {
      const { partitionId, dialect, messages } = step;
      broker.clock.micros += step.stepMicros;
      const partitioning = { kind: "partition_id", partitionId } as const;
      const { baseOffset } = await send(broker, client, dialect, messages, { partitioning });
      assertEquals(baseOffset, models[partitionId].messages.length);
      models[partitionId].append(messages, broker.clock.micros);
      return;
    }
    case "poll":
      return await pollAndCompare(step, broker, client, models[step.partitionId]);
    case "store": {
      const model = models[step.partitionId];
      const offset = model.value("offset", step.share);
      const request = { ...addressOf(step), offset, ack: "quorum" } as const;
      const stored = storeConsumerOffset(broker, client, request);
      if (offset >= model.messages.length) return await refused(stored, 4100);
      await stored;
      model.stored.set(step.consumer, offset);
      return;
    }
    case "forget": {
      const forgotten = deleteConsumerOffset(broker, client, { ...addressOf(step), ack: "quorum" });
      if (models[step.partitionId].stored.delete(step.consumer)) await forgotten;
      else await refused(forgotten, 3021);
      return;
    }
    case "purge":
      await purgeTopic(broker, client, EVENTS);
      models.splice(0, PARTITIONS, ...models.map(() => new Model()));
  }
}

async function pollAndCompare(
  { dialect, partitionId, consumer, from }: Step & { do: "poll" },
  broker: TestBroker,
  client: TestClient,
  model: Model,
): Promise<void> {
  const { kind, count, autoCommit } = from;
  const value = model.value(kind, from.share);
  const [first, end] = model.wanted(consumer, kind, value, count);
  const polled = await poll(broker, client, dialect, {
    partitionId,
    consumer: { kind: "consumer", id: consumer },
    from: kind,
    value,
    count,
    autoCommit,
  });
  const { pollReplyBytesMax } = broker.limits;
  assert(polled.bytes <= pollReplyBytesMax || polled.count === 1);
  if (pollReplyBytesMax > 1_000_000) assertEquals(polled.count, Math.max(0, end - first));
  assertEquals(polled.count === 0, first >= end);
  assertEquals(polled.currentOffset, Math.max(0, model.messages.length - 1));
  const got = polled.messages.map(({ checksum: _, ...message }) => message);
  const expected = model.messages.slice(first, first + polled.count)
    .map((message, index) => ({ ...message, offset: first + index }));
  assertEquals(got, expected);
  if (autoCommit && polled.count > 0) model.stored.set(consumer, first + polled.count - 1);
}

function addressOf({ partitionId, consumer }: { partitionId: number; consumer: number }) {
  return { ...EVENTS, partitionId, consumer: { kind: "consumer", id: consumer } } as const;
}

async function refused(outcome: Promise<void>, code: number): Promise<void> {
  assertEquals(await outcome.then(() => 0, (fault) => fault.code), code);
}

async function open(limits: Partial<Limits>) {
  const broker = await testBroker({ limits, topicDefaults: { segmentSize: 2048 } });
  broker.topic(PARTITIONS);
  return { broker, client: broker.connect() };
}

/** The process dies; what was written to the operating system is there. */
async function reopen(before: TestBroker, limits: Partial<Limits>) {
  const storage = before.storage.afterCrash({ files: "written", names: "written" });
  assertEquals(before.buffers.out, 0);
  await before[Symbol.asyncDispose]();
  const broker = await testBroker({ storage, limits, topicDefaults: { segmentSize: 2048 } });
  broker.clock.micros = before.clock.micros;
  return { broker, client: broker.connect() };
}
