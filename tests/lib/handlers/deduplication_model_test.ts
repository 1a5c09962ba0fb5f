/**
 * Sends to a topic that drops duplicates, with appends that fail, crashes, purges and settings that
 * change, against a model of a few lines: what was accepted is a list, of which the newest part counts.
 */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { purgeTopic, updateTopic } from "../../../lib/handlers/topics.ts";
import type { Dialect } from "../../../protocol/command.ts";
import { IO_ERROR } from "../../../protocol/error_codes.ts";
import type { Durability } from "../../../protocol/options.ts";
import { assertRefusal, type TestBroker, testBroker } from "../../support/broker.ts";
import { DIALECTS, idsOf, poll, sendAgain } from "../../support/sends_and_polls.ts";

Deno.test("Random sends to a topic with deduplication leave what a list would, over crashes too", async () => {
  await fc.assert(
    fc.asyncProperty(settings(), durability(), steps(), async (settings, durability, steps) => {
      await using run = await Run.start(settings, durability);
      for (const step of steps) await run.take(step);
      await run.verify();
    }),
    { numRuns: 200 },
  );
});

const PARTITIONS = 2;
const EVENTS = { streamId: "orders", topicId: "events" } as const;

type Step =
  | { do: "send"; dialect: Dialect; partitionId: number; later: number; ids: number[] }
  | { do: "fail"; dialect: Dialect; partitionId: number; ids: number[] }
  | { do: "update"; settings: Settings }
  | { do: "purge" }
  | { do: "crash" };

interface Settings {
  readonly deduplicationWindow: number;
  readonly deduplicationMaxEntries: number;
}

class Run implements AsyncDisposable {
  #broker: TestBroker;
  #settings: Settings;
  readonly #durability: Durability;
  /** What was accepted, in order. */
  #accepted: { id: number; time: number; partitionId: number }[] = [];

  static async start(settings: Settings, durability: Durability): Promise<Run> {
    const broker = await testBroker();
    broker.topic(PARTITIONS, { ...settings, durability });
    await broker.catalog.durable();
    return new Run(broker, settings, durability);
  }

  private constructor(broker: TestBroker, settings: Settings, durability: Durability) {
    this.#broker = broker;
    this.#settings = settings;
    this.#durability = durability;
  }

  async take(step: Step): Promise<void> {
    const broker = this.#broker;
    const client = broker.connect();
    switch (step.do) {
      case "send":
        broker.clock.micros += step.later;
        return await this.#send(step);
      case "fail":
        return await this.#fail(step);
      case "update":
        this.#settings = step.settings;
        return await updateTopic(broker, client, {
          ...{ ...EVENTS, name: "events", options: step.settings },
        });
      case "purge":
        this.#accepted = [];
        return await purgeTopic(broker, client, EVENTS);
      case "crash":
        return await this.#crash();
    }
  }

  /** Every message is where it was accepted, once, and nothing else is anywhere. */
  async verify(): Promise<void> {
    for (let partitionId = 0; partitionId < PARTITIONS; partitionId++) {
      const expected = this.#accepted.filter((each) => each.partitionId === partitionId);
      const polled = await poll(this.#broker, this.#broker.connect(), "vsr_0_11", { partitionId });
      assertEquals(idsOf(polled), expected.map(({ id }) => id));
    }
  }

  async #send({ dialect, partitionId, ids }: Step & { do: "send" }): Promise<void> {
    const before = this.#accepted.length;
    const place = this.#accepted.filter((each) => each.partitionId === partitionId).length;
    const time = this.#broker.clock.micros;
    for (const id of ids) {
      if (!this.#known().has(id)) this.#accepted.push({ id, time, partitionId });
    }
    const sent = await this.#sendIds(dialect, partitionId, ids);
    assertEquals(sent?.baseOffset, this.#accepted.length === before ? undefined : place);
  }

  async #fail({ dialect, partitionId, ids }: Step & { do: "fail" }): Promise<void> {
    const known = this.#known();
    // Then nothing is appended, which cannot fail.
    if (ids.every((id) => known.has(id))) return;
    this.#broker.storage.fail({ operation: "append", pathEnd: ".log" });
    await assertRefusal(IO_ERROR, () => this.#sendIds(dialect, partitionId, ids));
  }

  /** Ids that are dropped now. */
  #known(): Set<number> {
    const { deduplicationWindow, deduplicationMaxEntries } = this.#settings;
    if (deduplicationWindow === 0) return new Set();
    const since = this.#broker.clock.micros - deduplicationWindow;
    const young = this.#accepted.filter(({ time }) => time >= since);
    return new Set(young.slice(-deduplicationMaxEntries).map(({ id }) => id));
  }

  async #crash(): Promise<void> {
    const survives = this.#durability === "persisted" ? "synced" : "written";
    const { storage, clock: { micros } } = this.#broker;
    const found = storage.afterCrash({ files: survives, names: survives });
    await this.#broker[Symbol.asyncDispose]();
    this.#broker = await testBroker({ storage: found });
    this.#broker.clock.micros = micros;
    assert(this.#broker.catalog.streams.find("orders") !== undefined);
  }

  #sendIds(dialect: Dialect, partitionId: number, ids: readonly number[]) {
    const messages = ids.map((id) => ({
      id: BigInt(id),
      originTimestamp: 1_600_000_000_000_000,
      payload: new Uint8Array(1 + id).fill(id),
    }));
    const partitioning = { kind: "partition_id", partitionId } as const;
    return sendAgain(this.#broker, this.#broker.connect(), dialect, messages, { partitioning });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#broker[Symbol.asyncDispose]();
  }
}

function settings(): fc.Arbitrary<Settings> {
  return fc.record({
    deduplicationWindow: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 1, max: 2000 }) },
      { weight: 1, arbitrary: fc.constant(0) },
    ),
    deduplicationMaxEntries: fc.integer({ min: 1, max: 20 }),
  });
}

function durability(): fc.Arbitrary<Durability> {
  return fc.constantFrom<Durability>("replicated", "persisted");
}

function steps(): fc.Arbitrary<Step[]> {
  const dialect = fc.constantFrom(...DIALECTS);
  const partitionId = fc.nat(PARTITIONS - 1);
  const ids = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 });
  // Times that differ, so that the logs alone tell what came first.
  const later = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1500 }));
  const said = <T>(name: Step["do"], fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
    fc.record({ do: fc.constant(name), ...fields });
  const step = fc.oneof(
    { weight: 12, arbitrary: said("send", { dialect, partitionId, later, ids }) },
    { weight: 2, arbitrary: said("fail", { dialect, partitionId, ids }) },
    { weight: 1, arbitrary: said("update", { settings: settings() }) },
    { weight: 1, arbitrary: said("purge", {}) },
    { weight: 2, arbitrary: said("crash", {}) },
  );
  return fc.array(step, { maxLength: 40, size: "max" }) as fc.Arbitrary<Step[]>;
}
