import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { createDecipheriv, hkdfSync } from "node:crypto";
import { type Algorithm, ALGORITHMS } from "../../../lib/encryption/sealed_batches.ts";
import { batchKernel } from "../../../lib/log/checksum.ts";
import { batchHeader } from "../../../protocol/message.ts";
import { PartitionLogs } from "../../support/partition_logs.ts";
import { sealer, testKey } from "../../support/sealing.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const FOLDER = "streams/1/topics/2/partitions/3/4";
const NAMES = Object.keys(ALGORITHMS) as Algorithm[];
const { input } = batchKernel;

/** Two stamped batches in memory of their own, with 20 bytes behind them. */
function twoBatches(payloadBytes = 100): { memory: Uint8Array<ArrayBuffer>; lengths: number[] } {
  const logs = new PartitionLogs(new SimStorage());
  const first = logs.load(2, payloadBytes);
  const second = logs.load(1, payloadBytes, input.at + first);
  batchKernel.stampBatches(input.at, first + second, 3, 7, 1_000_000);
  const memory = batchKernel.memory.slice(input.at, input.at + first + second + 20);
  memory.fill(0xbb, first + second);
  return { memory, lengths: [first, second] };
}

for (const algorithm of NAMES) {
  Deno.test(`SealedBatches.open() undoes seal() by ${algorithm}, and nothing else is touched`, () => {
    for (const payloadBytes of [1, 100, 3_000_000]) {
      const { memory, lengths: [first, second] } = twoBatches(payloadBytes);
      const plain = memory.slice();
      const cipher = sealer([testKey(1)], algorithm);
      cipher.seal(memory, 0, first + second, FOLDER);
      const header = new DataView(memory.buffer);
      assertEquals(batchHeader.length(header, 0), first);
      assertEquals(batchHeader.baseOffset(header, first), 9);
      assertEquals(memory.subarray(-20), plain.subarray(-20));
      assertNotEquals(memory.subarray(256, first), plain.subarray(256, first));
      assert(cipher.open(memory, 0, first, FOLDER));
      assert(cipher.open(memory, first, second, FOLDER));
      assertEquals(Buffer.compare(memory, plain), 0);
    }
  });

  Deno.test(`SealedBatches.seal() by ${algorithm} is what node:crypto opens`, () => {
    const { memory, lengths: [length] } = twoBatches();
    const plain = memory.slice();
    sealer([testKey(1)], algorithm).seal(memory, 0, length, FOLDER);
    const at = (from: number, to: number) => memory.subarray(from, to);
    const info = `whippet batch ${ALGORITHMS[algorithm]}`;
    const key = hkdfSync("sha256", testKey(1).secret, at(61, 77), info, 32);
    assertEquals(Buffer.from(at(53, 61)).toString("hex"), testKey(1).id);
    // deno-lint-ignore no-explicit-any -- the names of both are in no one type.
    const oracle = createDecipheriv(algorithm as any, new Uint8Array(key), at(77, 89), {
      authTagLength: 16,
      // deno-lint-ignore no-explicit-any
    } as any) as unknown as {
      setAAD(bytes: Uint8Array): void;
      setAuthTag(bytes: Uint8Array): void;
      update(bytes: Uint8Array): Uint8Array;
      final(): Uint8Array;
    };
    oracle.setAAD(Buffer.concat([at(0, 89), new TextEncoder().encode(FOLDER)]));
    oracle.setAuthTag(at(89, 105));
    const opened = oracle.update(at(248, length));
    oracle.final();
    assertEquals(opened.subarray(8), Buffer.from(plain.subarray(256, length)));
    assertEquals(opened.subarray(0, 8), Buffer.from(plain.subarray(40, 48)));
  });
}

Deno.test("SealedBatches.open() is false for any flipped byte, and changes nothing", () => {
  const cipher = sealer([testKey(1)]);
  const { memory, lengths: [length] } = twoBatches(20);
  cipher.seal(memory, 0, length, FOLDER);
  for (let at = 0; at < length; at++) {
    memory[at] ^= 0x41;
    const before = memory.slice();
    assert(!cipher.open(memory, 0, length, FOLDER), `byte ${at}`);
    assertEquals(Buffer.compare(memory, before), 0);
    memory[at] ^= 0x41;
  }
  assert(cipher.open(memory, 0, length, FOLDER));
});

Deno.test("SealedBatches.open() is false in another folder, without the key, and for half a batch", () => {
  const { memory, lengths: [length] } = twoBatches();
  const cipher = sealer([testKey(1)]);
  cipher.seal(memory, 0, length, FOLDER);
  assert(!cipher.open(memory, 0, length, "streams/1/topics/3/partitions/3/4"));
  assert(!sealer([testKey(2)]).open(memory, 0, length, FOLDER));
  assert(!cipher.open(memory, 0, length - 1, FOLDER));
  assert(!cipher.open(memory, 0, 100, FOLDER));
  assert(sealer([testKey(2), testKey(1)], "aes-256-gcm").open(memory, 0, length, FOLDER));
});

Deno.test("SealedBatches.seal() never takes a nonce twice, and no salt after a start or another key", () => {
  const seen = new Set<string>();
  for (let start = 0; start < 3; start++) {
    const cipher = sealer([testKey(1)]);
    for (let count = 0; count < 300; count++) {
      if (count === 150) cipher.sealWith(testKey(2));
      const { memory, lengths: [length] } = twoBatches(1);
      cipher.seal(memory, 0, length, FOLDER);
      seen.add(memory.subarray(53, 89).toString());
    }
  }
  assertEquals(seen.size, 900);
});

Deno.test("SealedBatches.seal() leaves batches as they are while there is no key to seal with", () => {
  const { memory, lengths: [length] } = twoBatches();
  const plain = memory.slice();
  sealer([]).seal(memory, 0, length, FOLDER);
  assertEquals(memory, plain);
});

Deno.test("SealedBatches.seal() refuses memory that ends with the batch", () => {
  const { memory, lengths: [first, second] } = twoBatches();
  const whole = memory.slice(0, first + second);
  assertThrows(() => sealer([testKey(1)]).seal(whole, 0, whole.length, FOLDER), RangeError);
});
