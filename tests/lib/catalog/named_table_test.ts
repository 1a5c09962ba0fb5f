import { assertEquals, assertStrictEquals } from "@std/assert";
import { NamedTable } from "../../../lib/catalog/named_table.ts";

function tableOf(...names: string[]): NamedTable<{ id: number; name: string }> {
  const table = new NamedTable<{ id: number; name: string }>();
  for (const name of names) table.add({ id: table.nextId, name });
  return table;
}

Deno.test("NamedTable.find() takes a number as an id and a string as a name, even of digits", () => {
  const table = tableOf("a", "0");
  assertEquals(table.find(0)?.name, "a");
  assertEquals(table.find("0")?.id, 1);
  assertEquals(table.find(2), undefined);
});

Deno.test("NamedTable never gives an id twice", () => {
  const table = tableOf("a", "b");
  table.remove(table.find("b")!);
  assertEquals(table.nextId, 2);
  assertEquals(table.size, 1);
});

Deno.test("NamedTable.rename() frees the old name", () => {
  const table = tableOf("a");
  const thing = table.find("a")!;
  table.rename(thing, "b");
  assertEquals(table.find("a"), undefined);
  assertStrictEquals(table.find("b"), thing);
  assertStrictEquals(table.find(0), thing);
});

Deno.test("NamedTable.values() come by ascending id after removals and renames", () => {
  const table = tableOf("a", "b", "c");
  table.rename(table.find("a")!, "z");
  table.remove(table.find("b")!);
  table.add({ id: table.nextId, name: "b" });
  assertEquals(Array.from(table.values(), ({ id }) => id), [0, 2, 3]);
});
