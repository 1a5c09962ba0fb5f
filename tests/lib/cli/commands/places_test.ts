import { assertEquals } from "@std/assert";
import { chosenId, countOf, STREAM } from "../../../../lib/cli/commands/places.ts";

Deno.test("STREAM takes a number or a name", () => {
  assertEquals([STREAM.parse!("7"), STREAM.parse!("orders")], [7, "orders"]);
});

Deno.test("countOf() and chosenId() say what they are for", () => {
  assertEquals(countOf("to add").about, "How many to add");
  assertEquals(chosenId("-s, --stream-id <id>").flags, "-s, --stream-id <id>");
});
