/**
 * The batch kernel on 1,000 messages of 1 kB, beside hash-wasm doing only the hashing of
 * `verifyBatch`: `deno run -A tests/bench/kernel_bench.ts` runs all variants in turn, window by
 * window, and prints their best and median; `deno bench` runs them one after another.
 *
 * @module
 */
import { createXXHash3 } from "hash-wasm";
import { batchKernel, xxh3 } from "../../lib/log/checksum.ts";
import { frameLength } from "../../protocol/message.ts";
import { MESSAGES } from "../../protocol/message_codec.ts";
import { WireWriter } from "../../protocol/wire.ts";
import { classicSend, someMessages } from "../support/messages.ts";

const MESSAGE_COUNT = 1000;
const PAYLOAD_BYTES = 1000;
const WINDOWS = 150;

const messages = someMessages(MESSAGE_COUNT, PAYLOAD_BYTES);
const writer = new WireWriter();
MESSAGES.vsr_0_11.encode(writer, messages, xxh3);
const batch = writer.written.slice();
const send = classicSend(messages.map((message) => ({
  ...message,
  originTimestamp: BigInt(message.originTimestamp),
  userHeaders: new Uint8Array(0),
})));
const oracle = await createXXHash3();

const { memory, input, output } = batchKernel;
const sendAt = input.at + 16 * 1024 * 1024;
batchKernel.seed(new Uint8Array(32).fill(1));
memory.set(batch, input.at);
memory.set(send, sendAt);

const VARIANTS: Record<string, () => void> = {
  "verifyBatch": () => {
    expect(batchKernel.verifyBatch(input.at, batch.length, MESSAGE_COUNT) === 0);
  },
  "copy in + verifyBatch": () => {
    memory.set(batch, input.at);
    expect(batchKernel.verifyBatch(input.at, batch.length, MESSAGE_COUNT) === 0);
  },
  "hash-wasm, one hasher": () => eachFrame((frame) => oracle.init().update(frame).digest("binary")),
  "xxh3(), a call a message": () => eachFrame(xxh3),
  "stampBatches": () => batchKernel.stampBatches(input.at, batch.length, 0, 0, 0),
  "packClassic": () => {
    const { at, length } = output;
    expect(batchKernel.packClassic(sendAt, send.length, MESSAGE_COUNT, at, length) > 0);
  },
  "unpackClassic": () => {
    const { at, length } = output;
    expect(batchKernel.unpackClassic(input.at, batch.length, 0, MESSAGE_COUNT, at, length) > 0);
  },
  "copy only": () => memory.set(batch, input.at),
};

for (const [name, run] of Object.entries(VARIANTS)) {
  Deno.bench({ name, group: "1,000 x 1 kB", baseline: name === "verifyBatch", fn: run });
}

if (import.meta.main) interleave();

function interleave(): void {
  const times = new Map(Object.keys(VARIANTS).map((name) => [name, [] as number[]]));
  for (let window = 0; window < WINDOWS; window++) {
    for (const [name, run] of Object.entries(VARIANTS)) {
      const start = performance.now();
      run();
      times.get(name)!.push(performance.now() - start);
    }
  }
  console.log("MB/s".padEnd(26), "best".padStart(8), "median".padStart(8));
  for (const [name, milliseconds] of times) {
    milliseconds.sort((a, b) => a - b);
    const [best, median] = [milliseconds[0], milliseconds[WINDOWS / 2]].map(rate);
    console.log(name.padEnd(26), best.padStart(8), median.padStart(8));
  }
}

function rate(milliseconds: number): string {
  return (batch.length / 1000 / milliseconds).toFixed(0);
}

function eachFrame(hash: (frame: Uint8Array) => unknown): void {
  const view = new DataView(batch.buffer);
  for (let frame = 256; frame < batch.length;) {
    const end = frame + frameLength(view, frame);
    hash(batch.subarray(frame + 8, end));
    frame = end;
  }
}

function expect(truth: boolean): void {
  if (!truth) throw new Error("The kernel refused what is sound");
}
