/**
 * The fast {@link BatchKernel}, and with it XXH3-64: a WebAssembly module (`kernels/`) with memory of
 * its own. One per isolate, shared by all who work on batches there.
 *
 * Borrowing: its memory belongs to whoever runs now. Fill `input`, call, take the result out of
 * `output` (or out of `input`, where it was changed in place), all without an `await` in between; no
 * view of the memory outlives that step. {@link xxh3} touches neither area. Only what is taken of
 * {@link replyArena} is the taker's until it is given back.
 *
 * @module
 */
import type { BatchKernel } from "../../protocol/message.ts";
import { Arena } from "../buffers.ts";
import type { Entropy } from "../ports.ts";
import * as kernel from "./kernels/batch.wasm";
import {
  INPUT_AT,
  INPUT_BYTES,
  MEMORY_BYTES,
  OUTPUT_AT,
  OUTPUT_BYTES,
  REPLIES_AT,
  REPLIES_BYTES,
  RESULT_AT,
  SCRATCH_AT,
  SCRATCH_BYTES,
} from "./kernels/memory.ts";

/** XXH3-64 with seed 0 of at most 66 MiB: a u64. */
export function xxh3(bytes: Uint8Array): bigint {
  if (bytes.length > SCRATCH_BYTES) {
    throw new RangeError(`Input of ${bytes.length} bytes is longer than ${SCRATCH_BYTES}`);
  }
  memory.set(bytes, SCRATCH_AT);
  return BigInt.asUintN(64, kernel.xxh3(SCRATCH_AT, bytes.length));
}

/** Starts the sequence of message ids (`BatchKernel.seed`); once, before the first classic send. */
export function seedMessageIds(entropy: Entropy): void {
  const seed = new Uint8Array(32);
  entropy.fill(seed);
  batchKernel.seed(seed);
}

const memory = new Uint8Array(kernel.memory.buffer as ArrayBuffer);

/**
 * A part of the kernel's memory for replies: what is read into it is checked where it lies, or
 * written there by `unpackClassic`, and sent from there. One per isolate, like the kernel.
 */
export const replyArena = new Arena(memory.subarray(REPLIES_AT, REPLIES_AT + REPLIES_BYTES));

const view = new DataView(memory.buffer);
const unpacked = { count: 0, lastOffset: -1 };
let seeded = false;

/** The one kernel of this isolate. Ranges outside its areas throw a `RangeError`. */
export const batchKernel: BatchKernel = {
  memory,
  view,
  input: { at: INPUT_AT, length: INPUT_BYTES },
  output: { at: OUTPUT_AT, length: OUTPUT_BYTES },
  unpacked,

  seed(seed) {
    const words = new DataView(seed.buffer, seed.byteOffset, 32);
    kernel.seedIds(
      words.getBigUint64(0, true),
      words.getBigUint64(8, true),
      words.getBigUint64(16, true),
      words.getBigUint64(24, true),
    );
    seeded = true;
  },

  verifyBatch(at, length, messageCount) {
    checkRange(at, length);
    return kernel.verifyBatch(at, length, messageCount);
  },

  stampBatches(at, length, partitionId, baseOffset, baseTimestamp) {
    checkRange(at, length);
    kernel.stampBatches(at, length, partitionId, baseOffset, baseTimestamp);
  },

  dropMarked(at, length) {
    checkRange(at, length);
    return kernel.dropMarked(at, length);
  },

  packClassic(at, length, messageCount, to, capacity) {
    checkRange(at, length);
    checkRange(to, capacity);
    if (!seeded) throw new Error("Message ids have no seed");
    return kernel.packClassic(at, length, messageCount, to, capacity);
  },

  unpackClassic(at, length, firstOffset, count, to, capacity) {
    checkRange(at, length);
    checkRange(to, capacity);
    const bytes = kernel.unpackClassic(at, length, firstOffset, count, to, capacity);
    unpacked.count = view.getUint32(RESULT_AT, true);
    unpacked.lastOffset = view.getFloat64(RESULT_AT + 8, true);
    return bytes;
  },
};

/** The module itself reads and writes wherever it is told to, also in its own constants. */
function checkRange(at: number, length: number): void {
  if (at < INPUT_AT || length < 0 || at + length > MEMORY_BYTES) {
    throw new RangeError(`Range of ${length} bytes at ${at} is outside the kernel's areas`);
  }
}
