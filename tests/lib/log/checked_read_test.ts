import { assert, assertEquals } from "@std/assert";
import { batchKernel, replyArena } from "../../../lib/log/checksum.ts";
import type { PartitionLog } from "../../../lib/log/partition.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { batchHeader } from "../../../protocol/message.ts";
import {
  DIRECTORY,
  PartitionLogs,
  range,
  readBatches,
  readBatchesInArena,
} from "../../support/partition_logs.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const PATH = `${DIRECTORY}/00000000000000000000.log`;
const CODES = [4027, 4039, 13000];

/** Where readers have what they read: copied from the kernel's input, or in the kernel's own memory. */
const READERS = { "memory of its own": readBatches, "the kernel's memory": readBatchesInArena };

/** What a poll of one offset comes to: the offset of the batch it gets, or the code of its error. */
function polled(log: PartitionLog, offset: number, read = readBatches): number {
  try {
    const [batch] = read(log, "offset", offset, 1);
    assert(batch !== undefined, `a poll of offset ${offset} gives nothing`);
    return batch.offset;
  } catch (fault) {
    assert(fault instanceof IggyError, String(fault));
    return -fault.code;
  }
}

/** Four batches of two messages in one index interval, then four more a batch an interval. */
function eightBatches() {
  const logs = new PartitionLogs(new SimStorage(), { indexIntervalBytes: 1700 });
  const log = logs.open();
  for (let count = 0; count < 4; count++) logs.append(log, 2);
  for (let count = 0; count < 4; count++) logs.append(log, 2, 900);
  return { logs, log };
}

for (const [memory, read] of Object.entries(READERS)) {
  Deno.test(`readChecked() refuses the batch that any flipped byte hits, and serves all others, to ${memory}`, () => {
    const { logs } = eightBatches();
    const small = batchHeader.length(batchKernel.view, logs.load(2) && batchKernel.input.at);
    const starts = [0, 1, 2, 3].map((count) => count * small);
    const large = batchHeader.length(batchKernel.view, logs.load(2, 900) && batchKernel.input.at);
    for (const count of range(0, 4)) starts.push(4 * small + count * large);
    const size = starts.pop() ?? 0;
    for (let at = 0; at < size; at++) {
      if (at > 4 * small && at % 41 !== 0 && (at - 4 * small) % large > 260) continue;
      const hit = starts.findLastIndex((start) => start <= at);
      // A fresh reader each time, for what was told is remembered.
      const disk = logs.storage.afterCrash({ files: "written", names: "written" });
      const others = new PartitionLogs(disk, { indexIntervalBytes: 1700 });
      const opened = others.open();
      disk.corrupt(PATH, (bytes) => bytes[at] ^= 0x5a);
      for (const offset of range(0, 15)) {
        const batch = Math.floor(offset / 2);
        const outcome = polled(opened, offset, read);
        const what = `byte ${at}, offset ${offset}`;
        if (batch === hit) assert(CODES.includes(-outcome), `${what}: ${outcome}`);
        else assertEquals(outcome, batch * 2, what);
        assertEquals(polled(opened, offset, read), outcome, what);
      }
      const upTo = read(opened, hit === 0 ? "offset" : "first", hit === 0 ? 2 : 0);
      assertEquals(
        upTo.map((batch) => batch.offset / 2),
        hit === 0 ? range(1, 7) : range(0, hit - 1),
      );
      const told = others.events.filter(({ kind }) => kind === "segment_damaged");
      assertEquals(told.length, 1, `byte ${at}: ${told.map(({ message }) => message).join("\n")}`);
      assert(told[0].message.includes(`at byte ${starts[hit]} of ${size}`), told[0].message);
      assert(told[0].message.includes(`the batch of offset ${hit * 2} `), told[0].message);
    }
  });

  Deno.test(`readChecked() finds a flipped byte in any frame of a batch of half a megabyte, in ${memory}`, () => {
    const logs = new PartitionLogs(new SimStorage());
    const log = logs.open();
    logs.append(log, 2);
    logs.append(log, 500, 1000);
    logs.append(log, 2);
    const small = batchHeader.length(batchKernel.view, logs.load(2) && batchKernel.input.at);
    const size = logs.storage.readFile(PATH)!.length;
    // Around every multiple of 64 KiB, and one byte a frame.
    const boundaries = range(1, Math.floor(size / 65_536)).flatMap((
      at,
    ) => [at * 65_536 - 1, at * 65_536]);
    const frames = range(0, 499).map((frame) => small + 256 + 1048 * frame + frame % 1048);
    for (const at of [...boundaries, ...frames].filter((at) => at < size - small)) {
      logs.storage.corrupt(PATH, (bytes) => bytes[at] ^= 1);
      assert(CODES.includes(-polled(log, 2, read)), `byte ${at}`);
      assertEquals(read(log, "first").map(({ offset }) => offset), [0], `byte ${at}`);
      assertEquals(polled(log, 502, read), 502, `byte ${at}`);
      logs.storage.corrupt(PATH, (bytes) => bytes[at] ^= 1);
    }
    assertEquals(read(log, "first").map(({ offset }) => offset), [0, 2, 502]);
  });
}

Deno.test("readChecked() finds every batch behind damage whose offsets the index knows", () => {
  for (
    const changes of [(bytes: Uint8Array) => bytes.fill(0, 0, 900), (bytes: Uint8Array) => {
      bytes.fill(0xff, 300, 1000);
    }]
  ) {
    const { logs, log } = eightBatches();
    logs.storage.corrupt(PATH, changes);
    assertEquals(polled(log, 0) < 0, true);
    for (const offset of range(8, 15)) assertEquals(polled(log, offset), offset - offset % 2);
  }
});

Deno.test("readChecked() refuses a whole batch of another partition, or of another place", () => {
  const { logs, log } = eightBatches();
  const other = logs.open({ partitionId: 4 }, "streams/1/topics/1/partitions/4/1");
  logs.append(other, 2);
  const path = "streams/1/topics/1/partitions/4/1/00000000000000000000.log";
  const foreign = logs.storage.readFile(path)!;
  logs.storage.corrupt(PATH, (bytes) => bytes.set(foreign));
  assertEquals(polled(log, 0), -13000);
  logs.storage.corrupt(PATH, (bytes) => bytes.copyWithin(0, foreign.length, 2 * foreign.length));
  assertEquals(polled(log, 0), -13000);
  assertEquals(polled(log, 2), 2);
});

for (const [memory, read] of Object.entries(READERS)) {
  Deno.test(`readChecked() reads to ${memory} by an index that is made anew when the one on disk was wrong`, async () => {
    const { logs, log } = eightBatches();
    await log.close();
    const index = PATH.replace(".log", ".index");
    const reopened = new PartitionLogs(logs.storage, { indexIntervalBytes: 1700 });
    logs.storage.corrupt(index, (bytes) => bytes[16 + 4] ^= 1);
    const again = reopened.open();
    for (const offset of range(0, 15)) {
      // The first reader of the wrong place may find its memory too small.
      read(again, "offset", offset, 1);
      assertEquals(polled(again, offset, read), offset - offset % 2);
    }
  });
}

Deno.test("readChecked() leaves the kernel's own memory as the place of what it read", () => {
  const { log } = eightBatches();
  const { memory, input } = batchKernel;
  const plan = log.plan("offset", 2, 2, 10_000);
  const { start, end } = log.read(plan, memory.subarray(input.at, input.at + input.length));
  assertEquals(batchHeader.baseOffset(batchKernel.view, input.at + start), 2);
  assertEquals(end - start, batchHeader.length(batchKernel.view, input.at + start));
});

Deno.test("readChecked() leaves the kernel's input alone when the reader's memory is the kernel's", () => {
  const { log } = eightBatches();
  const { memory, input } = batchKernel;
  memory.fill(7, input.at, input.at + 10_000);
  assertEquals(
    readBatchesInArena(log, "first").map(({ offset }) => offset),
    range(0, 7).map((n) => 2 * n),
  );
  assert(memory.subarray(input.at, input.at + 10_000).every((byte) => byte === 7));
});

Deno.test("readChecked() keeps what it reads within the reader's part of the kernel's memory", () => {
  const { log } = eightBatches();
  const plan = log.plan("offset", 4, 6, 1 << 20);
  const page = replyArena.take(65_536)!;
  page.fill(7);
  const range = log.read(plan, page.subarray(1000, 1000 + plan.bufferBytes));
  const view = new DataView(page.buffer, page.byteOffset);
  assertEquals(batchHeader.baseOffset(view, 1000 + range.start), 4);
  assert(page.subarray(0, 1000).every((byte) => byte === 7));
  assert(page.subarray(1000 + plan.bufferBytes).every((byte) => byte === 7));
  replyArena.giveBack(page);
});

Deno.test("readChecked() is what a policy asks for: without it a flipped byte is served", () => {
  const logs = new PartitionLogs(new SimStorage(), {}, { validatesChecksums: false });
  const log = logs.open();
  logs.append(log, 1);
  logs.storage.corrupt(PATH, (bytes) => bytes[310] ^= 1);
  assertEquals(polled(log, 0), 0);
});
