import { assertEquals, assertThrows } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { RESOURCE_NOT_FOUND } from "../../protocol/error_codes.ts";
import { WireError } from "../../protocol/errors.ts";
import { decoded, encoded, specifyCommand } from "../support/codec_laws.ts";

const POSITION = {
  consumer: { kind: "consumer_group", id: "workers" },
  streamId: 0,
  topicId: "events",
  partitionId: 3,
} as const;

specifyCommand("getConsumerOffset", {
  request: { ...POSITION, partitionId: undefined },
  response: { partitionId: 3, currentOffset: 9, storedOffset: Number.MAX_SAFE_INTEGER },
});
specifyCommand("storeConsumerOffset", {
  request: { ...POSITION, offset: 2 ** 33, ack: "quorum" },
  response: undefined,
});
specifyCommand("deleteConsumerOffset", {
  request: { ...POSITION, ack: "quorum" },
  response: undefined,
  vsr_0_11: { request: { ...POSITION, ack: "none" } },
});

Deno.test("GET_CONSUMER_OFFSET.response is empty when nothing is stored", () => {
  assertEquals(
    decoded(COMMANDS.getConsumerOffset.response.classic!, new Uint8Array()),
    undefined,
  );
});

Deno.test("STORE_CONSUMER_OFFSET.request takes an offset beyond 2^53 for the largest there is", () => {
  const classic = COMMANDS.storeConsumerOffset.request.classic!;
  const bytes = encoded(classic, { ...POSITION, offset: 0, ack: "quorum" });
  bytes.fill(0xff, bytes.length - 8);
  assertEquals(decoded(classic, bytes).offset, Number.MAX_SAFE_INTEGER);
});

Deno.test("STORE_CONSUMER_OFFSET.request refuses an unknown ack with ResourceNotFound", () => {
  const vsr = COMMANDS.storeConsumerOffset.request.vsr_0_11!;
  const bytes = encoded(vsr, { ...POSITION, offset: 0, ack: "quorum" });
  bytes[bytes.length - 1] = 2;
  const error = assertThrows(() => decoded(vsr, bytes), WireError, "Ack 2 does not exist");
  assertEquals(error.code, RESOURCE_NOT_FOUND);
});
