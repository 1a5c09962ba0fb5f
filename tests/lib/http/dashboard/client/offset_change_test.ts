import { assertEquals } from "@std/assert";
import { cellsOf, changeOf } from "../../../../../lib/http/dashboard/client/offset_change.ts";

Deno.test("cellsOf() reads what the page says of its partitions", () => {
  assertEquals(cellsOf("0:4:10,3:-1:0"), [
    { partitionId: 0, stored: 4, end: 10 },
    { partitionId: 3, stored: -1, end: 0 },
  ]);
  assertEquals(cellsOf(""), []);
});

Deno.test("changeOf() says what becomes of the messages between", () => {
  const cell = { partitionId: 0, stored: 4, end: 1300 };
  assertEquals(changeOf(cell, 5), "Changes nothing");
  assertEquals(changeOf(cell, 6), "Skips 1 message");
  assertEquals(changeOf(cell, 1205), "Skips 1,200 messages");
  assertEquals(changeOf(cell, 2), "Reads 3 messages again");
});

Deno.test("changeOf() knows no offset that the node would refuse", () => {
  const cell = { partitionId: 0, stored: 4, end: 10 };
  for (const next of [0, -1, 11, 2.5, NaN]) assertEquals(changeOf(cell, next), undefined);
});
