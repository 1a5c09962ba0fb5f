import { assert, assertEquals, assertThrows } from "@std/assert";
import { MemoryPool } from "../../../tls/provider/buffer_pool.ts";

const SIZES = [{ bytes: 16, count: 2 }, { bytes: 64, count: 1 }];

function poolIn(memory: Uint8Array<ArrayBuffer>): MemoryPool {
  return new MemoryPool(memory, 32, SIZES);
}

function isIn(memory: Uint8Array, buffer: Uint8Array): boolean {
  return buffer.buffer === memory.buffer;
}

Deno.test("take() gives the smallest buffer that is long enough", () => {
  const memory = new Uint8Array(128);
  const pool = poolIn(memory);
  const buffers = [pool.take(0), pool.take(16), pool.take(17)];
  assertEquals(buffers.map((each) => each.length), [16, 16, 64]);
  assertEquals(buffers.map((each) => each.byteOffset), [32, 48, 64]);
  assert(buffers.every((each) => isIn(memory, each)));
});

Deno.test("take() gives plain memory when none is left, or none is long enough", () => {
  const memory = new Uint8Array(128);
  const pool = poolIn(memory);
  for (let count = 0; count < 2; count++) assert(isIn(memory, pool.take(16)));
  const plain = [pool.take(10), pool.take(65)];
  assertEquals(plain.map((each) => each.length), [10, 65]);
  assert(!plain.some((each) => isIn(memory, each)));
});

Deno.test("take() gives what was given back last", () => {
  const pool = poolIn(new Uint8Array(128));
  const [first, second] = [pool.take(16), pool.take(16)];
  pool.give(second);
  pool.give(first);
  assertEquals(pool.take(16).byteOffset, first.byteOffset);
});

Deno.test("give() ignores what another has taken since", () => {
  const memory = new Uint8Array(128);
  const pool = poolIn(memory);
  const first = pool.take(64);
  pool.give(first);
  const second = pool.take(64);
  assert(first !== second);
  pool.give(first);
  assert(!isIn(memory, pool.take(64)));
});

Deno.test("give() ignores a buffer that was given back", () => {
  const memory = new Uint8Array(128);
  const pool = poolIn(memory);
  const [first, second] = [pool.take(16), pool.take(16)];
  pool.give(first);
  pool.give(first);
  assert(isIn(memory, pool.take(16)));
  assert(!isIn(memory, pool.take(16)));
  assert(isIn(memory, second));
});

Deno.test("give() ignores buffers of other origin, and parts of its own", () => {
  const memory = new Uint8Array(128);
  const pool = poolIn(memory);
  const buffer = pool.take(64);
  pool.give(new Uint8Array(64));
  pool.give(memory);
  pool.give(memory.subarray(32, 48));
  pool.give(buffer.subarray(1));
  pool.give(buffer.subarray(0, 16));
  assert(!isIn(memory, pool.take(64)));
});

Deno.test("MemoryPool throws for sizes that do not fit or do not ascend", () => {
  assertThrows(() => poolIn(new Uint8Array(127)), RangeError, "Pool ends at 128");
  const falling = SIZES.toReversed();
  assertThrows(() => new MemoryPool(new Uint8Array(256), 0, falling), RangeError, "ascend: 16");
});
