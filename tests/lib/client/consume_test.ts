import { assertEquals, assertRejects } from "@std/assert";
import { consume, type ConsumeContext, type ConsumeOptions } from "../../../lib/client/consume.ts";
import type { PollOptions } from "../../../lib/client/messages.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { settled } from "../../support/scripted_client.ts";
import { SimClock } from "../../support/sim_clock.ts";

/**
 * A topic in memory: each partition is a list of payloads. It answers a poll with at most two
 * messages, and keeps one stored offset for each partition. A group's polls take partitions in turn.
 */
class Scene {
  readonly clock = new SimClock();
  readonly stored = new Map<number, number>();
  /** What was asked, but for polls that found nothing. */
  readonly log: string[] = [];
  emptyPolls = 0;
  groupExists = true;
  /** Waits that were asked for, by the polls that found nothing. */
  readonly waits: (number | undefined)[] = [];
  /** Whether the node knows waiting. */
  knowsWaiting = false;
  /** Says to the poll that waits that there is something. */
  wake = () => {};
  /** What storing an offset throws. */
  storeFault: Error | undefined;
  #turn = 0;

  constructor(readonly partitions: string[][]) {}

  readonly context = {
    clock: this.clock,
    topics: {
      find: () => Promise.resolve({ partitionsCount: this.partitions.length }),
    },
    groups: {
      find: () => {
        const partitionsCount = this.partitions.length;
        return Promise.resolve(this.groupExists ? { partitionsCount } : undefined);
      },
      create: (_stream: unknown, _topic: unknown, group: string) => this.#note(`create ${group}`),
      join: (_stream: unknown, _topic: unknown, group: string) => this.#note(`join ${group}`),
      leave: (_stream: unknown, _topic: unknown, group: string) => this.#note(`leave ${group}`),
    },
    messages: {
      poll: (_stream: unknown, _topic: unknown, options: PollOptions) => this.#poll(options),
    },
    offsets: {
      store: (_stream: unknown, _topic: unknown, offset: number, options: PollOptions) => {
        const { partitionId } = options;
        if (this.storeFault !== undefined) return Promise.reject(this.storeFault);
        this.stored.set(partitionId!, offset);
        return this.#note(`store ${partitionId}:${offset}`);
      },
    },
  } as unknown as ConsumeContext;

  consume(options: Partial<ConsumeOptions> = {}) {
    return consume(this.context, { stream: "orders", topic: "events", ...options });
  }

  /** Takes so many messages, then leaves the loop. */
  async take(count: number, options: Partial<ConsumeOptions> = {}): Promise<string[]> {
    const taken: string[] = [];
    for await (const message of this.consume(options)) {
      taken.push(message.text());
      this.log.push(`got ${message.text()}`);
      if (taken.length === count) break;
    }
    return taken;
  }

  #note(line: string): Promise<void> {
    this.log.push(line);
    return Promise.resolve();
  }

  async #poll(options: PollOptions): Promise<unknown> {
    const { group, partitionId, offset, from, autoCommit, waitMs } = options;
    await Promise.resolve();
    const id = group === undefined ? partitionId! : this.#turn++ % this.partitions.length;
    const next = (this.stored.get(id) ?? -1) + 1;
    const start = offset ?? (from === "first" ? 0 : next);
    const messages = this.partitions[id].slice(start, start + 2).map((text, at) => (
      { text: () => text, offset: start + at, partitionId: id }
    ));
    if (messages.length === 0) {
      this.emptyPolls++;
      this.waits.push(waitMs);
      if (this.knowsWaiting && waitMs) {
        await new Promise<void>((resolve) => {
          const stop = this.clock.after(waitMs, resolve);
          this.wake = () => [stop, resolve].forEach((each) => each());
        });
        return await this.#poll({ ...options, waitMs: 0 });
      }
    }
    if (messages.length > 0 && autoCommit) this.stored.set(id, start + messages.length - 1);
    return { messages, length: messages.length, [Symbol.iterator]: () => messages.values() };
  }
}

Deno.test("consume() gives all partitions, each in order", async () => {
  const scene = new Scene([["a0", "a1", "a2"], ["b0"]]);
  assertEquals(await scene.take(4), ["a0", "a1", "b0", "a2"]);
});

Deno.test("consume() gives one partition when it is named", async () => {
  const scene = new Scene([["a0"], ["b0", "b1"]]);
  assertEquals(await scene.take(2, { partitionId: 1 }), ["b0", "b1"]);
});

Deno.test("consume() starts where it is told, and goes on from there", async () => {
  const scene = new Scene([["a0", "a1", "a2", "a3", "a4"]]);
  assertEquals(await scene.take(4, { offset: 1, commit: "never" }), ["a1", "a2", "a3", "a4"]);
});

Deno.test("consume() stores what was processed after each poll", async () => {
  const scene = new Scene([["a0", "a1", "a2", "a3"]]);
  await scene.take(3);
  assertEquals(scene.log, ["got a0", "got a1", "store 0:1", "got a2"]);
});

Deno.test("consume() stores what was processed when the loop is left within a poll", async () => {
  const scene = new Scene([["a0", "a1"]]);
  await scene.take(2);
  // The loop asked for no message after "a1": nobody knows whether it was processed.
  assertEquals(scene.log, ["got a0", "got a1", "store 0:0"]);
  assertEquals(await scene.take(1), ["a1"]);
});

Deno.test("consume() stores after every message when told", async () => {
  const scene = new Scene([["a0", "a1"]]);
  await scene.take(2, { commit: "each" });
  assertEquals(scene.log, ["got a0", "store 0:0", "got a1"]);
});

Deno.test("consume() lets the node store at the poll when told", async () => {
  const scene = new Scene([["a0", "a1"]]);
  await scene.take(1, { commit: "poll" });
  assertEquals(scene.log, ["got a0"]);
  assertEquals(scene.stored.get(0), 1);
});

Deno.test("consume() stores nothing when told", async () => {
  const scene = new Scene([["a0", "a1", "a2"]]);
  await scene.take(3, { commit: "never", from: "first" });
  assertEquals(scene.stored.size, 0);
});

Deno.test("consume() waits when there is nothing, and goes on when there is", async () => {
  const scene = new Scene([[], []]);
  const messages = scene.consume({ idleMs: 100 });
  const first = messages.next();
  await settled();
  assertEquals([scene.emptyPolls, scene.clock.timers], [2, 1]);
  scene.partitions[1].push("b0");
  scene.clock.advance(99);
  await settled();
  assertEquals(scene.emptyPolls, 2);
  scene.clock.advance(1);
  assertEquals((await first).value?.text(), "b0");
  await messages.return();
});

Deno.test("consume() lets the node wait, and goes on at once when there is something", async () => {
  for (const options of [{ partitionId: 0 }, { group: "workers" }, {}]) {
    const scene = new Scene([[]]);
    scene.knowsWaiting = true;
    const messages = scene.consume(options);
    const first = messages.next();
    await settled();
    assertEquals([scene.waits, scene.clock.timers], [[5000], 1]);
    scene.clock.advance(5000);
    await settled();
    // The wait was in vain, and the next one begins without a pause.
    assertEquals(scene.waits, [5000, 0, 5000]);
    scene.partitions[0].push("a0");
    scene.wake();
    assertEquals((await first).value?.text(), "a0");
    await messages.return();
    assertEquals(scene.clock.timers, 0);
  }
});

Deno.test("consume() over several partitions waits at the last one, and not for long", async () => {
  const scene = new Scene([[], [], []]);
  scene.knowsWaiting = true;
  const messages = scene.consume({ idleMs: 70 });
  const first = messages.next();
  await settled();
  assertEquals(scene.waits, [0, 0, 70]);
  scene.partitions[1].push("b0");
  scene.clock.advance(70);
  assertEquals((await first).value?.text(), "b0");
  await messages.return();
});

Deno.test("consume() does not let the node wait when told not to", async () => {
  const scene = new Scene([[]]);
  scene.knowsWaiting = true;
  const messages = scene.consume({ waitMs: 0 });
  const first = messages.next();
  await settled();
  assertEquals([scene.waits, scene.clock.timers], [[0], 1]);
  scene.partitions[0].push("a0");
  scene.clock.advance(100);
  assertEquals((await first).value?.text(), "a0");
  await messages.return();
});

Deno.test("consume() ends by its signal while the node waits", async () => {
  const scene = new Scene([[]]);
  scene.knowsWaiting = true;
  const stop = new AbortController();
  const next = scene.consume({ signal: stop.signal, group: "workers" }).next();
  await settled();
  stop.abort();
  assertEquals(await next, { done: true, value: undefined });
  assertEquals(scene.log, ["join workers", "leave workers"]);
});

Deno.test("consume() reads partitions that are added later", async () => {
  const scene = new Scene([[]]);
  const messages = scene.consume();
  const first = messages.next();
  await settled();
  scene.partitions.push(["b0"]);
  scene.clock.advance(100);
  assertEquals((await first).value?.text(), "b0");
  await messages.return();
});

Deno.test("consume() refuses a topic without partitions", async () => {
  const error = await assertRejects(() => new Scene([]).take(1), IggyError);
  assertEquals(error.code, 3007);
});

Deno.test("consume() ends by its signal, also while it waits", async () => {
  const scene = new Scene([[]]);
  const stop = new AbortController();
  const next = scene.consume({ signal: stop.signal }).next();
  await settled();
  stop.abort();
  assertEquals(await next, { done: true, value: undefined });
  assertEquals(scene.clock.timers, 0);
});

Deno.test("consume() ends by its signal between two messages, and stores what was processed", async () => {
  const scene = new Scene([["a0", "a1"]]);
  const stop = new AbortController();
  for await (const _ of scene.consume({ signal: stop.signal })) stop.abort();
  assertEquals(scene.log, ["store 0:0"]);
});

Deno.test("consume() joins a group for as long as it lasts", async () => {
  const scene = new Scene([["a0"], ["b0"]]);
  assertEquals(await scene.take(2, { group: "workers" }), ["a0", "b0"]);
  assertEquals(scene.log, ["join workers", "got a0", "store 0:0", "got b0", "leave workers"]);
});

Deno.test("consume() creates a group that is named and missing", async () => {
  const scene = new Scene([["a0"]]);
  scene.groupExists = false;
  await scene.take(1, { group: "workers" });
  assertEquals(scene.log.slice(0, 2), ["create workers", "join workers"]);
});

Deno.test("consume() goes on when another member got the partition meanwhile", async () => {
  const scene = new Scene([["a0"], ["b0"]]);
  scene.storeFault = new IggyError(20);
  assertEquals(await scene.take(2, { group: "workers" }), ["a0", "b0"]);
});

Deno.test("consume() fails when an offset of its own cannot be stored", async () => {
  const scene = new Scene([["a0"], ["b0"]]);
  scene.storeFault = new IggyError(20);
  await assertRejects(() => scene.take(2), IggyError);
});

Deno.test("consume() refuses what a group cannot have", async () => {
  const scene = new Scene([["a0"]]);
  const take = (options: Partial<ConsumeOptions>) => () =>
    scene.take(1, { group: "workers", ...options });
  await assertRejects(take({ commit: "never" }), TypeError, "stored offsets");
  await assertRejects(take({ offset: 0 }), TypeError, "leave them out");
  await assertRejects(take({ partitionId: 0 }), TypeError, "leave them out");
});

Deno.test("consume() refuses a topic that does not exist", async () => {
  const scene = new Scene([]);
  scene.context.topics.find = () => Promise.resolve(undefined);
  const error = await assertRejects(() => scene.take(1), IggyError);
  assertEquals(error.code, 2010);
});
