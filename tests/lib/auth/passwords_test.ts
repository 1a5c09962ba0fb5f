import { assert, assertEquals, assertRejects } from "@std/assert";
import { Passwords, type PasswordsOptions } from "../../../lib/auth/passwords.ts";
import type { Clock } from "../../../lib/ports.ts";
import { IggyError } from "../../../protocol/errors.ts";

/** Counts up, so that no two salts are equal. */
class CountingEntropy {
  #next = 0;
  fill(into: Uint8Array): void {
    into.fill(this.#next++);
  }
}

class SetClock implements Clock {
  nowMs = 0;
  nowMicros = () => this.nowMs * 1000;
  monotonicMs = () => this.nowMs;
  after = () => () => {};
}

async function withPasswords(
  test: (passwords: Passwords, clock: SetClock) => Promise<void>,
  options: Partial<PasswordsOptions> = {},
): Promise<void> {
  const clock = new SetClock();
  const passwords = await Passwords.open({ entropy: new CountingEntropy(), clock, ...options });
  try {
    await test(passwords, clock);
  } finally {
    passwords.close();
  }
}

/** Whether an answer needs the worker: it does not come within this turn's microtasks. */
async function needsWorker(answer: Promise<boolean>): Promise<boolean> {
  let answered = false;
  answer.then(() => answered = true, () => {});
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  return !answered;
}

Deno.test("Passwords.verify() knows the password of a hash from others", () =>
  withPasswords(async (passwords) => {
    const hash = await passwords.hash("secret");
    assert(hash.startsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
    assertEquals(await passwords.verify("secret", hash), true);
    assertEquals(await passwords.verify("Secret", hash), false);
  }));

Deno.test("Passwords.hash() takes a new salt each time", () =>
  withPasswords(async (passwords) => {
    assert(await passwords.hash("secret") !== await passwords.hash("secret"));
  }));

Deno.test("Passwords.verify() does the work for a user who does not exist, and says no", () =>
  withPasswords(async (passwords) => {
    const answer = passwords.verify("secret", undefined);
    assertEquals(await needsWorker(answer), true);
    assertEquals(await answer, false);
    assertEquals(await needsWorker(passwords.verify("secret", undefined)), true);
  }));

Deno.test("Passwords.verify() remembers the right password of a hash, and nothing else", () =>
  withPasswords(async (passwords) => {
    const hash = await passwords.hash("secret");
    const changed = await passwords.hash("secret");
    assertEquals(await passwords.verify("secret", hash), true);
    assertEquals(await needsWorker(passwords.verify("secret", hash)), false);
    const others = [passwords.verify("Secret", hash), passwords.verify("secret", changed)];
    for (const other of others) assertEquals(await needsWorker(other), true);
    assertEquals(await Promise.all(others), [false, true]);
    assertEquals(await needsWorker(passwords.verify("Secret", hash)), true);
  }));

Deno.test("Passwords.verify() forgets after a while", () =>
  withPasswords(async (passwords, clock) => {
    const hash = await passwords.hash("secret");
    await passwords.verify("secret", hash);
    clock.nowMs = 999;
    assertEquals(await needsWorker(passwords.verify("secret", hash)), false);
    clock.nowMs = 1000;
    assertEquals(await needsWorker(passwords.verify("secret", hash)), true);
  }, { rememberedMsMax: 1000 }));

Deno.test("Passwords.verify() forgets the oldest when it has too many to remember", () =>
  withPasswords(async (passwords) => {
    const hashes = [await passwords.hash("one"), await passwords.hash("two")];
    await passwords.verify("one", hashes[0]);
    await passwords.verify("two", hashes[1]);
    assertEquals(await needsWorker(passwords.verify("two", hashes[1])), false);
    assertEquals(await needsWorker(passwords.verify("one", hashes[0])), true);
  }, { rememberedMax: 1 }));

Deno.test("Passwords.verify() spends one run on equal credentials that come together", () =>
  withPasswords(async (passwords) => {
    const hash = await passwords.hash("secret");
    const answers = Array.from({ length: 50 }, () => passwords.verify("secret", hash));
    assertEquals(new Set(await Promise.all(answers)), new Set([true]));
  }, { queueMax: 1 }));

Deno.test("Passwords refuses with 12001 when too many wait", () =>
  withPasswords(async (passwords) => {
    const first = passwords.hash("one");
    const second = passwords.hash("two");
    const error = await assertRejects(() => passwords.hash("three"), IggyError);
    assertEquals(error.code, 12001);
    await Promise.all([first, second]);
    await passwords.hash("three");
  }, { queueMax: 2 }));

Deno.test("Passwords.verify() rejects a hash that is none, and goes on", () =>
  withPasswords(async (passwords) => {
    await assertRejects(() => passwords.verify("secret", "no hash"), Error, "Argon2id fails");
    const hash = await passwords.hash("secret");
    assertEquals(await passwords.verify("secret", hash), true);
  }));

Deno.test("Passwords.close() refuses those who wait and those who come", () =>
  withPasswords(async (passwords) => {
    const waiting = passwords.hash("secret");
    passwords.close();
    await assertRejects(() => waiting, Error, "are closed");
    await assertRejects(() => passwords.hash("secret"), Error, "are closed");
  }));
