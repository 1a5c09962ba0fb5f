import { assertEquals } from "@std/assert";
import { ReplyCache } from "../../../lib/session/reply_cache.ts";
import { assertRefuses } from "../catalog/fixtures.ts";

const REPLY = Uint8Array.of(1, 2, 3);

Deno.test("ReplyCache gives the bytes that a request was answered with", () => {
  const cache = new ReplyCache();
  cache.remember(1, 0n, REPLY);
  cache.remember(2, 0n, Uint8Array.of(9));
  assertEquals(cache.find(1, 0n), REPLY);
  assertEquals(cache.find(2, 0n), Uint8Array.of(9));
});

Deno.test("ReplyCache.watermark is the highest number remembered, over gaps", () => {
  const cache = new ReplyCache();
  assertEquals(cache.watermark, 0);
  for (const request of [1, 9, 5]) cache.remember(request, 0n, REPLY);
  assertEquals(cache.watermark, 9);
});

Deno.test("ReplyCache.find() refuses another request under the same number with 3", () => {
  const cache = new ReplyCache();
  cache.remember(1, 77n, REPLY);
  assertEquals(cache.find(1, 77n), REPLY);
  assertRefuses(3, () => cache.find(1, 78n));
});

Deno.test("ReplyCache.find() takes a stamp of 0 for one that was not computed", () => {
  const cache = new ReplyCache();
  cache.remember(1, 77n, REPLY);
  cache.remember(2, 0n, REPLY);
  assertEquals(cache.find(1, 0n), REPLY);
  assertEquals(cache.find(2, 78n), REPLY);
});

Deno.test("ReplyCache.find() refuses with 59 what it keeps no more, and what left a gap", () => {
  const cache = new ReplyCache();
  for (const request of [1, 2, 3, 4, 6, 7]) cache.remember(request, 0n, REPLY);
  for (const request of [2, 3, 4, 6, 7]) assertEquals(cache.find(request, 0n), REPLY);
  for (const request of [1, 5]) assertRefuses(59, () => cache.find(request, 0n));
});

Deno.test("ReplyCache.find() refuses with 59 an answer that held a secret, but 3 comes first", () => {
  const cache = new ReplyCache();
  cache.remember(1, 77n, undefined);
  assertRefuses(59, () => cache.find(1, 77n));
  assertRefuses(59, () => cache.find(1, 0n));
  assertRefuses(3, () => cache.find(1, 78n));
});
