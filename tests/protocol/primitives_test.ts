import { assertEquals, assertThrows } from "@std/assert";
import type { Codec } from "../../protocol/command.ts";
import { INVALID_COMMAND, INVALID_FORMAT, INVALID_IDENTIFIER } from "../../protocol/error_codes.ts";
import { WireError } from "../../protocol/errors.ts";
import {
  CONSUMER,
  IDENTIFIER,
  OPTIONAL_PARTITION_ID,
  PARTITIONING,
  POLLING_STRATEGY,
} from "../../protocol/primitives.ts";
import { assertCodecLaws, decoded, encoded, hex } from "../support/codec_laws.ts";

Deno.test("Primitives are written as CLASSIC.md section 3 says, and read back", () => {
  example(IDENTIFIER, 5, "010405000000");
  example(IDENTIFIER, 0, "010400000000");
  example(IDENTIFIER, 4294967295, "0104ffffffff");
  example(IDENTIFIER, "orders", "02066f7264657273");
  example(IDENTIFIER, "7", "020137");
  example(CONSUMER, { kind: "consumer", id: 1 }, "01 010401000000");
  example(CONSUMER, { kind: "consumer_group", id: "g" }, "02 020167");
  example(OPTIONAL_PARTITION_ID, 3, "01 03000000");
  example(OPTIONAL_PARTITION_ID, undefined, "00 00000000");
  example(POLLING_STRATEGY, { kind: "offset", value: 9 }, "01 0900000000000000");
  example(POLLING_STRATEGY, { kind: "timestamp", value: 2 ** 50 }, "02 0000000000000400");
  example(POLLING_STRATEGY, { kind: "first", value: 0 }, "03 0000000000000000");
  example(POLLING_STRATEGY, { kind: "last", value: 0 }, "04 0000000000000000");
  example(POLLING_STRATEGY, { kind: "next", value: 0 }, "05 0000000000000000");
  example(PARTITIONING, { kind: "balanced" }, "01 00");
  example(PARTITIONING, { kind: "partition_id", partitionId: 1 }, "02 04 01000000");
  example(PARTITIONING, { kind: "messages_key", key: hex("2a00") }, "03 02 2a00");
});

Deno.test("OPTIONAL_PARTITION_ID.decode() takes any flag but 1 for absent", () => {
  assertEquals(decoded(OPTIONAL_PARTITION_ID, hex("02 03000000")), undefined);
});

Deno.test("POLLING_STRATEGY.decode() takes a value beyond 2^53 for the largest there is", () => {
  assertEquals(decoded(POLLING_STRATEGY, hex("01 ffffffffffffffff")), {
    kind: "offset",
    value: Number.MAX_SAFE_INTEGER,
  });
});

Deno.test("Primitives that are none are refused with the code of their fault", () => {
  refused(IDENTIFIER, "03 04 00000000", INVALID_COMMAND, "Identifier kind 3 does not exist");
  refused(IDENTIFIER, "01 05 0000000000", INVALID_FORMAT, "Value of 5 bytes is not 4 bytes long");
  refused(IDENTIFIER, "02 00", INVALID_FORMAT, "Name is empty");
  refused(IDENTIFIER, "02 02 ff", INVALID_COMMAND, "passes the end");
  refused(IDENTIFIER, "02 02 ffff", INVALID_COMMAND, "is not UTF-8");
  refused(CONSUMER, "03 010400000000", INVALID_COMMAND, "Consumer kind 3 does not exist");
  refused(POLLING_STRATEGY, "00 0000000000000000", INVALID_COMMAND, "Polling kind 0");
  refused(POLLING_STRATEGY, "06 0000000000000000", INVALID_COMMAND, "Polling kind 6");
  refused(PARTITIONING, "01 01 00", INVALID_COMMAND, "Value of 1 bytes is not 0 bytes long");
  refused(PARTITIONING, "02 08 0000000000000000", INVALID_COMMAND, "is not 4 bytes long");
  refused(PARTITIONING, "03 00", INVALID_COMMAND, "Key is empty");
  refused(PARTITIONING, "04 00", INVALID_COMMAND, "Partitioning kind 4 does not exist");
});

Deno.test("IDENTIFIER.encode() refuses a number that is no u32", () => {
  for (const id of [-1, 0.5, NaN, 2 ** 32]) {
    const error = assertThrows(() => encoded(IDENTIFIER, id), WireError, `Identifier ${id} is not`);
    assertEquals(error.code, INVALID_IDENTIFIER);
  }
});

Deno.test("PARTITIONING.encode() refuses a key that is not 1 to 255 bytes", () => {
  for (const length of [0, 256]) {
    assertThrows(
      () => encoded(PARTITIONING, { kind: "messages_key", key: new Uint8Array(length) }),
      WireError,
      `Key of ${length} bytes is not 1 to 255`,
    );
  }
});

function example<T>(codec: Codec<T>, value: T, bytes: string): void {
  assertEquals(encoded(codec, value), hex(bytes));
  assertCodecLaws(codec, value);
}

function refused<T>(codec: Codec<T>, bytes: string, code: number, message: string): void {
  assertEquals(assertThrows(() => decoded(codec, hex(bytes)), WireError, message).code, code);
}
