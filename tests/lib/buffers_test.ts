import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { BufferPool } from "../../lib/buffers.ts";

const LIMITS = { leasedBytesMax: 1 << 20, idleBytesMax: 1 << 20 };

Deno.test("BufferPool.lease() gives at least the size asked for", () => {
  const pool = new BufferPool(LIMITS);
  for (const size of [0, 1, 4096, 4097, 100_000]) {
    assert(pool.lease(size).bytes.length >= size);
  }
});

Deno.test("BufferPool.lease() gives a released buffer again", () => {
  const pool = new BufferPool(LIMITS);
  const first = pool.lease(5000);
  first.release();
  assertStrictEquals(pool.lease(6000).bytes, first.bytes);
});

Deno.test("BufferPool.lease() never gives one buffer to two at a time", () => {
  const pool = new BufferPool(LIMITS);
  assert(pool.lease(5000).bytes !== pool.lease(5000).bytes);
});

Deno.test("BufferPool keeps no more than its bound", () => {
  const pool = new BufferPool({ ...LIMITS, idleBytesMax: 10_000 });
  const leases = [1, 2, 3, 4].map(() => pool.lease(4096));
  for (const lease of leases) lease.release();
  assertEquals(pool.idleBytes, 8192);
});

Deno.test("BufferPool.room is what may still go out, and never less than nothing", () => {
  const pool = new BufferPool({ ...LIMITS, leasedBytesMax: 10_000 });
  const first = pool.lease(4096);
  assertEquals(pool.room, 5904);
  const second = pool.lease(8192);
  assertEquals(pool.room, 0);
  first.release();
  second.release();
  assertEquals(pool.room, 10_000);
});

Deno.test("BufferPool.hasRoom() says whether a lease keeps to the bound, or is the only one", () => {
  const pool = new BufferPool({ ...LIMITS, leasedBytesMax: 10_000 });
  assertEquals(pool.hasRoom(1 << 20), true);
  const lease = pool.lease(4096);
  assertEquals(pool.hasRoom(5904), true);
  assertEquals(pool.hasRoom(5905), false);
  lease.release();
  assertEquals(pool.hasRoom(1 << 20), true);
});
