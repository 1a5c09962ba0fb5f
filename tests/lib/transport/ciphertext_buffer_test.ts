import { assert, assertEquals } from "@std/assert";
import {
  CiphertextBuffer,
  LARGE_BYTES,
  LargeBuffers,
} from "../../../lib/transport/ciphertext_buffer.ts";
import { CountingPool } from "../../support/scripted_tls.ts";

const NOTHING: Uint8Array = new Uint8Array(0);

function opened({ lentMax = 2, head = NOTHING } = {}) {
  const pool = new CountingPool();
  const large = new LargeBuffers(pool, lentMax);
  return { pool, large, buffer: new CiphertextBuffer(large, head) };
}

/** Reads as many bytes as there is space for, or `count`. */
function fill(buffer: CiphertextBuffer, count?: number): number {
  const space = buffer.space();
  const bytes = count ?? space.length;
  space.fill(7, 0, bytes);
  buffer.received(bytes);
  return bytes;
}

/** The header of a record with so many bytes of content. */
function header(length: number): Uint8Array {
  return Uint8Array.of(23, 3, 3, length >> 8, length & 255);
}

Deno.test("CiphertextBuffer is small while reads come back short", () => {
  const { pool, buffer } = opened();
  for (let at = 0; at < 3; at++) {
    fill(buffer, 1000);
    buffer.consumed(1000);
  }
  assertEquals([buffer.capacity, pool.lent.size], [4096, 0]);
});

Deno.test("CiphertextBuffer borrows a large buffer after a read that came back full, and gives it back after a short one", () => {
  const { pool, buffer } = opened();
  buffer.consumed(fill(buffer));
  assertEquals(buffer.space().length, LARGE_BYTES);
  buffer.received(5000);
  buffer.consumed(5000);
  assertEquals(pool.lent.size, 1);
  assertEquals(buffer.space().length, 4096);
  assertEquals(pool.lent.size, 0);
});

Deno.test("CiphertextBuffer keeps what waits ahead of what comes, whatever it moves to", () => {
  const { buffer } = opened({ head: header(9000) });
  assertEquals(buffer.waiting, header(9000));
  assert(buffer.space().length >= 9000);
  fill(buffer, 10);
  assertEquals([...buffer.waiting], [...header(9000), ...new Array(10).fill(7)]);
  buffer.consumed(8);
  buffer.space();
  assertEquals([...buffer.waiting], new Array(7).fill(7));
});

Deno.test("CiphertextBuffer has room for the longest record without a large buffer", () => {
  const { pool, buffer } = opened({ lentMax: 0 });
  buffer.consumed(fill(buffer) - 5);
  const bytes = header(16_640);
  buffer.waiting.set(bytes);
  let left = 16_640;
  while (left > 0) left -= fill(buffer, Math.min(left, buffer.space().length));
  assertEquals(buffer.waiting.length, 16_645);
  assertEquals([buffer.capacity, pool.lent.size], [16_645, 0]);
});

Deno.test("CiphertextBuffer.space() is never empty, whatever length a header claims", () => {
  const { buffer } = opened({ head: header(65_535) });
  for (let at = 0; at < 16_000; at += 4000) fill(buffer, 4000);
  assert(buffer.space().length > 0);
});

Deno.test("CiphertextBuffer.release() gives the large buffer back", () => {
  const { pool, large, buffer } = opened({ lentMax: 1 });
  buffer.consumed(fill(buffer));
  buffer.space();
  assertEquals(large.take(), undefined);
  buffer.release();
  assertEquals([buffer.capacity, pool.lent.size], [0, 0]);
  assert(large.take() !== undefined);
});

Deno.test("LargeBuffers lends no more than it may, reserved ones included", () => {
  const large = new LargeBuffers(new CountingPool(), 2);
  const first = large.take()!;
  assertEquals(first.length, LARGE_BYTES);
  assertEquals([large.reserve(), large.reserve(), large.take()], [true, false, undefined]);
  large.unreserve();
  large.give(first);
  assert(large.take() !== undefined);
});
