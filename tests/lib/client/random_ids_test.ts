import { assertEquals, assertMatch } from "@std/assert";
import { RandomIds } from "../../../lib/client/random_ids.ts";
import { systemEntropy } from "../../../lib/os/entropy.ts";

Deno.test("RandomIds.next() gives UUIDs of version 4", () => {
  const ids = new RandomIds(systemEntropy);
  const digits = ids.next().toString(16).padStart(32, "0");
  assertMatch(digits, /^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
});

Deno.test("RandomIds.next() gives no id twice, also beyond what it fetches at once", () => {
  const ids = new RandomIds(systemEntropy);
  const given = Array.from({ length: 1000 }, () => ids.next());
  assertEquals(new Set(given).size, 1000);
});

Deno.test("RandomIds.next() takes all other bits from the entropy, first byte first", () => {
  const ids = new RandomIds({ fill: (into) => into.forEach((_, at) => into[at] = at % 16) });
  assertEquals(ids.next(), 0x00010203_04054607_88090a0b_0c0d0e0fn);
});
