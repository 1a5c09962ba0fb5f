/**
 * What every `BatchKernel` does, as tests: run once for the reference and once for the fast one.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  batchChecksum,
  batchHeader,
  type BatchKernel,
  frameLength,
  markFrame,
} from "../../protocol/message.ts";
import { type Message, MESSAGES } from "../../protocol/message_codec.ts";
import { WireReader } from "../../protocol/wire.ts";
import { xxh3_64 } from "../../protocol/xxhash.ts";
import { CLASSIC_POLL, CLASSIC_SEND, VSR_POLL, VSR_SEND } from "../vectors/messages.ts";
import { type ClassicMessage, classicMessages, classicSend, producerBatch } from "./messages.ts";

/** Registers the tests; `create` gives a kernel whose ids have no seed yet. */
export function specifyBatchKernel(name: string, create: () => BatchKernel): void {
  const kernel = create();

  Deno.test(`${name}.packClassic() throws when message ids have no seed`, () => {
    assertThrows(() => pack(kernel, CLASSIC_SEND, 2), Error, "no seed");
    kernel.seed(Uint8Array.from({ length: 32 }, (_, index) => index + 1));
  });

  specifyVerify(name, kernel);
  specifyStamp(name, kernel);
  specifyDrop(name, kernel);
  specifyPack(name, kernel);
  specifyUnpack(name, kernel);
  specifyRanges(name, kernel);
}

function specifyVerify(name: string, kernel: BatchKernel): void {
  Deno.test(`${name}.verifyBatch() accepts producer's and stored batches`, () => {
    assertEquals(verify(kernel, VSR_SEND, 2), 0);
    assertEquals(verify(kernel, VSR_POLL, 2), 0);
    assertEquals(verify(kernel, GOLDEN, 2), 0);
  });

  Deno.test(`${name}.verifyBatch() gives each fault its code`, () => {
    const second = 256 + 48 + 5;
    const faults: [string, number, (view: DataView) => void][] = [
      ["length", 3, (view) => batchHeader.setLength(view, 0, 362)],
      ["length beyond u32", 3, (view) => view.setUint32(36, 1, true)],
      ["fewer messages", 3, (view) => batchHeader.setMessageCount(view, 0, 1)],
      ["first reserved byte", 3, (view) => view.setUint8(52, 1)],
      ["last reserved byte", 3, (view) => view.setUint8(255, 1)],
      ["frame reserved", 3, (view) => view.setUint8(second + 47, 1)],
      ["offset delta", 3, (view) => view.setUint32(second + 24, 2, true)],
      ["frame longer", 3, (view) => view.setUint32(second + 36, 7, true)],
      ["frame shorter", 4027, (view) => view.setUint32(second + 36, 5, true)],
      ["longest payload", 3, (view) => view.setUint32(second + 36, 64_000_000, true)],
      ["payload too long", 4022, (view) => view.setUint32(second + 36, 64_000_001, true)],
      ["payload of u32", 4022, (view) => view.setUint32(second + 36, 0xffffffff, true)],
      ["longest headers", 3, (view) => view.setUint32(second + 32, 100_000, true)],
      ["headers too long", 4017, (view) => view.setUint32(second + 32, 100_001, true)],
      ["headers of u32", 4017, (view) => view.setUint32(second + 32, 0xffffffff, true)],
      ["payload byte", 4027, (view) => view.setUint8(362, 0)],
      ["id", 4027, (view) => view.setUint8(256 + 8, 9)],
      ["timestamp delta", 4027, (view) => view.setUint8(256 + 28, 9)],
      ["frame checksum", 4027, (view) => view.setUint8(256, 0)],
      ["partition", 4039, (view) => batchHeader.setPartitionId(view, 0, 1)],
      ["base timestamp", 4039, (view) => batchHeader.setBaseTimestamp(view, 0, 1)],
      ["batch checksum", 4039, (view) => batchHeader.setChecksum(view, 0, 1n)],
    ];
    for (const [fault, code, spoil] of faults) {
      const batch = VSR_SEND.slice();
      spoil(new DataView(batch.buffer));
      assertEquals(verify(kernel, batch, 2), code, fault);
    }
  });

  Deno.test(`${name}.verifyBatch() gives 3 when counts or bytes do not add up`, () => {
    assertEquals(verify(kernel, VSR_SEND, 3), 3);
    assertEquals(verify(kernel, VSR_SEND, 0xffffffff), 3);
    const empty = VSR_SEND.slice(0, 256);
    const view = new DataView(empty.buffer);
    batchHeader.setLength(view, 0, 256);
    batchHeader.setMessageCount(view, 0, 0);
    assertEquals(verify(kernel, empty, 0), 3);
    batchHeader.setMessageCount(view, 0, 0xffffffff);
    assertEquals(verify(kernel, empty, 0xffffffff), 3);
    const longer = new Uint8Array(364);
    longer.set(VSR_SEND);
    batchHeader.setLength(new DataView(longer.buffer), 0, 364);
    assertEquals(verify(kernel, longer, 2), 3);
    for (let length = 0; length < VSR_SEND.length; length++) {
      assertEquals(verify(kernel, VSR_SEND.subarray(0, length), 2), 3, `length ${length}`);
    }
  });
}

function specifyStamp(name: string, kernel: BatchKernel): void {
  Deno.test(`${name}.stampBatches() makes the sheet's stored batch`, () => {
    assertEquals(stamp(kernel, VSR_SEND, 1, 0, 1_700_000_005_000_000), VSR_POLL);
  });

  Deno.test(`${name}.stampBatches() makes the golden batch of the SDK tests`, () => {
    const stamped = stamp(kernel, GOLDEN, 3, 100, 5000);
    assertEquals(stamped.length, 396);
    assertEquals(batchHeader.checksum(new DataView(stamped.buffer), 0), 0xd2ee8f8ab32668c9n);
    assertEquals(verify(kernel, stamped, 2), 0);
  });

  Deno.test(`${name}.stampBatches() continues offsets from batch to batch`, () => {
    const two = new Uint8Array([...VSR_SEND, ...GOLDEN]);
    const stamped = stamp(kernel, two, 4, 2 ** 52, 2 ** 51);
    const view = new DataView(stamped.buffer);
    assertEquals(batchHeader.baseOffset(view, 0), 2 ** 52);
    assertEquals(batchHeader.baseOffset(view, VSR_SEND.length), 2 ** 52 + 2);
    assertEquals(batchHeader.baseTimestamp(view, VSR_SEND.length), 2 ** 51);
    assertEquals(batchHeader.partitionId(view, VSR_SEND.length), 4);
    assertEquals(verify(kernel, stamped.subarray(0, VSR_SEND.length), 2), 0);
    assertEquals(verify(kernel, stamped.subarray(VSR_SEND.length), 2), 0);
  });
}

function specifyDrop(name: string, kernel: BatchKernel): void {
  Deno.test(`${name}.dropMarked() leaves batches without marks as they are`, () => {
    const stored = threeBatches(kernel);
    assertEquals(drop(kernel, stored, []), stored);
  });

  Deno.test(`${name}.dropMarked() makes of what stays batches that verify, numbered anew`, () => {
    const kept = (...marked: number[]) => {
      const left = drop(kernel, threeBatches(kernel), marked);
      return [batchCounts(kernel, left), decodeBatches(left).map(({ id }) => Number(id))];
    };
    assertEquals(kept(0), [[1, 3, 1], [2, 1, 2, 3, 1]]);
    assertEquals(kept(1, 3), [[1, 2, 1], [1, 1, 3, 1]]);
    assertEquals(kept(2, 3, 4), [[2, 1], [1, 2, 1]]);
    assertEquals(kept(5), [[2, 3], [1, 2, 1, 2, 3]]);
    assertEquals(kept(0, 1, 2, 3, 4), [[1], [1]]);
    assertEquals(kept(0, 1, 2, 3, 4, 5), [[], []]);
  });

  Deno.test(`${name}.dropMarked() keeps payloads, user headers and origin timestamps`, () => {
    fc.assert(
      fc.property(classicMessages(), fc.array(fc.nat(7)), (messages, marked) => {
        const stored = pack(kernel, classicSend(messages), messages.length);
        const before = decodeBatches(stored).filter((_, index) => !marked.includes(index));
        const after = decodeBatches(drop(kernel, stored, marked));
        const told = (message: Message) => ({ ...message, offset: 0, checksum: 0n });
        assertEquals(after.map(told), before.map(told));
      }),
      { numRuns: 200 },
    );
  });
}

function specifyPack(name: string, kernel: BatchKernel): void {
  Deno.test(`${name}.packClassic() makes of the sheet's classic send its VSR batch`, () => {
    assertEquals(pack(kernel, CLASSIC_SEND, 2), VSR_SEND);
  });

  Deno.test(`${name}.packClassic() gives each fault its code, in the order of the sheet`, () => {
    // The index entries are at 0 and 16, the messages at 32 and 32 + 69.
    const second = 32 + 69;
    const faults: [string, number, (view: DataView) => void][] = [
      ["index offset", 4031, (view) => view.setUint32(16, 1, true)],
      ["index timestamp", 4032, (view) => view.setUint8(31, 1)],
      ["end beyond the section", 4033, (view) => view.setUint32(20, 140, true)],
      ["end of u32", 4033, (view) => view.setUint32(20, 0xffffffff, true)],
      ["no room for a header", 4036, (view) => view.setUint32(4, 76, true)],
      ["payload too long", 4022, (view) => view.setUint32(second + 52, 64_000_001, true)],
      ["payload of u32", 4022, (view) => view.setUint32(second + 52, 0xffffffff, true)],
      ["headers too long", 4017, (view) => view.setUint32(second + 48, 100_001, true)],
      ["headers of u32", 4017, (view) => view.setUint32(second + 48, 0xffffffff, true)],
      ["same position twice", 10011, (view) => view.setUint32(20, 69, true)],
      ["position backwards", 10011, (view) => view.setUint32(20, 1, true)],
      ["position 0", 10011, (view) => view.setUint32(4, 0, true)],
      ["payload longer than its frame", 4036, (view) => view.setUint32(second + 52, 7, true)],
      ["payload shorter than its frame", 4036, (view) => view.setUint32(second + 52, 5, true)],
      ["position short of the end", 4036, (view) => view.setUint32(20, 138, true)],
    ];
    for (const [fault, code, spoil] of faults) {
      const send = CLASSIC_SEND.slice();
      spoil(new DataView(send.buffer));
      assertEquals(packCode(kernel, send, 2), code, fault);
    }
    assertEquals(packCode(kernel, CLASSIC_SEND, 0), 4009);
    assertEquals(packCode(kernel, CLASSIC_SEND, 1), 4036);
    assertEquals(packCode(kernel, CLASSIC_SEND.subarray(0, 31), 2), 3);
    assertEquals(packCode(kernel, CLASSIC_SEND.subarray(0, 32), 2), 4033);
    assertEquals(packCode(kernel, CLASSIC_SEND, 0x10000001), 3);
    assertEquals(packCode(kernel, CLASSIC_SEND, 0xffffffff), 3);
  });

  Deno.test(`${name}.packClassic() gives 4023 when the batches pass the capacity`, () => {
    for (const capacity of [0, 255, 256, 256 + 48 + 5, VSR_SEND.length - 1]) {
      assertEquals(packCode(kernel, CLASSIC_SEND, 2, capacity), 4023, `capacity ${capacity}`);
    }
    assertEquals(packCode(kernel, CLASSIC_SEND, 2, VSR_SEND.length), -VSR_SEND.length);
  });

  Deno.test(`${name}.packClassic() replaces ids of 0 by UUIDv4s that differ`, () => {
    const messages = Array.from({ length: 50 }, () => ({ ...ONE_MESSAGE, id: 0n }));
    const ids = decodeBatches(pack(kernel, classicSend(messages), 50)).map(({ id }) => id);
    assertEquals(new Set(ids).size, 50);
    for (const id of ids) {
      assertEquals((id >> 76n) & 0xfn, 4n);
      assertEquals((id >> 62n) & 3n, 2n);
    }
  });

  Deno.test(`${name}.packClassic() splits where origin timestamps are too far apart`, () => {
    const hour = 3_600_000_000n;
    const origins = [hour, 0n, 0xffffffffn, 0x100000000n, 5n * hour, 4n * hour, (1n << 64n) - 1n];
    const messages = origins.map((originTimestamp) => ({ ...ONE_MESSAGE, originTimestamp }));
    const batches = pack(kernel, classicSend(messages), messages.length);
    assertEquals(batchCounts(kernel, batches), [3, 1, 2, 1]);
    const decoded = decodeBatches(batches).map(({ originTimestamp }) => originTimestamp);
    assertEquals(decoded, origins.map(Number));
  });
}

function specifyUnpack(name: string, kernel: BatchKernel): void {
  Deno.test(`${name}.unpackClassic() makes of the sheet's stored batch its classic poll`, () => {
    assertEquals(unpack(kernel, VSR_POLL), CLASSIC_POLL);
    assertEquals(kernel.unpacked, { count: 2, lastOffset: 1 });
  });

  Deno.test(`${name}.unpackClassic() starts at the offset, stops at the count`, () => {
    const stored = threeBatches(kernel);
    const offsets = (first: number, count: number) => {
      const messages = decodeClassic(unpack(kernel, stored, first, count));
      assertEquals(kernel.unpacked.count, messages.length);
      assertEquals(kernel.unpacked.lastOffset, messages.at(-1)?.offset ?? -1);
      return messages.map(({ offset }) => offset);
    };
    assertEquals(offsets(0, 100), [10, 11, 12, 13, 14, 15]);
    assertEquals(offsets(11, 100), [11, 12, 13, 14, 15]);
    assertEquals(offsets(12, 2), [12, 13]);
    assertEquals(offsets(13, 2), [13, 14]);
    assertEquals(offsets(15, 0xffffffff), [15]);
    assertEquals(offsets(16, 100), []);
    assertEquals(offsets(2 ** 53 - 1, 100), []);
    assertEquals(offsets(0, 0), []);
  });

  Deno.test(`${name}.unpackClassic() stops before it passes the capacity`, () => {
    const first = CLASSIC_POLL.subarray(0, 69);
    for (let capacity = 0; capacity < CLASSIC_POLL.length; capacity++) {
      const expected = capacity < 69 ? [] : first;
      assertEquals([...unpack(kernel, VSR_POLL, 0, 10, capacity)], [...expected]);
    }
    assertEquals(unpack(kernel, VSR_POLL, 0, 10, CLASSIC_POLL.length), CLASSIC_POLL);
  });

  Deno.test(`${name}.unpackClassic() leaves out a batch that is cut off`, () => {
    const twice = new Uint8Array([...VSR_POLL, ...VSR_POLL]);
    for (let length = VSR_POLL.length; length < twice.length; length++) {
      assertEquals(unpack(kernel, twice.subarray(0, length)), CLASSIC_POLL);
    }
  });

  Deno.test(`${name}.unpackClassic() gives 4011 when a batch is damaged`, () => {
    const faults: [string, (view: DataView) => void][] = [
      ["shorter than its header", (view) => batchHeader.setLength(view, 0, 255)],
      ["zeros", (view) => batchHeader.setLength(view, 0, 0)],
      ["more messages", (view) => batchHeader.setMessageCount(view, 0, 3)],
      ["messages of u32", (view) => batchHeader.setMessageCount(view, 0, 0xffffffff)],
      ["payload beyond the batch", (view) => view.setUint32(256 + 36, 0xffffffff, true)],
      ["headers beyond the batch", (view) => view.setUint32(256 + 32, 0xffffffff, true)],
    ];
    for (const [fault, spoil] of faults) {
      const batch = VSR_POLL.slice();
      spoil(new DataView(batch.buffer));
      const { input, output } = kernel;
      kernel.memory.set(batch, input.at);
      const { length } = batch;
      const bytes = kernel.unpackClassic(input.at, length, 0, 10, output.at, output.length);
      assertEquals(bytes, -4011, fault);
    }
  });

  Deno.test(`${name} brings every field of a classic message through the stored form`, () => {
    fc.assert(fc.property(classicMessages(), (messages) => {
      const packed = pack(kernel, classicSend(messages), messages.length);
      const stored = stamp(kernel, packed, 7, 1000, 1_700_000_009_000_000);
      batchCounts(kernel, stored);
      const back = unpack(kernel, stored);
      let at = 0;
      for (const [index, message] of decodeClassic(back).entries()) {
        const length = 64 + message.payload.length + message.userHeaders.length;
        assertSame(message, messages[index], 1000 + index);
        assertEquals(message.checksum, xxh3_64(back, at + 8, at + length));
        at += length;
      }
      assertEquals(kernel.unpacked.count, messages.length);
    }));
  });
}

function specifyRanges(name: string, kernel: BatchKernel): void {
  Deno.test(`${name} neither reads nor writes outside the ranges it is given`, () => {
    fc.assert(
      fc.property(
        classicMessages(4, 20),
        fc.array(fc.tuple(fc.nat(400), fc.constantFrom(0, 1, 64, 0x7f, 0xff)), { maxLength: 3 }),
        (messages, spoils) => {
          const send = classicSend(messages);
          const stored = stamp(kernel, pack(kernel, send, messages.length), 0, 0, 1);
          for (const [at, value] of spoils) {
            if (at < send.length) send[at] = value;
            if (at < stored.length) stored[at] = value;
          }
          const count = messages.length;
          sameWhateverIsAround(kernel, stored, (at, length) => [
            kernel.verifyBatch(at, length, count),
          ]);
          sameWhateverIsAround(kernel, stored, (at, length, to, capacity) => [
            kernel.unpackClassic(at, length, 1, count, to, capacity),
            kernel.unpacked.count,
          ]);
          if (messages.every(({ id }) => id !== 0n)) {
            sameWhateverIsAround(kernel, send, (at, length, to, capacity) => [
              kernel.packClassic(at, length, count, to, capacity),
            ]);
          }
        },
      ),
    );
  });
}

/**
 * Runs `work` between margins of zeros and again between margins of ones: its answer must not
 * differ, and the margins must stay.
 */
function sameWhateverIsAround(
  kernel: BatchKernel,
  bytes: Uint8Array,
  work: (at: number, length: number, to: number, capacity: number) => number[],
): void {
  const { memory, input, output } = kernel;
  const [first, second] = [0, 0xff].map((margin) => {
    const capacity = 300;
    const at = input.at + MARGIN_BYTES;
    const to = output.at + MARGIN_BYTES;
    memory.fill(margin, input.at, at + bytes.length + MARGIN_BYTES);
    memory.fill(margin, output.at, to + capacity + MARGIN_BYTES);
    memory.set(bytes, at);
    const answer = work(at, bytes.length, to, capacity);
    for (const [start, length] of [[at, bytes.length], [to, capacity]]) {
      const end = start + length;
      const around = [start - MARGIN_BYTES, end].map((edge) =>
        memory.slice(edge, edge + MARGIN_BYTES)
      );
      assertEquals(around, [MARGIN.map(() => margin), MARGIN.map(() => margin)]);
    }
    assertEquals(memory.slice(at, at + bytes.length), bytes.slice());
    return answer;
  });
  assertEquals(first, second);
}

function verify(kernel: BatchKernel, batch: Uint8Array, messageCount: number): number {
  kernel.memory.set(batch, kernel.input.at);
  return kernel.verifyBatch(kernel.input.at, batch.length, messageCount);
}

/** What is left without the messages of those numbers, counted over all batches. */
function drop(
  kernel: BatchKernel,
  batches: Uint8Array,
  marked: readonly number[],
): Uint8Array<ArrayBuffer> {
  const { memory, view, input: { at } } = kernel;
  memory.set(batches, at);
  let number = 0;
  for (let batch = at; batch < at + batches.length;) {
    const end = batch + batchHeader.length(view, batch);
    for (let frame = batch + 256; frame < end; frame += frameLength(view, frame)) {
      if (marked.includes(number++)) markFrame(view, frame);
    }
    batch = end;
  }
  return memory.slice(at, at + kernel.dropMarked(at, batches.length));
}

function stamp(
  kernel: BatchKernel,
  batches: Uint8Array,
  partitionId: number,
  baseOffset: number,
  baseTimestamp: number,
): Uint8Array<ArrayBuffer> {
  const { at } = kernel.input;
  kernel.memory.set(batches, at);
  kernel.stampBatches(at, batches.length, partitionId, baseOffset, baseTimestamp);
  return kernel.memory.slice(at, at + batches.length);
}

function pack(
  kernel: BatchKernel,
  send: Uint8Array,
  messageCount: number,
): Uint8Array<ArrayBuffer> {
  const { memory, input, output } = kernel;
  memory.set(send, input.at);
  const bytes = kernel.packClassic(input.at, send.length, messageCount, output.at, output.length);
  return memory.slice(output.at, output.at + bytes);
}

/** The code of the fault, or minus the bytes written. */
function packCode(
  kernel: BatchKernel,
  send: Uint8Array,
  messageCount: number,
  capacity = kernel.output.length,
): number {
  const { memory, input, output } = kernel;
  memory.set(send, input.at);
  return -kernel.packClassic(input.at, send.length, messageCount, output.at, capacity);
}

function unpack(
  kernel: BatchKernel,
  stored: Uint8Array,
  firstOffset = 0,
  count = 1000,
  capacity = kernel.output.length,
): Uint8Array<ArrayBuffer> {
  const { memory, input, output } = kernel;
  const { at } = input;
  memory.set(stored, at);
  const bytes = kernel.unpackClassic(at, stored.length, firstOffset, count, output.at, capacity);
  return memory.slice(output.at, output.at + bytes);
}

/** Message counts of batches back to back, each of which must verify. */
function batchCounts(kernel: BatchKernel, batches: Uint8Array<ArrayBuffer>): number[] {
  const view = new DataView(batches.buffer);
  const counts: number[] = [];
  for (let at = 0; at < batches.length; at += batchHeader.length(view, at)) {
    const count = batchHeader.messageCount(view, at);
    const batch = batches.subarray(at, at + batchHeader.length(view, at));
    assertEquals(verify(kernel, batch, count), 0);
    assertEquals(batchHeader.checksum(view, at), batchChecksum(batches, at, xxh3_64));
    assertEquals(frameLength(view, at + 256) <= batch.length - 256, true);
    counts.push(count);
  }
  return counts;
}

/** Offsets 10 and 11, 12 to 14, 15. */
function threeBatches(kernel: BatchKernel): Uint8Array {
  const message = (id: bigint) => ({ ...ONE_MESSAGE, id, originTimestamp: 1 });
  const counts = [2, 3, 1];
  const batches = counts.map((count) =>
    producerBatch(Array.from({ length: count }, (_, index) => message(BigInt(index + 1))))
  );
  return stamp(kernel, new Uint8Array(batches.flatMap((batch) => [...batch])), 0, 10, 99);
}

function decodeBatches(bytes: Uint8Array): Message[] {
  return [...MESSAGES.vsr_0_11.decode(new WireReader(bytes))];
}

function decodeClassic(bytes: Uint8Array): Message[] {
  return [...MESSAGES.classic.decode(new WireReader(bytes))];
}

function assertSame(message: Message, sent: ClassicMessage, offset: number): void {
  if (sent.id !== 0n) assertEquals(message.id, sent.id);
  assertEquals(message.offset, offset);
  assertEquals(message.timestamp, 1_700_000_009_000_000);
  assertEquals(message.originTimestamp, Number(sent.originTimestamp));
  assertEquals([...message.payload], [...sent.payload]);
  assertEquals([...message.userHeaders], [...sent.userHeaders]);
}

const MARGIN_BYTES = 64;
const MARGIN = new Uint8Array(MARGIN_BYTES);
const UTF8 = new TextEncoder();

const ONE_MESSAGE: ClassicMessage = {
  id: 1n,
  originTimestamp: 0n,
  payload: UTF8.encode("x"),
  userHeaders: new Uint8Array(0),
};

/** VSR.md section 13, the golden batch of the SDK tests. */
const GOLDEN = producerBatch([
  { id: 7n, originTimestamp: 1000, payload: UTF8.encode("first-payload") },
  {
    id: 8n,
    originTimestamp: 1050,
    payload: UTF8.encode("second-payload"),
    userHeaders: UTF8.encode("user-header-bytes"),
  },
]);
