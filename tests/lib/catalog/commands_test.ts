import { assertEquals } from "@std/assert";
import { checkName, required } from "../../../lib/catalog/commands.ts";
import { NamedTable } from "../../../lib/catalog/named_table.ts";
import { assertRefuses } from "./fixtures.ts";

const TABLE = new NamedTable<{ id: number; name: string }>();
TABLE.add({ id: 0, name: "taken" });

Deno.test("required() gives what an identifier names, or refuses with the noun's code", () => {
  assertEquals(required(TABLE, "taken", "Stream", 1009).id, 0);
  assertRefuses(1009, () => required(TABLE, 1, "Stream", 1009));
});

Deno.test("checkName() counts a name in bytes of UTF-8, 1 to 255", () => {
  checkName(TABLE, "ü".repeat(127), "Stream", 1012);
  assertRefuses(4, () => checkName(TABLE, "ü".repeat(128), "Stream", 1012));
  assertRefuses(4, () => checkName(TABLE, "", "Stream", 1012));
});

Deno.test("checkName() refuses a taken name with the noun's code, unless its holder asks", () => {
  assertRefuses(1012, () => checkName(TABLE, "taken", "Stream", 1012));
  checkName(TABLE, "taken", "Stream", 1012, TABLE.find(0));
});
