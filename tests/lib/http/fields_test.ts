import { assertEquals } from "@std/assert";
import type { z } from "zod";
import {
  BOOL_TEXT,
  BYTE_SIZE,
  IDENTIFIER,
  identifierOf,
  U32_TEXT,
  U64,
  U64_CLAMPED,
  U64_TEXT,
} from "../../../lib/http/fields.ts";

Deno.test("identifierOf() takes a text that is a u32 for a number, any other for a name", () => {
  assertEquals(identifierOf("0"), 0);
  assertEquals(identifierOf("4294967295"), 4294967295);
  assertEquals(identifierOf("4294967296"), "4294967296");
  assertEquals(identifierOf("-1"), "-1");
  assertEquals(identifierOf("1a"), "1a");
  assertEquals(identifierOf("orders"), "orders");
});

Deno.test("U32_TEXT takes 0 to 2^32 - 1", () => {
  assertEquals(read(U32_TEXT, ["0", "4294967295"]), [0, 4294967295]);
  assertEquals(read(U32_TEXT, ["4294967296", "-1", "1.5", "", " 1", "abc"]), []);
});

Deno.test("U64 takes 0 to 2^64 - 1", () => {
  assertEquals(read(U64, [0, 2 ** 53 - 1, 2n ** 64n - 1n]), [0n, 2n ** 53n - 1n, 2n ** 64n - 1n]);
  assertEquals(read(U64, [-1, 1.5, 2n ** 64n, -1n, "1", null]), []);
});

Deno.test("BYTE_SIZE takes what formatByteSize() writes", () => {
  assertEquals(read(BYTE_SIZE, ["0 B", "1.5 KiB", "1234.567 KB"]).length, 3);
  assertEquals(read(BYTE_SIZE, ["1", "1  B", "1.5555 KB", "1 XB", 5]), []);
});

/** What a schema makes of the values it takes. */
function read(schema: z.ZodType, values: readonly unknown[]): unknown[] {
  return values.map((value) => schema.safeParse(value)).filter(({ success }) => success)
    .map(({ data }) => data);
}

Deno.test("U64_TEXT reads a u64 and clamps what no offset reaches", () => {
  assertEquals(U64_TEXT.parse("42"), 42);
  assertEquals(U64_TEXT.parse("18446744073709551615"), Number.MAX_SAFE_INTEGER);
  for (const text of ["18446744073709551616", "-1", "1.5", "", "0x1"]) {
    assertEquals(U64_TEXT.safeParse(text).success, false, text);
  }
});

Deno.test("U64_CLAMPED does the same with numbers", () => {
  assertEquals(U64_CLAMPED.parse(42), 42);
  assertEquals(U64_CLAMPED.parse(2n ** 64n - 1n), Number.MAX_SAFE_INTEGER);
  for (const value of [2n ** 64n, -1, 1.5, "1"]) {
    assertEquals(U64_CLAMPED.safeParse(value).success, false, String(value));
  }
});

Deno.test("IDENTIFIER takes numbers and names of at most 255 bytes", () => {
  assertEquals(IDENTIFIER.parse(7), 7);
  assertEquals(IDENTIFIER.parse("7"), 7);
  assertEquals(IDENTIFIER.parse("orders"), "orders");
  for (const value of ["", "ü".repeat(128), 2 ** 32, -1, null]) {
    assertEquals(IDENTIFIER.safeParse(value).success, false, String(value));
  }
});

Deno.test("BOOL_TEXT reads true and false only", () => {
  assertEquals([BOOL_TEXT.parse("true"), BOOL_TEXT.parse("false")], [true, false]);
  assertEquals(BOOL_TEXT.safeParse("1").success, false);
});
