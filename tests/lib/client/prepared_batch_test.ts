import { assert, assertEquals, assertThrows } from "@std/assert";
import { PreparedBatch } from "../../../lib/client/prepared_batch.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { xxh3_64 } from "../../../protocol/xxhash.ts";
import { someMessages } from "../../support/messages.ts";
import { CLASSIC_SEND, VSR_SEND } from "../../vectors/messages.ts";

const UTF8 = new TextEncoder();
const MADE = 1_700_000_000_000_000;
const MESSAGES = [
  { id: 1n, originTimestamp: MADE, payload: UTF8.encode("hello") },
  { id: 2n, originTimestamp: MADE, payload: UTF8.encode("world!") },
];
const HEAD = Uint8Array.of(0xaa, 0xbb, 0xcc);

Deno.test("PreparedBatch holds what a send ends with, in either dialect", () => {
  for (const [dialect, vector] of [["classic", CLASSIC_SEND], ["vsr_0_11", VSR_SEND]] as const) {
    const batch = new PreparedBatch(dialect, MESSAGES, xxh3_64);
    assertEquals(batch.messagesCount, 2);
    assertEquals(batch.byteLength, vector.length);
    assertEquals(batch.lend(HEAD), Uint8Array.of(...HEAD, ...vector));
  }
});

Deno.test("PreparedBatch.lend() gives the same memory again once it was given back", () => {
  const batch = new PreparedBatch("vsr_0_11", someMessages(3), xxh3_64);
  const first = batch.lend(HEAD);
  batch.giveBack(first);
  assertEquals(batch.lend(HEAD).buffer === first.buffer, true);
});

Deno.test("PreparedBatch.lend() leaves what is out alone", () => {
  const batch = new PreparedBatch("vsr_0_11", someMessages(3), xxh3_64);
  const first = batch.lend(HEAD);
  const before = first.slice();
  const second = batch.lend(Uint8Array.of(1, 2, 3, 4));
  assertEquals(first, before);
  assertEquals(second.subarray(4), first.subarray(3));
  batch.giveBack(second);
  assert(batch.lend(HEAD).buffer !== first.buffer);
});

Deno.test("PreparedBatch takes the longest head", () => {
  const batch = new PreparedBatch("classic", someMessages(1), xxh3_64);
  const head = new Uint8Array(256 + 4 + 3 * 257 + 4).fill(7);
  assertEquals(batch.lend(head).subarray(0, head.length), head);
});

Deno.test("PreparedBatch refuses what the codec refuses", () => {
  assertThrows(() => new PreparedBatch("vsr_0_11", [], xxh3_64), IggyError, "no messages");
});
