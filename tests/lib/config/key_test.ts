import { assertEquals } from "@std/assert";
import { iggy, keysBelow, own } from "../../../lib/config/key.ts";
import { bool } from "../../../lib/config/values.ts";

Deno.test("iggy() and own() make keys that cannot be changed, and say whose they are", () => {
  const keys = [iggy(bool, true, "Does this"), own(bool, false, "Does that")];
  assertEquals(keys.map((key) => [key.initial, key.own]), [[true, false], [false, true]]);
  assertEquals(keys.every(Object.isFrozen), true);
});

Deno.test("keysBelow() puts keys below a table", () => {
  const key = iggy(bool, true, "Does this");
  assertEquals(keysBelow("a.b", { c: key }), { "a.b.c": key });
});
