import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { batchKernel, seedMessageIds, xxh3 } from "../../../lib/log/checksum.ts";
import { referenceKernel } from "../../../protocol/batch_reference.ts";
import {
  batchHeader,
  type BatchKernel,
  frameLength,
  markFrame,
} from "../../../protocol/message.ts";
import { xxh3_64 } from "../../../protocol/xxhash.ts";
import { specifyBatchKernel } from "../../support/batch_kernel.ts";
import {
  classicMessages,
  classicSend,
  producerBatch,
  someMessages,
} from "../../support/messages.ts";
import { CLASSIC_SEND, VSR_SEND } from "../../vectors/messages.ts";

specifyBatchKernel("batchKernel", () => batchKernel);

Deno.test("xxh3() equals its twin at every length up to two blocks", () => {
  const noise = bytesOf(2100);
  for (let length = 0; length <= noise.length; length++) {
    const input = noise.subarray(0, length);
    assertEquals(xxh3(input), xxh3_64(input), `length ${length}`);
  }
});

Deno.test("xxh3() equals its twin on long inputs", () => {
  for (const length of [4096, 65_535, 65_536, 65_537, 1_000_003]) {
    const input = bytesOf(length);
    assertEquals(xxh3(input), xxh3_64(input), `length ${length}`);
  }
});

Deno.test("xxh3() leaves the areas of the kernel alone", () => {
  const { memory, input, output } = batchKernel;
  memory.fill(7, input.at, input.at + 5000);
  memory.fill(8, output.at, output.at + 5000);
  xxh3(bytesOf(5000));
  assert(memory.subarray(input.at, input.at + 5000).every((byte) => byte === 7));
  assert(memory.subarray(output.at, output.at + 5000).every((byte) => byte === 8));
});

Deno.test("xxh3() refuses more than it has memory for", () => {
  const tooLong = new Uint8Array(66 * 1024 * 1024 + 1);
  assertThrows(() => xxh3(tooLong), RangeError, "is longer than");
});

Deno.test("batchKernel takes any frame of 64 MiB and gives it in the classic form", () => {
  const { input, output, memory } = batchKernel;
  const frameBytes = 64 * 1024 * 1024;
  assert(input.length >= frameBytes);
  assert(output.length >= Math.ceil((frameBytes / 48) * 64));
  assert(input.at + input.length <= output.at);
  assert(output.at + output.length <= memory.length);
});

Deno.test("batchKernel checks what a whole input of the smallest frames covers", () => {
  const { input, memory } = batchKernel;
  const messageCount = Math.floor((input.length - 256) / 48);
  const length = 256 + 48 * messageCount;
  const view = batchKernel.view;
  memory.fill(0, input.at, input.at + length);
  view.setBigUint64(input.at + 32, BigInt(length), true);
  view.setUint32(input.at + 48, messageCount, true);
  for (let index = 0; index < messageCount; index++) {
    view.setUint32(input.at + 256 + 48 * index + 24, index, true);
  }
  // The frames have no checksums: the first is found wrong.
  assertEquals(batchKernel.verifyBatch(input.at, length, messageCount), 4027);
  // Stamping covers them all, right up to the end of its scratch memory.
  batchKernel.stampBatches(input.at, length, 1, 2, 3);
  const covered = new Uint8Array(44 + 8 * messageCount);
  covered.set(memory.subarray(input.at, input.at + 40));
  covered.set(memory.subarray(input.at + 48, input.at + 52), 40);
  assertEquals(view.getBigUint64(input.at + 40, true), xxh3(covered));
  memory.fill(0, input.at, input.at + length);
});

Deno.test("batchKernel refuses ranges outside its areas", () => {
  const { input, output, memory } = batchKernel;
  const refused = [[input.at - 1, 10], [0, 10], [memory.length - 9, 10], [input.at, -1]];
  for (const [at, length] of refused) {
    assertThrows(() => batchKernel.verifyBatch(at, length, 1), RangeError, "outside");
    assertThrows(() => batchKernel.stampBatches(at, length, 0, 0, 0), RangeError, "outside");
    assertThrows(() => batchKernel.dropMarked(at, length), RangeError, "outside");
    assertThrows(() => batchKernel.packClassic(at, length, 1, output.at, 10), RangeError);
    assertThrows(() => batchKernel.packClassic(input.at, 10, 1, at, length), RangeError);
    assertThrows(() => batchKernel.unpackClassic(at, length, 0, 1, output.at, 10), RangeError);
    assertThrows(() => batchKernel.unpackClassic(input.at, 10, 0, 1, at, length), RangeError);
  }
});

Deno.test("batchKernel equals its twin on sends, sound and spoiled", () => {
  fc.assert(
    fc.property(classicMessages(6, 600), spoilings(), slack(), (messages, spoilings, slack) => {
      const count = messages.length;
      const send = classicSend(messages);
      const capacity = packed(count, send).length + slack;
      spoil(send, spoilings, classicFields(send, count));
      agree(send, (kernel, at, to) => {
        kernel.seed(SEED);
        const bytes = kernel.packClassic(at, send.length, count, to, Math.max(capacity, 0));
        return { answer: [bytes], from: to, bytes: Math.max(bytes, 0) };
      });
    }),
    { numRuns: 500 },
  );
});

Deno.test("batchKernel equals its twin on batches, sound and spoiled", () => {
  const wanted = fc.record({ first: fc.nat(9), count: fc.nat(9), slack: slack() });
  fc.assert(
    fc.property(classicMessages(6, 600), spoilings(), wanted, (messages, spoilings, wanted) => {
      const count = messages.length;
      const send = classicSend(messages);
      const stored = packed(count, send);
      agree(stored, (kernel, at) => {
        kernel.stampBatches(at, stored.length, 5, 2, 77);
        return { answer: [], from: at, bytes: stored.length };
      });
      const capacity = Math.max(send.length - 16 * count + wanted.slack, 0);
      spoil(stored, spoilings, storedFields(stored));
      agree(stored, (kernel, at, to) => {
        const verdict = kernel.verifyBatch(at, stored.length, count);
        const { first, count: most } = wanted;
        const bytes = kernel.unpackClassic(at, stored.length, first, most, to, capacity);
        const { unpacked } = kernel;
        const answer = [verdict, bytes, unpacked.count, unpacked.lastOffset];
        return { answer, from: to, bytes: Math.max(bytes, 0) };
      });
    }),
    { numRuns: 500 },
  );
});

Deno.test("batchKernel equals its twin on batches with frames to be dropped", () => {
  const marks = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(classicMessages(6, 600), marks, (messages, marks) => {
      const stored = packed(messages.length, classicSend(messages));
      const view = new DataView(stored.buffer);
      let number = 0;
      for (let batch = 0; batch < stored.length; batch += batchHeader.length(view, batch)) {
        const end = batch + batchHeader.length(view, batch);
        for (let frame = batch + 256; frame < end; frame += frameLength(view, frame)) {
          if (marks[number++]) markFrame(view, frame);
        }
      }
      agree(stored, (kernel, at) => {
        const bytes = kernel.dropMarked(at, stored.length);
        return { answer: [bytes], from: at, bytes };
      });
    }),
    { numRuns: 500 },
  );
});

Deno.test("batchKernel equals its twin on payloads of a megabyte", () => {
  const batch = producerBatch(someMessages(2, 1_000_000));
  agree(batch, (kernel, at, to) => {
    const verdict = kernel.verifyBatch(at, batch.length, 2);
    const bytes = kernel.unpackClassic(at, batch.length, 0, 2, to, 3_000_000);
    return { answer: [verdict, bytes], from: to, bytes };
  }, 3_000_000);
});

Deno.test("seedMessageIds() starts another sequence with every seed", () => {
  const nameless = CLASSIC_SEND.slice();
  nameless.fill(0, 32 + 8, 32 + 24);
  const idAfter = (byte: number) => {
    seedMessageIds({ fill: (into) => into.fill(byte) });
    const batch = packed(2, nameless);
    assertEquals(batch.length, VSR_SEND.length);
    return [...batch.subarray(256 + 8, 256 + 24)];
  };
  assertEquals(idAfter(1), idAfter(1));
  assertNotEquals(idAfter(1), idAfter(2));
});

/** What a kernel answered, and where the bytes are that count. */
interface Outcome {
  readonly answer: number[];
  readonly from: number;
  readonly bytes: number;
}

/** Runs `work` on both kernels, with `bytes` as input: the same answers, the same output. */
function agree(
  bytes: Uint8Array,
  work: (kernel: BatchKernel, at: number, to: number) => Outcome,
  areaBytes = 32_768,
): void {
  const twin = referenceKernel(new Uint8Array(2 * areaBytes));
  const [expected, actual] = [twin, batchKernel].map((kernel) => {
    const { memory, input, output } = kernel;
    memory.set(bytes, input.at);
    const { answer, from, bytes: length } = work(kernel, input.at, output.at);
    return { answer, output: memory.slice(from, from + length) };
  });
  assertEquals(actual.answer, expected.answer);
  // Faster than a comparison by elements, which explains more than is needed.
  assert(xxh3(actual.output) === xxh3(expected.output), "The outputs differ");
}

function packed(messageCount: number, send: Uint8Array): Uint8Array<ArrayBuffer> {
  const { memory, input, output } = batchKernel;
  memory.set(send, input.at);
  const bytes = batchKernel.packClassic(
    input.at,
    send.length,
    messageCount,
    output.at,
    output.length,
  );
  return memory.slice(output.at, output.at + bytes);
}

/** One fault: a byte overwritten anywhere, or a length, count or position that is a little off. */
type Spoiling =
  | { readonly byte: number; readonly value: number }
  | { readonly field: number; readonly by: number };

function spoilings(): fc.Arbitrary<Spoiling[]> {
  const byte = fc.record({ byte: fc.nat(2000), value: fc.nat(255) });
  const by = fc.constantFrom(-64, -48, -1, 1, 48, 64, 0x7fffffff, 0xfffffff);
  return fc.array(fc.oneof(byte, fc.record({ field: fc.nat(50), by })), { maxLength: 2 });
}

function spoil(bytes: Uint8Array, spoilings: Spoiling[], fields: number[]): void {
  const view = new DataView(bytes.buffer);
  for (const spoiling of spoilings) {
    if ("byte" in spoiling) {
      bytes[spoiling.byte % bytes.length] = spoiling.value;
    } else {
      const at = fields[spoiling.field % fields.length];
      view.setUint32(at, view.getUint32(at, true) + spoiling.by, true);
    }
  }
}

/** By how much a capacity passes what is needed. */
function slack(): fc.Arbitrary<number> {
  return fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: -1500, max: 1500 }));
}

/** Where the u32s lie that say how the bytes of a send hang together. */
function classicFields(send: Uint8Array, messageCount: number): number[] {
  const view = new DataView(send.buffer);
  const fields: number[] = [];
  let frame = 16 * messageCount;
  for (let index = 0; index < messageCount; index++) {
    fields.push(16 * index, 16 * index + 4, 16 * index + 8, frame + 48, frame + 52);
    frame = 16 * messageCount + view.getUint32(16 * index + 4, true);
  }
  return fields;
}

/** The same for stored batches. */
function storedFields(stored: Uint8Array): number[] {
  const view = new DataView(stored.buffer);
  const fields: number[] = [];
  for (let batch = 0; batch < stored.length; batch += batchHeader.length(view, batch)) {
    fields.push(batch + 32, batch + 36, batch + 48, batch + 52);
    const end = batch + batchHeader.length(view, batch);
    for (let frame = batch + 256; frame < end; frame += frameLength(view, frame)) {
      fields.push(frame + 24, frame + 32, frame + 36, frame + 40);
    }
  }
  return fields;
}

function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * index * 167 + index) >> 3);
}

const SEED = Uint8Array.from({ length: 32 }, (_, index) => index * 7 + 1);
