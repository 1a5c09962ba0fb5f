import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { encoded, hex, specifyCommand } from "../support/codec_laws.ts";

const REQUEST = { streamId: 1, topicId: "t", partitionId: 2, segmentsCount: 3 };

specifyCommand("deleteSegments", { request: REQUEST, response: undefined });

Deno.test("DELETE_SEGMENTS.request names the partition, then how many segments", () => {
  assertEquals(
    encoded(COMMANDS.deleteSegments.request.classic!, REQUEST),
    hex("010401000000 020174 02000000 03000000"),
  );
});
