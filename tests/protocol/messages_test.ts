import { assertEquals, assertThrows } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { INVALID_COMMAND, INVALID_IDENTIFIER } from "../../protocol/error_codes.ts";
import { WireError } from "../../protocol/errors.ts";
import {
  asksToWait,
  POLL_MESSAGES_HEAD,
  RESYNC_PARTITION_ID,
  SEND_MESSAGES_HEAD,
} from "../../protocol/messages.ts";
import { WireReader } from "../../protocol/wire.ts";
import { decoded, encoded, hex, specifyCommand } from "../support/codec_laws.ts";
import { RESYNC_BODY } from "../vectors/vsr_frames.ts";

specifyCommand("sendMessages", {
  request: {
    streamId: "orders",
    topicId: 7,
    partitioning: { kind: "messages_key", key: Uint8Array.of(1, 2, 3) },
    messagesCount: 1000,
  },
  response: [],
  vsr_0_11: {
    response: [{ streamId: 1, topicId: 2, partitionId: 3, baseOffset: 2 ** 45 }],
  },
});
specifyCommand("pollMessages", {
  request: {
    consumer: { kind: "consumer", id: 1 },
    streamId: "orders",
    topicId: "events",
    partitionId: undefined,
    strategy: { kind: "timestamp", value: 1_700_000_000_000_000 },
    count: 10,
    autoCommit: true,
  },
  response: { partitionId: 1, currentOffset: 2 ** 40, count: 0 },
});
Deno.test("POLL_MESSAGES carries a wait behind Iggy's body, and none where there is no wait", () => {
  const poll = {
    consumer: { kind: "consumer", id: 1 },
    streamId: 1,
    topicId: 2,
    partitionId: 3,
    strategy: { kind: "next", value: 0 },
    count: 10,
    autoCommit: true,
  } as const;
  const iggys = "01 0104 01000000 0104 01000000 0104 02000000 01 03000000 05 0000000000000000" +
    "0a000000 01";
  for (const codec of Object.values(COMMANDS.pollMessages.request)) {
    assertEquals(encoded(codec!, poll), hex(iggys));
    assertEquals(encoded(codec!, { ...poll, waitMs: 0 }), hex(iggys));
    assertEquals(encoded(codec!, { ...poll, waitMs: 5000 }), hex(`${iggys} 88130000`));
    assertEquals(decoded(codec!, hex(`${iggys} 88130000`)), { ...poll, waitMs: 5000 });
    // What is too short for a wait is overlooked as any other bytes that follow a body.
    const reader = new WireReader(hex(`${iggys} 881300`));
    assertEquals(codec!.decode(reader), poll);
  }
  const bodies = [iggys, `${iggys} 00000000`, `${iggys} 01000000`, "0104"];
  assertEquals(bodies.map((body) => asksToWait(hex(body))), [false, false, true, false]);
});
specifyCommand("flushUnsavedBuffer", {
  request: { streamId: 1, topicId: 2, partitionId: 3, fsync: true },
  response: undefined,
});

Deno.test("SEND_MESSAGES_HEAD.decode() stops where the messages start", () => {
  const reader = new WireReader(hex("0f000000 010400000000 020165 0100 01000000 aabb"));
  assertEquals(SEND_MESSAGES_HEAD.decode(reader), {
    streamId: 0,
    topicId: "e",
    partitioning: { kind: "balanced" },
    messagesCount: 1,
  });
  assertEquals(reader.rest(), hex("aabb"));
});

Deno.test("SEND_MESSAGES_HEAD.decode() refuses metadata of another length than announced", () => {
  const error = assertThrows(
    () => decoded(SEND_MESSAGES_HEAD, hex("10000000 010400000000 020165 0100 01000000 aabb")),
    WireError,
    "Metadata of 15 bytes is announced as 16",
  );
  assertEquals(error.code, INVALID_COMMAND);
});

Deno.test("SEND_MESSAGES_HEAD.decode() refuses a malformed identifier with InvalidIdentifier", () => {
  for (const stream of ["030100", "010300000000", "0200", "0205616263"]) {
    const error = assertThrows(
      () => decoded(SEND_MESSAGES_HEAD, hex(`0f000000 ${stream}`)),
      WireError,
    );
    assertEquals(error.code, INVALID_IDENTIFIER);
  }
});

Deno.test("SEND_MESSAGES.response without a body tells no offsets", () => {
  const { classic, vsr_0_11 } = COMMANDS.sendMessages.response;
  assertEquals(decoded(vsr_0_11!, new Uint8Array()), []);
  assertEquals(encoded(vsr_0_11!, []), hex("00000000"));
  assertEquals(encoded(classic!, []).length, 0);
});

Deno.test("POLL_MESSAGES_HEAD tells a fenced group member to ask for its assignment", () => {
  const head = { partitionId: RESYNC_PARTITION_ID, currentOffset: 0, count: 0 };
  assertEquals(encoded(POLL_MESSAGES_HEAD, head), RESYNC_BODY);
});
