/**
 * Options of a topic as `key=value`, by the keys that the protocol has for them (VSR.md section 7.1).
 *
 * @module
 */
import { InvalidArgumentError } from "commander";
import { parseDurationMicros, parseSize } from "../config/quantities.ts";
import type { TopicOptions } from "../../protocol/options.ts";
import { expiry, topicSize } from "./values.ts";

/** Reads settings. Throws commander's `InvalidArgumentError` for a key or a value that is none. */
export function topicSettings(settings: readonly string[]): TopicOptions {
  return Object.assign(
    {},
    ...settings.map((setting) => {
      const at = setting.indexOf("=");
      const key = at < 0 ? setting : setting.slice(0, at);
      const reader = READERS.get(key);
      if (at < 0 || reader === undefined) {
        throw new InvalidArgumentError(
          `--set takes key=value with a key of ${[...READERS.keys()].join(", ")}, not ${setting}`,
        );
      }
      return reader(setting.slice(at + 1), key);
    }),
  );
}

type Reader = (text: string, key: string) => TopicOptions;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["message_expiry", (text) => ({ messageExpiry: expiry([text]) ?? 0n })],
  ["max_topic_size", (text) => ({ maxTopicSize: topicSize(text) })],
  ["segment_size", (text, key) => ({ segmentSize: bytes(text, key) })],
  ["durability", (text, key) => ({ durability: durability(text, key) })],
  ["consumer_offset_durability", (text, key) => ({
    consumerOffsetDurability: durability(text, key),
  })],
  ["messages_required_to_save", (text, key) => ({ messagesRequiredToSave: number(text, key) })],
  ["size_of_messages_required_to_save", (text, key) => ({
    sizeOfMessagesRequiredToSave: bytes(text, key),
  })],
  ["preallocate_segments", (text, key) => ({ preallocateSegments: flag(text, key) })],
  ["deduplication_window", (text, key) => ({ deduplicationWindow: micros(text, key) })],
  ["deduplication_max_entries", (text, key) => ({ deduplicationMaxEntries: number(text, key) })],
]);

function bytes(text: string, key: string): number {
  return parseSize(text) ?? refuse(key, text, "a size as 16MiB");
}

function micros(text: string, key: string): number {
  return parseDurationMicros(text) ?? refuse(key, text, "a duration as 5m");
}

function number(text: string, key: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : refuse(key, text, "a whole number");
}

function flag(text: string, key: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  return refuse(key, text, "true or false");
}

function durability(text: string, key: string): "replicated" | "persisted" {
  if (text === "replicated" || text === "persisted") return text;
  return refuse(key, text, "replicated or persisted");
}

function refuse(key: string, text: string, wanted: string): never {
  throw new InvalidArgumentError(`Option ${key} takes ${wanted}, not "${text}"`);
}
