import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Arena, BufferPool } from "../../lib/buffers.ts";

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

const PAGE = 64 * 1024;

Deno.test("Arena.take() gives whole pages of one memory, and none of them twice", () => {
  const memory = new Uint8Array(10 * PAGE);
  const arena = new Arena(memory.subarray(PAGE, 9 * PAGE + 100));
  const taken = [1, PAGE, PAGE + 1, 4 * PAGE].map((size) => arena.take(size)!);
  assertEquals(taken.map(({ length }) => length / PAGE), [1, 1, 2, 4]);
  for (const [value, bytes] of taken.entries()) bytes.fill(value + 1);
  assertEquals(
    Array.from({ length: 10 }, (_, page) => memory[page * PAGE]),
    [0, 1, 2, 3, 3, 4, 4, 4, 4, 0],
  );
  assertEquals(arena.take(1), undefined);
});

Deno.test("Arena.take() gives the first run of pages that is long enough", () => {
  const arena = new Arena(new Uint8Array(8 * PAGE));
  const taken = Array.from({ length: 8 }, () => arena.take(PAGE)!);
  for (const at of [1, 3, 4, 6, 7]) arena.giveBack(taken[at]);
  assertEquals(arena.take(3 * PAGE), undefined);
  assertEquals(arena.take(2 * PAGE)!.byteOffset, 3 * PAGE);
  assertEquals(arena.take(PAGE)!.byteOffset, PAGE);
  assertEquals(arena.take(2 * PAGE)!.byteOffset, 6 * PAGE);
});

Deno.test("Arena.giveBack() makes one run of neighbours again", () => {
  const arena = new Arena(new Uint8Array(4 * PAGE));
  const taken = [1, 2, 1].map((pages) => arena.take(pages * PAGE)!);
  for (const at of [1, 0, 2]) arena.giveBack(taken[at]);
  assertEquals(arena.take(4 * PAGE)!.length, 4 * PAGE);
});

Deno.test("BufferPool.lease() takes what fills a page from the arena, as long as that has room", () => {
  const memory = new Uint8Array(3 * PAGE);
  const pool = new BufferPool(LIMITS, new Arena(memory));
  const isInArena = (size: number) => pool.lease(size).bytes.buffer === memory.buffer;
  assertEquals([PAGE - 1, 2 * PAGE, 2 * PAGE, PAGE].map(isInArena), [false, true, false, true]);
});

Deno.test("BufferPool counts what it leases of the arena, and gives it back there", () => {
  const pool = new BufferPool(
    { ...LIMITS, leasedBytesMax: 4 * PAGE },
    new Arena(new Uint8Array(2 * PAGE)),
  );
  const lease = pool.lease(PAGE + 1);
  assertEquals([pool.room, pool.leaseLarge(PAGE)], [2 * PAGE, undefined]);
  lease.release();
  assertEquals([pool.room, pool.idleBytes], [4 * PAGE, 0]);
  assertEquals(pool.leaseLarge(2 * PAGE)?.bytes.length, 2 * PAGE);
});

Deno.test("BufferPool.leaseLarge() gives nothing but of an arena, and nothing small", () => {
  assertEquals(new BufferPool(LIMITS).leaseLarge(PAGE), undefined);
  const pool = new BufferPool(LIMITS, new Arena(new Uint8Array(2 * PAGE)));
  assertEquals(pool.leaseLarge(PAGE - 1), undefined);
});
