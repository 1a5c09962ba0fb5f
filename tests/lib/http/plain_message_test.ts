import { assertEquals } from "@std/assert";
import {
  headersOf,
  headersOfRequest,
  payloadOf,
  PLAIN_MESSAGE,
  plainLine,
  type PlainMessage,
  responseHeaders,
} from "../../../lib/http/plain_message.ts";
import type { Message } from "../../../protocol/message_codec.ts";
import { decodeUserHeaders, encodeUserHeaders } from "../../../protocol/user_headers.ts";

const MESSAGE: Message = {
  id: 10n,
  offset: 3,
  timestamp: 4,
  originTimestamp: 5,
  checksum: 6n,
  payload: new TextEncoder().encode("héllo"),
  userHeaders: new Uint8Array(),
};

const read = (line: unknown): PlainMessage => PLAIN_MESSAGE.parse(line);
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

Deno.test("payloadOf() takes a text as it is, and any other value as JSON", () => {
  assertEquals(text(payloadOf(read({ payload: "héllo" }))), "héllo");
  assertEquals(
    text(payloadOf(read({ payload: { a: [2n ** 64n, null] } }))),
    '{"a":[18446744073709551616,null]}',
  );
  assertEquals(text(payloadOf(read({ payload: null }))), "null");
  assertEquals(payloadOf(read({ payload_base64: "AP8=" })), Uint8Array.of(0, 255));
  assertEquals(payloadOf(read({ payload_base64: "AP8" })), undefined);
});

Deno.test("PLAIN_MESSAGE wants one payload, and one place to go", () => {
  const isTaken = (line: unknown) => PLAIN_MESSAGE.safeParse(line).success;
  assertEquals(isTaken({}), false);
  assertEquals(isTaken({ payload: 1, payload_base64: "" }), false);
  assertEquals(isTaken({ payload: 1, key: "a", partition_id: 0 }), false);
  assertEquals(isTaken({ payload: 1, headers: { a: [] } }), false);
  assertEquals(isTaken({ payload: 1, offset: 7 }), true);
});

Deno.test("headersOf() gives each value the kind it has in JSON", () => {
  const bytes = headersOf(read({ payload: 1, headers: { s: "x", b: true, i: -7, f: 1.5 } }))!;
  assertEquals(decodeUserHeaders(bytes).map(({ value }) => value), [
    { kind: "string", value: "x" },
    { kind: "bool", value: true },
    { kind: "int64", value: -7n },
    { kind: "float64", value: 1.5 },
  ]);
  assertEquals(headersOf(read({ payload: 1 })), undefined);
});

Deno.test("headersOfRequest() and responseHeaders() carry text beyond ASCII", () => {
  const latin1 = String.fromCharCode(...new TextEncoder().encode("größe"));
  const headers = new Headers({ "whippet-header-Size": latin1, "content-type": "x/y" });
  const userHeaders = headersOfRequest(headers)!;
  assertEquals(decodeUserHeaders(userHeaders), [
    { key: { kind: "string", value: "size" }, value: { kind: "string", value: "größe" } },
  ]);
  const back = responseHeaders(0, { ...MESSAGE, userHeaders });
  assertEquals(back.get("whippet-header-size"), latin1);
});

Deno.test("responseHeaders() leaves out what a header cannot hold", () => {
  const field = (value: string) => ({ kind: "string", value } as const);
  const userHeaders = encodeUserHeaders([
    { key: field("two words"), value: field("a") },
    { key: field("split"), value: field("a\r\nset-cookie: b") },
    { key: field("fine"), value: field("a") },
  ]);
  const names = [...responseHeaders(1, { ...MESSAGE, userHeaders }).keys()];
  assertEquals(names.filter((name) => name.startsWith("whippet-header-")), ["whippet-header-fine"]);
});

Deno.test("plainLine() writes text as text, and anything else in base64", () => {
  assertEquals(
    plainLine(7, MESSAGE),
    '{"partition_id":7,"offset":3,"timestamp":4,"id":"00000000-0000-0000-0000-00000000000a","payload":"héllo"}',
  );
  const raw = JSON.parse(plainLine(7, {
    ...MESSAGE,
    payload: Uint8Array.of(255),
    userHeaders: Uint8Array.of(1, 2, 3),
  }));
  assertEquals([raw.payload_base64, raw.headers_base64], ["/w==", "AQID"]);
});
