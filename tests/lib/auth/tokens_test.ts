import { assertEquals, assertMatch } from "@std/assert";
import {
  hashToken,
  isTokenExpired,
  newTokenSecret,
  tokenExpiryAt,
} from "../../../lib/auth/tokens.ts";
import { NEVER_EXPIRES } from "../../../protocol/options.ts";

const NOW = 1_700_000_000_000_000;

Deno.test("newTokenSecret() is the base64 of 50 bytes of the entropy", async () => {
  const entropy = { fill: (into: Uint8Array) => void into.fill(0xff) };
  const { raw, hash } = await newTokenSecret(entropy);
  assertEquals(raw, "/".repeat(66) + "8=");
  assertEquals(raw.length, 68);
  assertEquals(hash, await hashToken(raw));
});

Deno.test("hashToken() is BLAKE3 in hex", async () => {
  const abc = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
  assertEquals(await hashToken("abc"), abc);
  assertMatch(await hashToken(""), /^[0-9a-f]{64}$/);
});

Deno.test("tokenExpiryAt() adds the expiry to now; 0, the largest u64 and 2^53 mean never", () => {
  assertEquals(tokenExpiryAt(5n, NOW), NOW + 5);
  for (const expiry of [0n, NEVER_EXPIRES, NEVER_EXPIRES - 1n, 2n ** 53n]) {
    assertEquals(tokenExpiryAt(expiry, NOW), undefined);
  }
});

Deno.test("isTokenExpired() is true from the end on", () => {
  assertEquals(isTokenExpired(NOW + 1, NOW), false);
  assertEquals(isTokenExpired(NOW, NOW), true);
  assertEquals(isTokenExpired(undefined, NOW), false);
});
