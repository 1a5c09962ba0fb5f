import { assertEquals, assertThrows } from "@std/assert";
import { INVALID_FORMAT } from "../../protocol/error_codes.ts";
import { WireError } from "../../protocol/errors.ts";
import {
  ALL_GLOBAL_PERMISSIONS,
  type GlobalPermissions,
  OPTIONAL_PERMISSIONS,
  PERMISSIONS,
  type Permissions,
} from "../../protocol/permissions.ts";
import { assertCodecLaws, decoded, encoded, hex } from "../support/codec_laws.ts";

const NO_STREAM = {
  manageStream: false,
  readStream: false,
  manageTopics: false,
  readTopics: false,
  pollMessages: false,
  sendMessages: false,
  topics: new Map(),
};

const NO_TOPIC = { manageTopic: false, readTopic: false, pollMessages: false, sendMessages: false };

const EXAMPLE: Permissions = {
  global: ALL_GLOBAL_PERMISSIONS,
  streams: new Map([[3, {
    ...NO_STREAM,
    readStream: true,
    topics: new Map([[5, { ...NO_TOPIC, pollMessages: true }]]),
  }]]),
};

Deno.test("PERMISSIONS reads and writes the example of CLASSIC.md section 4", () => {
  const bytes = hex(
    "01010101010101010101 01 03000000 000100000000 01 05000000 00000100 00 00",
  );
  assertEquals(bytes.length, 32);
  assertEquals(encoded(PERMISSIONS, EXAMPLE), bytes);
  assertEquals(decoded(PERMISSIONS, bytes), EXAMPLE);
});

Deno.test("PERMISSIONS obeys the laws of codecs", () => {
  const many: Permissions = {
    global: { ...ALL_GLOBAL_PERMISSIONS, manageServers: false },
    streams: new Map([
      [0, { ...NO_STREAM, topics: new Map([[0, NO_TOPIC], [4294967295, NO_TOPIC]]) }],
      [1, NO_STREAM],
    ]),
  };
  assertCodecLaws(PERMISSIONS, many);
  assertCodecLaws(OPTIONAL_PERMISSIONS, many);
  assertCodecLaws(OPTIONAL_PERMISSIONS, undefined);
});

Deno.test("PERMISSIONS.encode() sorts streams and topics by id", () => {
  const shuffled: Permissions = {
    global: ALL_GLOBAL_PERMISSIONS,
    streams: new Map([[10, NO_STREAM], [9, NO_STREAM]]),
  };
  const ids = [...decoded(PERMISSIONS, encoded(PERMISSIONS, shuffled)).streams.keys()];
  assertEquals(ids, [9, 10]);
});

Deno.test("PERMISSIONS has a byte for each global right, in the order of the sheet", () => {
  const order: (keyof GlobalPermissions)[] = [
    "manageServers",
    "readServers",
    "manageUsers",
    "readUsers",
    "manageStreams",
    "readStreams",
    "manageTopics",
    "readTopics",
    "pollMessages",
    "sendMessages",
  ];
  for (const [at, name] of order.entries()) {
    const bytes = new Uint8Array(11);
    bytes[at] = 1;
    const { global } = decoded(PERMISSIONS, bytes);
    assertEquals(order.filter((each) => global[each]), [name]);
  }
});

Deno.test("OPTIONAL_PERMISSIONS.decode() refuses another length than announced", () => {
  for (const announced of ["0a", "0c"]) {
    const error = assertThrows(
      () => decoded(OPTIONAL_PERMISSIONS, hex(`01 ${announced}000000 0000000000000000000000`)),
      WireError,
    );
    assertEquals(error.code, INVALID_FORMAT);
  }
});
