import { assertEquals, assertThrows } from "@std/assert";
import { topicSettings } from "../../../lib/cli/topic_settings.ts";

Deno.test("topicSettings() reads each key in its kind", () => {
  assertEquals(
    topicSettings([
      "segment_size=16MiB",
      "message_expiry=1h",
      "max_topic_size=server_default",
      "durability=persisted",
      "consumer_offset_durability=replicated",
      "messages_required_to_save=5",
      "size_of_messages_required_to_save=1KiB",
      "preallocate_segments=true",
      "deduplication_window=5m",
      "deduplication_max_entries=9",
    ]),
    {
      segmentSize: 16 * 1024 ** 2,
      messageExpiry: 3_600_000_000n,
      maxTopicSize: 0n,
      durability: "persisted",
      consumerOffsetDurability: "replicated",
      messagesRequiredToSave: 5,
      sizeOfMessagesRequiredToSave: 1024,
      preallocateSegments: true,
      deduplicationWindow: 300_000_000,
      deduplicationMaxEntries: 9,
    },
  );
});

Deno.test("topicSettings() refuses other keys and values", () => {
  const wrong = [
    "segment_size",
    "colour=red",
    "segment_size=big",
    "durability=perhaps",
    "preallocate_segments=1",
    "deduplication_max_entries=-1",
    "deduplication_window=x",
  ];
  for (const each of wrong) assertThrows(() => topicSettings([each]), Error);
});
