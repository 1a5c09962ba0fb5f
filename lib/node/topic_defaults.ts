/**
 * The configuration's words for what a new topic gets, in the catalog's.
 *
 * @module
 */
import { TOPIC_DEFAULTS, type TopicSettings } from "../catalog/topic_settings.ts";
import type { TopicDefaults } from "../config.ts";

export function topicDefaults(configured: TopicDefaults): TopicSettings {
  const durability = configured.enforceFsync ? "persisted" : "replicated";
  return {
    ...TOPIC_DEFAULTS,
    messageExpiry: configured.messageExpiryMicros,
    maxTopicSize: configured.maxSizeBytes,
    segmentSize: configured.segmentSizeBytes,
    durability,
    consumerOffsetDurability: durability,
    messagesRequiredToSave: configured.messagesRequiredToSave,
    sizeOfMessagesRequiredToSave: configured.sizeOfMessagesRequiredToSaveBytes,
    deduplicationWindow: configured.deduplicationWindowMicros,
    deduplicationMaxEntries: configured.deduplicationMaxEntries,
  };
}
