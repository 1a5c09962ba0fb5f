import { assertEquals } from "@std/assert";
import { Lru } from "../../../lib/log/lru.ts";

const one = () => 1;

Deno.test("Lru.add() lets go of what was not used for longest", () => {
  const gone: string[] = [];
  const lru = new Lru<string, string>(2, one, (value) => gone.push(value) > 0);
  lru.add("a", "A");
  lru.add("b", "B");
  lru.use("a");
  lru.add("c", "C");
  assertEquals(gone, ["B"]);
  assertEquals([lru.use("a"), lru.use("b"), lru.use("c")], ["A", undefined, "C"]);
  assertEquals(lru.size, 2);
});

Deno.test("Lru.add() skips what may not go, and exceeds the bound when nothing may", () => {
  const lru = new Lru<string, string>(2, one, (value) => value !== "A" && value !== "D");
  lru.add("a", "A");
  lru.add("b", "B");
  lru.add("d", "D");
  assertEquals([lru.use("a"), lru.use("b"), lru.use("d")], ["A", undefined, "D"]);
  lru.add("e", "E");
  assertEquals(lru.size, 3);
});

Deno.test("Lru.add() goes by weight", () => {
  const lru = new Lru<string, number>(10, (value) => value);
  lru.add("a", 4);
  lru.add("b", 5);
  lru.add("c", 2);
  assertEquals([lru.use("a"), lru.use("b"), lru.use("c")], [undefined, 5, 2]);
  lru.add("d", 100);
  assertEquals(lru.size, 1);
});

Deno.test("Lru.makeRoom() lets go before there is something to add", () => {
  const lru = new Lru<string, number>(3, one);
  for (const key of ["a", "b", "c"]) lru.add(key, 0);
  lru.makeRoom(1);
  assertEquals(lru.size, 2);
  lru.makeRoom(1);
  assertEquals(lru.size, 2);
});

Deno.test("Lru.remove() takes out without asking", () => {
  const lru = new Lru<string, number>(1, one, () => false);
  lru.add("a", 7);
  assertEquals(lru.remove("a"), 7);
  assertEquals(lru.remove("a"), undefined);
  lru.add("a", 8);
  assertEquals(lru.use("a"), 8);
});
