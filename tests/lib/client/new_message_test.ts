import { assertEquals, assertThrows } from "@std/assert";
import { outgoing } from "../../../lib/client/new_message.ts";
import { INVALID_HEADER_VALUE } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { decodeUserHeaders } from "../../../protocol/user_headers.ts";

const DEFAULTS = { originTimestamp: 1_700_000_000_000_000, nextId: () => 99n };

Deno.test("outgoing() fills in an id and the time", () => {
  assertEquals(outgoing({ payload: "hé" }, DEFAULTS), {
    id: 99n,
    originTimestamp: 1_700_000_000_000_000,
    payload: Uint8Array.of(0x68, 0xc3, 0xa9),
    userHeaders: undefined,
  });
});

Deno.test("outgoing() keeps an id and a time that are given, and copies no payload", () => {
  const payload = Uint8Array.of(1, 2);
  const message = outgoing({ payload, id: 0n, originTimestamp: 5 }, DEFAULTS);
  assertEquals(message.id, 0n);
  assertEquals(message.originTimestamp, 5);
  assertEquals(message.payload === payload, true);
});

Deno.test("outgoing() gives each header the kind of its value", () => {
  const { userHeaders } = outgoing({
    payload: "x",
    headers: {
      type: "text",
      urgent: true,
      raw: Uint8Array.of(7),
      attempt: { kind: "uint32", value: 3 },
    },
  }, DEFAULTS);
  assertEquals(decodeUserHeaders(userHeaders!), [
    { key: { kind: "string", value: "type" }, value: { kind: "string", value: "text" } },
    { key: { kind: "string", value: "urgent" }, value: { kind: "bool", value: true } },
    { key: { kind: "string", value: "raw" }, value: { kind: "raw", value: Uint8Array.of(7) } },
    { key: { kind: "string", value: "attempt" }, value: { kind: "uint32", value: 3 } },
  ]);
});

Deno.test("outgoing() refuses a number that does not say its kind", () => {
  const headers = { attempt: 3 } as unknown as Record<string, string>;
  const error = assertThrows(() => outgoing({ payload: "x", headers }, DEFAULTS), IggyError);
  assertEquals(error.code, INVALID_HEADER_VALUE);
  assertEquals(error.message, "Header value 3 does not say which kind it has");
});
