import { assertEquals } from "@std/assert";
import { messageFacts, messageRow, payloadText } from "../../../lib/cli/message_text.ts";
import { ReceivedMessage } from "../../../lib/client/polled.ts";
import { encodeUserHeaders } from "../../../protocol/user_headers.ts";

const BINARY = new Uint8Array([0xff, 0]);
const UTF8 = new TextEncoder();

function message(
  payload: Uint8Array,
  userHeaders: Uint8Array = new Uint8Array(0),
): ReceivedMessage {
  const times = { timestamp: 1, originTimestamp: 2 };
  return new ReceivedMessage(
    { offset: 3, id: 1n << 127n, ...times, checksum: 0n, payload, userHeaders },
    4,
  );
}

Deno.test("payloadText() shows text as text and other bytes as hex, unless told", () => {
  assertEquals(payloadText(UTF8.encode("a\nb"), "auto"), "a\\nb");
  assertEquals(payloadText(BINARY, "auto"), "ff00");
  assertEquals(payloadText(BINARY, "text"), "\ufffd\\u0000");
  assertEquals(payloadText(BINARY, "base64"), "/wA=");
  assertEquals(payloadText(UTF8.encode('{ "a" : 1 }'), "json"), '{"a":1}');
  assertEquals(payloadText(UTF8.encode("no"), "json"), "no");
});

Deno.test("messageFacts() is what jsonMessage() reads, whatever the payload", () => {
  const facts = (payload: Uint8Array, format: "text" | "json" | "hex") =>
    messageFacts(message(payload), format) as Record<string, unknown>;
  assertEquals(facts(UTF8.encode("x"), "text").payload, "x");
  assertEquals(facts(UTF8.encode("[1]"), "json").payload, [1]);
  const { payload, encoding, id, partitionId } = facts(BINARY, "text");
  assertEquals([payload, encoding, id, partitionId], ["/wA=", "base64", 1n << 127n, 4]);
  assertEquals(facts(BINARY, "hex").encoding, "hex");
});

Deno.test("messageRow.headers() shows each, and nothing of headers in another format", () => {
  const headers = encodeUserHeaders([
    { key: { kind: "string", value: "a" }, value: { kind: "int32", value: -7 } },
    { key: { kind: "string", value: "b" }, value: { kind: "raw", value: BINARY } },
  ]);
  assertEquals(messageRow.headers(message(BINARY, headers)), "a=-7 b=ff00");
  assertEquals(messageRow.headers(message(BINARY, BINARY)), "");
});
