import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { parse, stringify } from "@std/toml";

Deno.test("parse() gives objects without a prototype", () => {
  const document = parse('[tcp]\naddress = "127.0.0.1:8090"\n');
  assertEquals(document, { tcp: { address: "127.0.0.1:8090" } });
  assertStrictEquals(Object.getPrototypeOf(document), null);
  assertStrictEquals(Object.getPrototypeOf(document.tcp), null);
});

Deno.test("parse() gives a bigint when a number cannot hold the integer", () => {
  assertEquals(parse("a = 7\nb = 9223372036854775807"), { a: 7, b: 9223372036854775807n });
});

Deno.test("parse() refuses with a SyntaxError that names line and column", () => {
  assertThrows(() => parse("a = 1\nb =\n"), SyntaxError, "on line 2, column 4");
  assertThrows(() => parse("a = 1\na = 2\n"), SyntaxError, "on line 2, column 1");
});

Deno.test("stringify() is read back by parse()", () => {
  const document = { name: "x", tcp: { address: "[::1]:0", enabled: true }, list: [1, 2] };
  assertEquals(parse(stringify(document)), document);
});
