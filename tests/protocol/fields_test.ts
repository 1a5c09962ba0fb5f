import { assertEquals, assertThrows } from "@std/assert";
import { INVALID_FORMAT, INVALID_USER_STATUS } from "../../protocol/error_codes.ts";
import { WireError } from "../../protocol/errors.ts";
import {
  absent,
  BOOL,
  counted,
  F32,
  flagged,
  followedBy,
  NAME8,
  oneOf,
  REST,
  STR32,
  struct,
  TEXT8,
  U16,
  U32,
  u32Except,
  U64,
  U64_CLAMPED,
  U64_SAFE,
  U8,
} from "../../protocol/fields.ts";
import { assertRoundTrip, decoded, encoded, hex } from "../support/codec_laws.ts";

Deno.test("Field codecs read back what they write", () => {
  for (const value of [0, 255]) assertRoundTrip(U8, value);
  for (const value of [0, 65535]) assertRoundTrip(U16, value);
  for (const value of [0, 4294967295]) assertRoundTrip(U32, value);
  for (const value of [0n, 2n ** 64n - 1n]) assertRoundTrip(U64, value);
  for (const codec of [U64_SAFE, U64_CLAMPED]) assertRoundTrip(codec, Number.MAX_SAFE_INTEGER);
  for (const value of [0, -1.5, Infinity]) assertRoundTrip(F32, value);
  for (const value of [true, false]) assertRoundTrip(BOOL, value);
  for (const value of ["a", "ü".repeat(127)]) assertRoundTrip(NAME8, value);
  for (const codec of [TEXT8, STR32]) assertRoundTrip(codec, "");
  assertRoundTrip(REST, hex("010203"));
  assertRoundTrip(counted(U8), [1, 2, 3]);
  for (const value of [undefined, 7]) assertRoundTrip(flagged(U32), value);
  for (const value of [undefined, 7]) assertRoundTrip(u32Except(0), value);
});

Deno.test("U64_SAFE.decode() refuses what U64_CLAMPED.decode() cuts down", () => {
  const bytes = hex("0000000000002000");
  assertEquals(decoded(U64_CLAMPED, bytes), Number.MAX_SAFE_INTEGER);
  assertEquals(assertThrows(() => decoded(U64_SAFE, bytes), WireError).code, INVALID_FORMAT);
});

Deno.test("REST.decode() copies, for its value outlives the buffer", () => {
  const bytes = hex("0102");
  const value = decoded(REST, bytes);
  bytes.fill(0);
  assertEquals(value, hex("0102"));
});

Deno.test("struct() writes its fields in the order in which they are listed", () => {
  const codec = struct<{ a: number; b: string; c?: number }>({ b: NAME8, a: U16, c: flagged(U8) });
  assertEquals(encoded(codec, { a: 1, b: "x" }), hex("0178 0100 00"));
  assertEquals(decoded(codec, hex("0178 0100 0105")), { a: 1, b: "x", c: 5 });
});

Deno.test("absent() takes no bytes and reads as its value", () => {
  assertEquals(encoded(absent(1), 5), new Uint8Array());
  assertEquals(decoded(absent(1), new Uint8Array()), 1);
});

Deno.test("followedBy() reads and writes what comes behind, and gives only what is in front", () => {
  const codec = followedBy(U8, { encode: (writer) => writer.u16(7), decode: (r) => r.skip(2) });
  assertEquals(encoded(codec, 1), hex("010700"));
  assertRoundTrip(codec, 1);
});

Deno.test("counted() refuses a count that the bytes do not bear out, without taking memory", () => {
  assertThrows(() => decoded(counted(U8), hex("ffffffff 01")), WireError, "passes the end");
});

Deno.test("oneOf() numbers words from the first, or as it is told", () => {
  const listed = oneOf("Word", ["a", "b"], { first: 0 });
  const numbered = oneOf("Word", { a: 1, z: 100 }, { code: INVALID_USER_STATUS });
  assertEquals(encoded(listed, "b"), hex("01"));
  assertEquals(decoded(numbered, hex("64")), "z");
  const error = assertThrows(
    () => decoded(numbered, hex("02")),
    WireError,
    "Word 2 does not exist",
  );
  assertEquals(error.code, INVALID_USER_STATUS);
  assertThrows(() => encoded(listed, "c" as "a"), WireError, 'Word "c" does not exist');
});
