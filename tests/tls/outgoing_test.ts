import { assertEquals } from "@std/assert";
import { Outgoing } from "../../tls/outgoing.ts";
import type { BufferPool } from "../../tls/provider/provider.ts";

/** A pool that counts what it has lent. */
function countingPool(): BufferPool & { lent: number } {
  return {
    lent: 0,
    take(bytes) {
      this.lent++;
      return new Uint8Array(bytes);
    },
    give(buffer) {
      if (buffer.length > 0) this.lent--;
    },
  };
}

Deno.test("Outgoing keeps what was reserved, in order, while it grows", () => {
  const out = new Outgoing(countingPool());
  out.reserve(3).set([1, 2, 3]);
  out.reserve(10_000).fill(4);
  assertEquals(out.length, 10_003);
  assertEquals(out.bytes.subarray(0, 4), Uint8Array.of(1, 2, 3, 4));
});

Deno.test("Outgoing.clear() gives all memory back", () => {
  const pool = countingPool();
  const out = new Outgoing(pool);
  out.reserve(5_000);
  out.reserve(5_000);
  out.clear();
  assertEquals(out.length, 0);
  assertEquals(pool.lent, 0);
});
