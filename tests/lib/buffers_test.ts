import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { BufferPool } from "../../lib/buffers.ts";

Deno.test("BufferPool.lease() gives at least the size asked for", () => {
  const pool = new BufferPool(1 << 20);
  for (const size of [0, 1, 4096, 4097, 100_000]) {
    assert(pool.lease(size).bytes.length >= size);
  }
});

Deno.test("BufferPool.lease() gives a released buffer again", () => {
  const pool = new BufferPool(1 << 20);
  const first = pool.lease(5000);
  first.release();
  assertStrictEquals(pool.lease(6000).bytes, first.bytes);
});

Deno.test("BufferPool.lease() never gives one buffer to two at a time", () => {
  const pool = new BufferPool(1 << 20);
  assert(pool.lease(5000).bytes !== pool.lease(5000).bytes);
});

Deno.test("BufferPool keeps no more than its bound", () => {
  const pool = new BufferPool(10_000);
  const leases = [1, 2, 3, 4].map(() => pool.lease(4096));
  for (const lease of leases) lease.release();
  assertEquals(pool.idleBytes, 8192);
});
