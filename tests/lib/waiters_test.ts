import { assertEquals } from "@std/assert";
import { Waiters } from "../../lib/waiters.ts";

Deno.test("Waiters.wake() wakes everybody who is in, again and again", () => {
  const waiters = new Waiters();
  const woken: string[] = [];
  const [first, second] = ["first", "second"].map((name) => ({ wake: () => woken.push(name) }));
  waiters.wake();
  waiters.add(first);
  waiters.add(second);
  waiters.add(first);
  assertEquals(waiters.count, 2);
  waiters.wake();
  waiters.delete(first);
  waiters.wake();
  assertEquals([woken, waiters.count], [["first", "second", "second"], 1]);
});
