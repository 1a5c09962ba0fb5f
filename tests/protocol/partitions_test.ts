import { assertEquals } from "@std/assert";
import { PARTITION } from "../../protocol/partitions.ts";
import { encoded, hex, specifyCommand } from "../support/codec_laws.ts";

specifyCommand("createPartitions", {
  request: { streamId: "orders", topicId: 0, partitionsCount: 3 },
  response: undefined,
});
specifyCommand("deletePartitions", {
  request: { streamId: 0, topicId: "events", partitionsCount: 1 },
  response: undefined,
});

Deno.test("PARTITION is 40 bytes: id, creation, segments, offset, size, messages", () => {
  assertEquals(
    encoded(PARTITION, {
      id: 1,
      createdAt: 2,
      segmentsCount: 3,
      currentOffset: 4,
      sizeBytes: 5,
      messagesCount: 6,
    }),
    hex(
      "01000000 0200000000000000 03000000 0400000000000000 0500000000000000 0600000000000000",
    ),
  );
});
