import { assertEquals, assertRejects } from "@std/assert";
import type { Messages } from "../../../lib/client/messages.ts";
import type { NewMessage } from "../../../lib/client/new_message.ts";
import { Producer, type ProducerOptions } from "../../../lib/client/producer.ts";
import { SimClock } from "../../support/sim_clock.ts";

const CONFIRMED = { streamId: 3, topicId: 7, partitionId: 1, baseOffset: 40 };

/** A producer, and the batches it sends, each of which is acknowledged by hand. */
function scene(options: Partial<ProducerOptions> = {}) {
  const clock = new SimClock();
  const batches: { payloads: unknown[]; target: unknown; ack: PromiseWithResolvers<unknown> }[] =
    [];
  const messages = {
    send(_stream: unknown, _topic: unknown, sent: readonly NewMessage[], target: unknown) {
      const ack = Promise.withResolvers();
      batches.push({ payloads: sent.map(({ payload }) => payload), target, ack });
      return ack.promise;
    },
  } as unknown as Messages;
  const producer = new Producer(messages, clock, { stream: "orders", topic: "events", ...options });
  return { producer, clock, batches };
}

Deno.test("Producer.send() waits for others, but not for long", async () => {
  const { producer, clock, batches } = scene({ lingerMs: 5, key: "k" });
  const first = producer.send({ payload: "a" });
  clock.advance(4);
  const second = producer.send({ payload: "b" });
  assertEquals(batches.length, 0);
  clock.advance(1);
  assertEquals(batches[0].payloads, ["a", "b"]);
  assertEquals(batches[0].target, { partitionId: undefined, key: "k" });
  batches[0].ack.resolve(CONFIRMED);
  assertEquals(await Promise.all([first, second]), [CONFIRMED, CONFIRMED]);
  assertEquals(clock.timers, 0);
});

Deno.test("Producer.send() waits no more once the batch is complete", () => {
  const byCount = scene({ batchMessagesMax: 2 });
  for (const payload of ["a", "b", "c"]) byCount.producer.send({ payload });
  assertEquals(byCount.batches.map(({ payloads }) => payloads), [["a", "b"]]);
  const byBytes = scene({ batchBytesMax: 4 });
  for (const payload of ["aaa", "b", "c"]) byBytes.producer.send({ payload });
  assertEquals(byBytes.batches.map(({ payloads }) => payloads), [["aaa", "b"]]);
});

Deno.test("Producer.send() rejects for every message of a batch that fails, and no other", async () => {
  const { producer, batches } = scene({ batchMessagesMax: 2 });
  const [first, second, third] = ["a", "b", "c"].map((payload) => producer.send({ payload }));
  const flushed = producer.flush();
  batches[0].ack.reject(new Error("Node is gone"));
  batches[1].ack.resolve(CONFIRMED);
  await assertRejects(() => first, Error, "Node is gone");
  await assertRejects(() => second, Error, "Node is gone");
  assertEquals(await third, CONFIRMED);
  await assertRejects(() => flushed, Error, "Node is gone");
});

Deno.test("Producer.flush() sends what is there and waits for all of it", async () => {
  const { producer, clock, batches } = scene({ batchMessagesMax: 2 });
  for (const payload of ["a", "b", "c"]) producer.send({ payload });
  let isFlushed = false;
  const flushed = producer.flush().then(() => isFlushed = true);
  assertEquals(batches[1].payloads, ["c"]);
  batches[1].ack.resolve(CONFIRMED);
  await batches[1].ack.promise;
  assertEquals(isFlushed, false);
  batches[0].ack.resolve(CONFIRMED);
  await flushed;
  assertEquals(clock.timers, 0);
});

Deno.test("Producer flushes when it is disposed of", async () => {
  const { producer, batches } = scene();
  {
    await using disposed = producer;
    disposed.send({ payload: "a" });
    queueMicrotask(() => batches[0].ack.resolve(CONFIRMED));
  }
  assertEquals(batches.length, 1);
});
