import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { USER_TOKENS_MAX, WebSocketTokens } from "../../../lib/auth/web_socket_tokens.ts";
import { systemEntropy } from "../../../lib/os/entropy.ts";
import { SimClock } from "../../support/sim_clock.ts";

function tokensAt(clock = new SimClock()) {
  return { clock, tokens: new WebSocketTokens({ clock, entropy: systemEntropy }) };
}

Deno.test("WebSocketTokens.redeem() gives the user once", async () => {
  const { tokens } = tokensAt();
  const [first, second] = [await tokens.issue(3), await tokens.issue(4)];
  assertNotEquals(first.token, second.token);
  assertEquals(await tokens.redeem(second.token), 4);
  assertEquals(await tokens.redeem(first.token), 3);
  assertEquals(await tokens.redeem(first.token), undefined);
});

Deno.test("WebSocketTokens.redeem() knows no token that was not issued", async () => {
  const { tokens } = tokensAt();
  await tokens.issue(3);
  for (const token of ["", "c2VjcmV0", "x".repeat(255)]) {
    assertEquals(await tokens.redeem(token), undefined);
  }
});

Deno.test("WebSocketTokens.issue() gives a token that lives for a minute", async () => {
  const { clock, tokens } = tokensAt();
  const now = Math.floor(clock.nowMicros() / 1_000_000);
  const [first, second] = [await tokens.issue(3), await tokens.issue(3)];
  assertEquals(first.expiry, now + 60);
  clock.advance(59_999);
  assertEquals(await tokens.redeem(first.token), 3);
  clock.advance(1);
  assertEquals(await tokens.redeem(second.token), undefined);
});

Deno.test("WebSocketTokens.issue() forgets a user's oldest token for one too many, and nobody else's", async () => {
  const { clock, tokens } = tokensAt();
  const other = await tokens.issue(4);
  const mine: string[] = [];
  for (let count = 0; count <= USER_TOKENS_MAX; count++) {
    mine.push((await tokens.issue(3)).token);
    clock.advance(1);
  }
  assertEquals(await tokens.redeem(mine[0]), undefined);
  assertEquals(await tokens.redeem(mine[1]), 3);
  assertEquals(await tokens.redeem(mine.at(-1)!), 3);
  assertEquals(await tokens.redeem(other.token), 4);
});

Deno.test("WebSocketTokens.issue() takes expired tokens out of the count", async () => {
  const { clock, tokens } = tokensAt();
  for (let count = 0; count < USER_TOKENS_MAX; count++) await tokens.issue(3);
  clock.advance(60_000);
  const live: string[] = [];
  for (let count = 0; count < USER_TOKENS_MAX; count++) live.push((await tokens.issue(3)).token);
  for (const token of live) assert(await tokens.redeem(token) === 3);
});
