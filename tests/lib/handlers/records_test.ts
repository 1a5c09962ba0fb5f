/**
 * Specification of where polled messages lie on their way out; which ones come is in
 * messages_test.ts.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { HEADROOM_BYTES, type TakenRecords, takeRecords } from "../../../lib/handlers/records.ts";
import { batchKernel, replyArena } from "../../../lib/log/checksum.ts";
import { IggyError } from "../../../protocol/errors.ts";
import type { Dialect } from "../../../protocol/command.ts";
import { testBroker } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { DIALECTS, readMessages, send } from "../../support/sends_and_polls.ts";
import { SimStorage } from "../../support/sim_storage.ts";

/** Partition 0: offsets 0 to 999 in one batch of 348 kB, of 300 bytes a message, and one behind it. */
async function thousandAndOne() {
  const storage = new SimStorage();
  const broker = await testBroker({ storage });
  const topic = broker.topic(1);
  await send(broker, broker.connect(), "vsr_0_11", someMessages(1000, 300));
  await send(broker, broker.connect(), "vsr_0_11", someMessages(1));
  const log = await broker.partitions.log(topic, topic.partitions[0]);
  const take = (dialect: Dialect, offset: number, count: number, bytesMax = 1 << 24) =>
    takeRecords(dialect, broker, log, log.plan("offset", offset, count, bytesMax), count);
  return { storage, broker, take, [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose]() };
}

function isKernels({ lease }: TakenRecords): boolean {
  return lease.bytes.buffer === batchKernel.memory.buffer;
}

function offsets(dialect: Dialect, { lease, start, end }: TakenRecords): number[] {
  const messages = readMessages(dialect, lease.bytes.slice(start, end));
  return messages.map(({ offset }) => Number(offset));
}

function expected(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

for (const dialect of DIALECTS) {
  Deno.test(`takeRecords() in ${dialect} leaves many messages in the kernel's memory`, async () => {
    await using thousand = await thousandAndOne();
    const { broker, take } = thousand;
    const taken = take(dialect, 0, 1000);
    assert(isKernels(taken));
    assert(taken.start >= HEADROOM_BYTES);
    // Others use the kernel meanwhile.
    const other = take(dialect, 3, 997);
    await send(broker, broker.connect(), "classic", someMessages(1000, 300));
    assertEquals(offsets(dialect, taken), expected(0, 1000));
    assertEquals(offsets(dialect, other), expected(3, 997));
    assertEquals([taken.count, taken.lastOffset, other.lastOffset], [1000, 999, 999]);
    for (const { lease } of [taken, other]) lease.release();
    assertEquals(broker.buffers.out, 0);
  });

  Deno.test(`takeRecords() in ${dialect} gives the same when the kernel's memory is lent`, async () => {
    await using thousand = await thousandAndOne();
    const { broker, take } = thousand;
    const all: Uint8Array[] = [];
    for (let size = 1 << 25; size >= 1 << 16; size /= 2) {
      for (let part; (part = replyArena.take(size)) !== undefined;) all.push(part);
    }
    try {
      const taken = take(dialect, 2, 990);
      assert(!isKernels(taken));
      assertEquals(offsets(dialect, taken), expected(2, 990));
      taken.lease.release();
    } finally {
      for (const part of all) replyArena.giveBack(part);
    }
    assertEquals(broker.buffers.out, 0);
  });

  Deno.test(`takeRecords() in ${dialect} gives back all when it is refused`, async () => {
    await using thousand = await thousandAndOne();
    const { broker, storage, take } = thousand;
    const path = "streams/0/topics/0/partitions/0/";
    const log = storage.paths().find((file) => file.startsWith(path) && file.endsWith(".log"))!;
    storage.corrupt(log, (bytes) => bytes[200_000] ^= 1);
    const fault = assertThrows(() => take(dialect, 0, 1000), IggyError);
    assertEquals([fault.code, broker.buffers.out], [4027, 0]);
    const taken = take(dialect, 1000, 1);
    assertEquals(offsets(dialect, taken), [1000]);
    taken.lease.release();
  });

  Deno.test(`takeRecords() in ${dialect} brings one message that is longer than a reply`, async () => {
    await using thousand = await thousandAndOne();
    const { broker, take } = thousand;
    await send(broker, broker.connect(), "vsr_0_11", someMessages(3, 200_000));
    const taken = take(dialect, 1001, 3, 150_000);
    assertEquals(offsets(dialect, taken), [1001]);
    taken.lease.release();
    assertEquals(broker.buffers.out, 0);
  });
}

Deno.test("takeRecords() in classic keeps no large place for a few messages of a large batch", async () => {
  await using thousand = await thousandAndOne();
  const { broker, take } = thousand;
  for (const [offset, count] of [[0, 1], [700, 100], [999, 2]]) {
    const taken = take("classic", offset, count);
    assertEquals(offsets("classic", taken), expected(offset, count));
    assert(taken.lease.bytes.length < 2 * (taken.end + 4096));
    taken.lease.release();
  }
  assertEquals(broker.buffers.out, 0);
});
