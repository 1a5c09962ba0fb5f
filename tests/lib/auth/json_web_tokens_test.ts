import { assertEquals, assertRejects } from "@std/assert";
import { sign } from "hono/jwt";
import { JsonWebTokens, type JsonWebTokenSettings } from "../../../lib/auth/json_web_tokens.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { SimClock } from "../../support/sim_clock.ts";

const SETTINGS: JsonWebTokenSettings = {
  algorithm: "HS256",
  issuer: "node",
  audience: "clients",
  validIssuers: ["node"],
  validAudiences: ["clients"],
  lifetimeSeconds: 3600,
  clockSkewSeconds: 5,
  notBeforeSeconds: 0,
};

const SECRET = new TextEncoder().encode("a secret of 32 bytes, or of more");

function tokens(changes: Partial<JsonWebTokenSettings> = {}, clock = new SimClock()) {
  const entropy = { fill: (into: Uint8Array) => void crypto.getRandomValues(into) };
  return new JsonWebTokens({ ...SETTINGS, ...changes }, { encoding: SECRET }, { clock, entropy });
}

async function assertRefused(judge: JsonWebTokens, token: string): Promise<void> {
  assertEquals((await assertRejects(() => judge.verify(token), IggyError)).code, 40);
}

Deno.test("JsonWebTokens.verify() takes what issue() gave, of any of its nodes", async () => {
  const { token, expiry } = await tokens().issue(7);
  const claims = await tokens().verify(token);
  assertEquals([claims.userId, claims.expiry], [7, expiry]);
});

Deno.test("JsonWebTokens.verify() refuses a token after its lifetime and the skew", async () => {
  const clock = new SimClock();
  const judge = tokens({}, clock);
  const { token } = await judge.issue(7);
  clock.advance(3605_000);
  await judge.verify(token);
  clock.advance(1_000);
  await assertRefused(judge, token);
});

Deno.test("JsonWebTokens.verify() refuses a token before its time", async () => {
  const judge = tokens({ notBeforeSeconds: 60 });
  await assertRefused(judge, (await judge.issue(7)).token);
});

Deno.test("JsonWebTokens.verify() refuses other issuers, audiences and algorithms", async () => {
  const { token } = await tokens().issue(7);
  await assertRefused(tokens({ validIssuers: ["other"] }), token);
  await assertRefused(tokens({ validAudiences: [] }), token);
  await assertRefused(tokens({ algorithm: "HS512" }), token);
});

Deno.test("JsonWebTokens.verify() refuses a token that says it needs no signature", async () => {
  const { token } = await tokens().issue(7);
  const [, payload, signature] = token.split(".");
  const none = btoa('{"alg":"none","typ":"JWT"}').replaceAll("=", "");
  for (const forged of [`${none}.${payload}.`, `${none}.${payload}.${signature}`, `.${payload}.`]) {
    await assertRefused(tokens(), forged);
  }
});

Deno.test("JsonWebTokens.verify() refuses a token with another key or a changed byte", async () => {
  const now = Math.floor(new SimClock().nowMicros() / 1e6);
  const claims = { jti: "x", iss: "node", aud: "clients", sub: "0", iat: now, exp: now + 60 };
  await assertRefused(tokens(), await sign(claims, "another key", "HS256"));
  const { token } = await tokens().issue(7);
  for (let at = 0; at < token.length - 1; at += 7) {
    const changed = token[at] === "A" ? "B" : "A";
    await assertRefused(tokens(), token.slice(0, at) + changed + token.slice(at + 1));
  }
});

Deno.test("JsonWebTokens.verify() refuses claims of a wrong kind, rightly signed", async () => {
  const now = Math.floor(new SimClock().nowMicros() / 1e6);
  const right = { jti: "x", iss: "node", aud: "clients", sub: "0", iat: now, exp: now + 60 };
  const key = new TextDecoder().decode(SECRET);
  await tokens().verify(await sign(right, key, "HS256"));
  for (
    const wrong of [{ sub: "-1" }, { sub: 0 }, { exp: "never" }, { jti: undefined }, { iat: 1.5 }]
  ) {
    await assertRefused(tokens(), await sign({ ...right, ...wrong } as never, key, "HS256"));
  }
});

Deno.test("JsonWebTokens.revoke() ends one token and no other", async () => {
  const judge = tokens();
  const [one, other] = [await judge.issue(7), await judge.issue(7)];
  judge.revoke(await judge.verify(one.token));
  await assertRefused(judge, one.token);
  await judge.verify(other.token);
});

Deno.test("JsonWebTokens.issue() stamps a token for ever far ahead", async () => {
  const judge = tokens({ lifetimeSeconds: undefined });
  const { token, expiry } = await judge.issue(7);
  assertEquals(expiry, (await judge.verify(token)).issuedAt + 1_000_000_000);
});
