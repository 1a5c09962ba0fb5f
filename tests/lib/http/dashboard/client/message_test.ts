import { assertEquals } from "@std/assert";
import {
  type BrowsedMessage,
  filterOf,
  headersOf,
  hexDump,
  jsonOf,
  messageOf,
  previewOf,
} from "../../../../../lib/http/dashboard/client/message.ts";

Deno.test("messageOf() reads lines of texts and of bytes, and passes over signs of life", () => {
  const text = messageOf('{"partition_id":1,"offset":7,"timestamp":5,"id":"x","payload":"é"}')!;
  assertEquals([text.partitionId, text.offset, text.text, text.bytes.length], [1, 7, "é", 2]);
  const bytes = messageOf('{"partition_id":0,"offset":0,"timestamp":5,"payload_base64":"/wA="}')!;
  assertEquals([bytes.text, [...bytes.bytes], bytes.headers], [undefined, [255, 0], {}]);
  assertEquals(messageOf(""), undefined);
  assertEquals(messageOf('{"error":{"code":"x"}}'), undefined);
});

Deno.test("previewOf() is one line, of hex where there is no text", () => {
  assertEquals(previewOf(message("a\n  b")), "a b");
  assertEquals(
    previewOf({ ...message(""), text: undefined, bytes: Uint8Array.of(1, 255) }),
    "01 ff",
  );
});

Deno.test("hexDump() shows 16 bytes a line beside what of them is text", () => {
  const dump = hexDump(new TextEncoder().encode("hello, whippet!\n!"));
  assertEquals(dump.split("\n"), [
    "00000000  68 65 6c 6c 6f 2c 20 77 68 69 70 70 65 74 21 0a  hello, whippet!.",
    `00000010  21${" ".repeat(46)} !`,
  ]);
});

Deno.test("jsonOf() makes a tree of objects and lists only", () => {
  assertEquals(jsonOf(message('{"a":1}')), { a: 1 });
  for (const text of ["7", '"a"', "{no", ""]) assertEquals(jsonOf(message(text)), undefined);
});

Deno.test("filterOf() looks for text, for a header or along a path", () => {
  const one = message('{"customer":{"country":"PL"},"lines":[{"sku":"A-1"}]}', { colour: "Blue" });
  const passes = (query: string) => filterOf(query)(one);
  assertEquals(["", "pl", "blue", "colour=blue", "$.customer.country=pl"].map(passes), [
    true,
    true,
    true,
    true,
    true,
  ]);
  assertEquals(passes("$.lines.0.sku=a-1"), true);
  assertEquals(["DE", "colour=red", "$.customer.city=x", "$.__proto__.x=y"].map(passes), [
    false,
    false,
    false,
    false,
  ]);
});

Deno.test("headersOf() reads pairs, and nothing from nothing", () => {
  assertEquals(headersOf(" a=1, b = x=y ,c"), { a: "1", b: "x=y", c: "" });
  assertEquals(headersOf(" , "), undefined);
});

function message(text: string, headers: Record<string, unknown> = {}): BrowsedMessage {
  const bytes = new TextEncoder().encode(text);
  return { partitionId: 0, offset: 0, timestamp: 0, id: "", headers, text, bytes };
}
