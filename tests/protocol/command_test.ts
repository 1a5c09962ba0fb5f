import { assertEquals } from "@std/assert";
import { bodies, EMPTY, optional, untilEnd } from "../../protocol/command.ts";
import { U16, U8 } from "../../protocol/fields.ts";
import { assertRoundTrip, decoded, encoded, hex } from "../support/codec_laws.ts";

Deno.test("bodies() takes one codec for the same bytes in every dialect", () => {
  const { request, response } = bodies(U8, { classic: U8, vsr_0_11: undefined });
  assertEquals(request, { classic: U8, vsr_0_11: U8 });
  assertEquals(response, { classic: U8, vsr_0_11: undefined });
});

Deno.test("EMPTY reads and writes nothing", () => {
  assertEquals(encoded(EMPTY, undefined), new Uint8Array());
  assertEquals(decoded(EMPTY, hex("01")), undefined);
});

Deno.test("optional() is an empty body when there is nothing", () => {
  assertEquals(encoded(optional(U8), undefined), new Uint8Array());
  assertRoundTrip(optional(U8), undefined);
  assertRoundTrip(optional(U8), 0);
});

Deno.test("untilEnd() reads values up to the end of the body", () => {
  assertRoundTrip(untilEnd(U16), []);
  assertRoundTrip(untilEnd(U16), [1, 2, 3]);
});
