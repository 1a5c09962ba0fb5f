import { assertEquals } from "@std/assert";
import { hexList, lengthPrefixed, TicketBox } from "./configure.ts";

Deno.test("lengthPrefixed() reads names with their lengths before them", () => {
  assertEquals(lengthPrefixed("\x03foo\x02h2"), ["foo", "h2"]);
  assertEquals(lengthPrefixed(""), []);
});

Deno.test("hexList() reads byte strings with commas between them", () => {
  assertEquals(hexList("01ff,02"), [Uint8Array.of(1, 255), Uint8Array.of(2)]);
});

Deno.test("TicketBox opens its own tickets and no others", () => {
  const box = new TicketBox();
  const ticket = box.seal(Uint8Array.of(7));
  assertEquals(box.open(ticket), Uint8Array.of(7));
  ticket[31] ^= 1;
  assertEquals(box.open(ticket), undefined);
  assertEquals(box.open(ticket.subarray(1)), undefined);
  assertEquals(new TicketBox().open(ticket), undefined);
});

Deno.test("TicketBox admits a hello once", () => {
  const box = new TicketBox();
  assertEquals([box.admit(Uint8Array.of(1)), box.admit(Uint8Array.of(1))], [true, false]);
});
