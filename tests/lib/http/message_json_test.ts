import { assertEquals, assertThrows } from "@std/assert";
import {
  keyed,
  MESSAGE_ID,
  messageBody,
  outgoingMessages,
  partitioningOf,
  SEND_MESSAGES_BODY,
} from "../../../lib/http/message_json.ts";
import { IggyError } from "../../../protocol/errors.ts";

Deno.test("MESSAGE_ID reads numbers, digits and UUIDs", () => {
  assertEquals(MESSAGE_ID.parse(7), 7n);
  assertEquals(MESSAGE_ID.parse(2n ** 64n - 1n), 2n ** 64n - 1n);
  assertEquals(MESSAGE_ID.parse(String(2n ** 128n - 1n)), 2n ** 128n - 1n);
  assertEquals(MESSAGE_ID.parse("00000000-0000-0000-0000-00000000000a"), 10n);
  assertEquals(MESSAGE_ID.parse("0".repeat(31) + "A"), 10n);
  for (const bad of ["", "x", "-1", String(2n ** 128n), "0".repeat(40), 2n ** 64n, -1, 0.5, null]) {
    assertEquals(MESSAGE_ID.safeParse(bad).success, false, String(bad));
  }
});

Deno.test("partitioningOf() and keyed() want values that fit", () => {
  const value = Uint8Array.of(2, 1, 0, 0);
  assertEquals(partitioningOf({ kind: "partition_id", value }), {
    kind: "partition_id",
    partitionId: 258,
  });
  assertEquals(partitioningOf({ kind: "messages_key", value }), {
    kind: "messages_key",
    key: value,
  });
  for (const length of [0, 3, 5]) {
    const refuse = () => partitioningOf({ kind: "partition_id", value: new Uint8Array(length) });
    assertEquals(assertThrows(refuse, IggyError).code, 4028);
  }
  assertEquals(assertThrows(() => keyed(new Uint8Array(256)), IggyError).code, 4028);
});

Deno.test("messageBody() writes back what SEND_MESSAGES_BODY reads", () => {
  const user_headers = [
    { key: { kind: "raw", value: "/w==" }, value: { kind: "float64", value: "AAAAAAAA8D8=" } },
  ] as const;
  const body = SEND_MESSAGES_BODY.parse({
    partitioning: { kind: "balanced", value: "" },
    messages: [{ payload: "aGk=", user_headers: [...user_headers] }, {
      payload: "aGk=",
      user_headers: "AQID",
    }],
  });
  const [first, second] = outgoingMessages(body, 5).map((message) =>
    messageBody({
      ...message,
      userHeaders: message.userHeaders!,
      offset: 1,
      timestamp: 6,
      checksum: 9n,
    })
  );
  assertEquals(first.payload, "aGk=");
  assertEquals(first.user_headers, [...user_headers]);
  assertEquals(first.header.origin_timestamp, 5);
  assertEquals([second.user_headers, second.header.user_headers_length], ["AQID", 3]);
});
