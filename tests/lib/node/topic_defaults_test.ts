import { assertEquals } from "@std/assert";
import { TOPIC_DEFAULTS } from "../../../lib/catalog/topic_settings.ts";
import { topicDefaults } from "../../../lib/node/topic_defaults.ts";
import { simConfig } from "../../support/sim_node.ts";

Deno.test("topicDefaults() of a configuration that says nothing are those Iggy ships with", () => {
  assertEquals(topicDefaults(simConfig().topicDefaults), TOPIC_DEFAULTS);
});

Deno.test("topicDefaults() says what is configured in the catalog's words", () => {
  const { topicDefaults: configured } = simConfig({
    IGGY_SYSTEM_TOPIC_MAX_SIZE: "10 GiB",
    IGGY_SYSTEM_TOPIC_MESSAGE_EXPIRY: "1 h",
    IGGY_SYSTEM_PARTITION_MESSAGES_REQUIRED_TO_SAVE: "7",
    IGGY_SYSTEM_PARTITION_SIZE_OF_MESSAGES_REQUIRED_TO_SAVE: "2 MiB",
    IGGY_SYSTEM_SEGMENT_SIZE: "512 MiB",
  });
  assertEquals(topicDefaults(configured), {
    ...TOPIC_DEFAULTS,
    maxTopicSize: 10n << 30n,
    messageExpiry: 3_600_000_000n,
    messagesRequiredToSave: 7,
    sizeOfMessagesRequiredToSave: 2 << 20,
    segmentSize: 512 << 20,
  });
});

Deno.test("topicDefaults() remembers message ids where deduplication is enabled", () => {
  const deduplication = (enabled: string) => {
    const { topicDefaults: configured } = simConfig({
      IGGY_SYSTEM_MESSAGE_DEDUPLICATION_ENABLED: enabled,
      IGGY_SYSTEM_MESSAGE_DEDUPLICATION_MAX_ENTRIES: "50",
      IGGY_SYSTEM_MESSAGE_DEDUPLICATION_EXPIRY: "2 s",
    });
    const { deduplicationWindow, deduplicationMaxEntries } = topicDefaults(configured);
    return [deduplicationWindow, deduplicationMaxEntries];
  };
  assertEquals(deduplication("true"), [2_000_000, 50]);
  assertEquals(deduplication("false"), [0, 50]);
});

Deno.test("topicDefaults() makes messages and offsets persisted where fsync is enforced", () => {
  const configured = simConfig({ IGGY_SYSTEM_PARTITION_ENFORCE_FSYNC: "true" });
  const { durability, consumerOffsetDurability } = topicDefaults(configured.topicDefaults);
  assertEquals([durability, consumerOffsetDurability], ["persisted", "persisted"]);
});
