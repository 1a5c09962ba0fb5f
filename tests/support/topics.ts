/**
 * One topic as each protocol tells it, and a partition.
 *
 * @module
 */
import { NEVER_EXPIRES, UNLIMITED } from "../../protocol/options.ts";
import type { Partition } from "../../protocol/partitions.ts";
import type { Topic } from "../../protocol/topics.ts";

export const CLASSIC_TOPIC: Topic = {
  id: 7,
  createdAt: 1_700_000_000_000_000,
  partitionsCount: 0,
  messageExpiry: NEVER_EXPIRES,
  compressionAlgorithm: "none",
  maxTopicSize: UNLIMITED,
  replicationFactor: 1,
  sizeBytes: 4096,
  messagesCount: 12,
  name: "events",
  explicitOptions: {},
  derivedOptions: {},
};

export const VSR_TOPIC: Topic = {
  ...CLASSIC_TOPIC,
  explicitOptions: { messageExpiry: 3_600_000_000n, durability: "persisted" },
  derivedOptions: {
    preallocateSegments: false,
    others: [{ key: "enforce_fsync", value: { kind: "bool", value: true } }],
  },
};

export const PARTITION: Partition = {
  id: 0,
  createdAt: 1_700_000_000_000_001,
  segmentsCount: 1,
  currentOffset: 41,
  sizeBytes: 4096,
  messagesCount: 42,
};
