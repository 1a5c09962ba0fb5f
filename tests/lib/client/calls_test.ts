import { assertEquals, assertThrows } from "@std/assert";
import { requestOf } from "../../../lib/client/calls.ts";
import { FEATURE_UNAVAILABLE } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { WireReader, WireWriter } from "../../../protocol/wire.ts";
import { hex } from "../../support/codec_laws.ts";

Deno.test("requestOf() writes and reads the bodies of the command table", () => {
  const request = requestOf("classic", "getConsumerOffset", {
    consumer: { kind: "consumer", id: 1 },
    streamId: 2,
    topicId: "events",
    partitionId: 3,
  });
  const writer = new WireWriter();
  request.writeBody(writer);
  assertEquals(
    writer.written,
    hex("01 01 04 01000000  01 04 02000000  02 06 6576656e7473  01 03000000"),
  );
  const reader = new WireReader(hex("03000000 0500000000000000 0400000000000000"));
  assertEquals(request.readBody(reader), { partitionId: 3, currentOffset: 5, storedOffset: 4 });
  assertEquals(request.command.code, 120);
});

Deno.test("requestOf() refuses a command that the dialect lacks", () => {
  const error = assertThrows(
    () => requestOf("classic", "syncConsumerGroup", { streamId: 1, topicId: 1, groupId: 1 }),
    IggyError,
  );
  assertEquals(error.code, FEATURE_UNAVAILABLE);
  assertEquals(error.message, "Command sync_consumer_group is not in classic");
});
