import { assertEquals, assertThrows } from "@std/assert";
import { type PolledBytes, PolledMessages } from "../../../lib/client/polled.ts";
import type { Dialect } from "../../../protocol/command.ts";
import { MESSAGES } from "../../../protocol/message_codec.ts";
import { WireError } from "../../../protocol/errors.ts";
import { encodeUserHeaders, type UserHeader } from "../../../protocol/user_headers.ts";
import { WireWriter } from "../../../protocol/wire.ts";
import { xxh3_64 } from "../../../protocol/xxhash.ts";
import { CLASSIC_POLL, VSR_POLL } from "../../vectors/messages.ts";

const BOTH: readonly (readonly [Dialect, Uint8Array])[] = [
  ["classic", CLASSIC_POLL],
  ["vsr_0_11", VSR_POLL],
];

function answer(dialect: Dialect, bytes: Uint8Array): PolledBytes {
  return { dialect, bytes, partitionId: 1, currentOffset: 1, count: 2 };
}

/** A poll of one message with those headers. */
function polledWith(userHeaders: Uint8Array): PolledMessages {
  const writer = new WireWriter();
  const message = { id: 1n, originTimestamp: 0, payload: Uint8Array.of(1), userHeaders };
  MESSAGES.vsr_0_11.encode(writer, [message], xxh3_64);
  return new PolledMessages(answer("vsr_0_11", writer.written));
}

Deno.test("PolledMessages gives the messages of either dialect in order", () => {
  for (const [dialect, bytes] of BOTH) {
    const polled = new PolledMessages(answer(dialect, bytes));
    assertEquals([...polled].map((message) => message.text()), ["hello", "world!"]);
    assertEquals(polled.length, 2);
    assertEquals([polled.partitionId, polled.currentOffset], [1, 1]);
  }
});

Deno.test("ReceivedMessage says where, when and by which id", () => {
  for (const [dialect, bytes] of BOTH) {
    const [, message] = new PolledMessages(answer(dialect, bytes));
    assertEquals(message.partitionId, 1);
    assertEquals(message.offset, 1);
    assertEquals(message.id, 2n);
    assertEquals(message.timestamp, 1_700_000_005_000_000);
    assertEquals(message.originTimestamp, 1_700_000_000_000_000);
    assertEquals(message.headers, []);
  }
});

Deno.test("ReceivedMessage.checksum is the message's own", () => {
  const [classic] = new PolledMessages(answer("classic", CLASSIC_POLL));
  assertEquals(classic.checksum, 0xeba0e6d786630f70n);
  const [vsr] = new PolledMessages(answer("vsr_0_11", VSR_POLL));
  assertEquals(vsr.checksum, 0xb9bfbddb9ea55c8en);
});

Deno.test("PolledMessages outlives the memory it was read from", () => {
  for (const [dialect, bytes] of BOTH) {
    const memory = bytes.slice();
    const [message] = new PolledMessages(answer(dialect, memory));
    memory.fill(0xff);
    assertEquals(message.text(), "hello");
  }
});

Deno.test("ReceivedMessage.header() gives the value of a key", () => {
  const headers: UserHeader[] = [
    { key: { kind: "uint8", value: 1 }, value: { kind: "bool", value: true } },
    { key: { kind: "string", value: "type" }, value: { kind: "string", value: "text" } },
  ];
  const [message] = polledWith(encodeUserHeaders(headers));
  assertEquals(message.headers, headers);
  assertEquals(message.header("type"), "text");
  assertEquals(message.header("colour"), undefined);
});

Deno.test("ReceivedMessage.headers is read when asked for, and no sooner", () => {
  const [message] = polledWith(Uint8Array.of(0xff, 0xff));
  assertEquals(message.payload, Uint8Array.of(1));
  assertThrows(() => message.headers, WireError, "Header kind 255 is unknown");
});

Deno.test("PolledMessages refuses bytes that are no messages", () => {
  for (const [dialect, bytes] of BOTH) {
    const cut = bytes.subarray(0, bytes.length - 1);
    assertThrows(() => new PolledMessages(answer(dialect, cut)), WireError);
  }
});
