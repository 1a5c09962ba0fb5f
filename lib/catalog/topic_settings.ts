/**
 * How a topic keeps its messages: what a client chose, what the node filled in, and which of the two
 * it was (VSR.md sections 7.1 and 7.3, CLASSIC.md section 3.6).
 *
 * @module
 */
import {
  INVALID_OPTION_VALUE,
  INVALID_TOPIC_SIZE,
  UNSUPPORTED_OPTION_KEY,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { NEVER_EXPIRES, type TopicOptions, UNLIMITED } from "../../protocol/options.ts";
import { limits } from "../limits.ts";

/** The settings in force, all of them: no "server default" is left in the values. */
export type TopicSettings = Required<TopicOptions>;

export type TopicSettingName = keyof TopicOptions;

/** Settings, and which of them the client chose itself. */
export interface ResolvedSettings {
  readonly settings: TopicSettings;
  /** Settings that a client gave a value of its own; the node derived the others. */
  readonly explicit: readonly TopicSettingName[];
}

/** What Iggy ships with; a node's configuration may say otherwise. */
export const TOPIC_DEFAULTS: TopicSettings = {
  compressionAlgorithm: "none",
  messageExpiry: NEVER_EXPIRES,
  maxTopicSize: UNLIMITED,
  replicationFactor: 1,
  segmentSize: 2 ** 30,
  durability: "replicated",
  consumerOffsetDurability: "replicated",
  messagesRequiredToSave: 1024,
  sizeOfMessagesRequiredToSave: 2 ** 20,
  preallocateSegments: false,
  deduplicationWindow: 0,
  deduplicationMaxEntries: 10_000,
};

/** Settings as journal and snapshot hold them: those written before a setting was there lack it. */
export function completeSettings(saved: Partial<TopicSettings>): TopicSettings {
  return { ...TOPIC_DEFAULTS, ...saved };
}

/**
 * The settings of a new topic.
 *
 * @throws {IggyError} 4042 for a value out of range, 1019 for a topic smaller than its segments.
 */
export function resolveSettings(
  chosen: TopicOptions,
  defaults: TopicSettings,
  partitionsCount: number,
): ResolvedSettings {
  checkRanges(chosen);
  const resolved = overlay({ settings: defaults, explicit: [] }, chosen, defaults);
  checkTopicSize(resolved.settings, chosen.maxTopicSize);
  checkPreallocation(resolved.settings, partitionsCount);
  return resolved;
}

/**
 * The settings of a topic after an update; what is absent keeps its value.
 *
 * @throws {IggyError} 4041 for a setting that is fixed at creation, 1019 for a topic smaller than its
 * segments.
 */
export function changeSettings(
  current: ResolvedSettings,
  chosen: TopicOptions,
  defaults: TopicSettings,
): ResolvedSettings {
  for (const name of TOPIC_SETTING_NAMES) {
    if (chosen[name] !== undefined && !UPDATABLE.has(name)) {
      throw new IggyError(UNSUPPORTED_OPTION_KEY, `Topic option ${name} is fixed at creation`);
    }
  }
  checkDeduplication(chosen);
  const resolved = overlay(current, chosen, defaults);
  checkTopicSize(resolved.settings, chosen.maxTopicSize);
  return resolved;
}

function overlay(
  base: ResolvedSettings,
  chosen: TopicOptions,
  defaults: TopicSettings,
): ResolvedSettings {
  const settings: Partial<Record<TopicSettingName, unknown>> = { ...base.settings };
  const explicit = new Set(base.explicit);
  for (const name of TOPIC_SETTING_NAMES) {
    const value = chosen[name];
    if (value === undefined) continue;
    const derived = ZERO_IS_DEFAULT.has(name) && Number(value) === 0;
    settings[name] = derived ? defaults[name] : value;
    if (derived) explicit.delete(name);
    else explicit.add(name);
  }
  return {
    settings: settings as TopicSettings,
    explicit: TOPIC_SETTING_NAMES.filter((name) => explicit.has(name)),
  };
}

function checkRanges(chosen: TopicOptions): void {
  const { segmentSize = 0, messagesRequiredToSave = 1, sizeOfMessagesRequiredToSave = 0 } = chosen;
  const segmentFits = segmentSize >= 2 ** 20 && segmentSize <= 2 ** 30 && segmentSize % 512 === 0;
  if (segmentSize !== 0 && !segmentFits) {
    refuse(`Segment size ${segmentSize} is not a multiple of 512 from 1 MiB to 1 GiB`);
  }
  if (messagesRequiredToSave < 1 || messagesRequiredToSave > 2 ** 24) {
    refuse(`Messages required to save, ${messagesRequiredToSave}, is not 1 to 16777216`);
  }
  if (sizeOfMessagesRequiredToSave > 2 ** 30) {
    refuse(`Size of messages required to save, ${sizeOfMessagesRequiredToSave}, is above 1 GiB`);
  }
  checkDeduplication(chosen);
}

function checkDeduplication({ deduplicationMaxEntries = 0 }: TopicOptions): void {
  const { deduplicationEntriesMax } = limits;
  if (deduplicationMaxEntries > deduplicationEntriesMax) {
    refuse(
      `Deduplication by ${deduplicationMaxEntries} ids is above the limit of ${deduplicationEntriesMax}`,
    );
  }
}

/** CLASSIC.md section 12: 1019, unless the client leaves the size to the node. */
function checkTopicSize(settings: TopicSettings, chosen: bigint | undefined): void {
  if (chosen === undefined || chosen === 0n) return;
  if (settings.maxTopicSize < BigInt(settings.segmentSize)) {
    throw new IggyError(
      INVALID_TOPIC_SIZE,
      `Topic size ${settings.maxTopicSize} is below its segment size ${settings.segmentSize}`,
    );
  }
}

function checkPreallocation(settings: TopicSettings, partitionsCount: number): void {
  const bytes = settings.segmentSize * partitionsCount;
  if (settings.preallocateSegments && bytes > 2 ** 36) {
    refuse(`Preallocation of ${bytes} bytes is above 64 GiB`);
  }
}

function refuse(message: string): never {
  throw new IggyError(INVALID_OPTION_VALUE, message);
}

const TOPIC_SETTING_NAMES = Object.keys(TOPIC_DEFAULTS) as readonly TopicSettingName[];

const ZERO_IS_DEFAULT: ReadonlySet<TopicSettingName> = new Set([
  "messageExpiry",
  "maxTopicSize",
  "replicationFactor",
  "segmentSize",
  "sizeOfMessagesRequiredToSave",
  "deduplicationMaxEntries",
]);

const UPDATABLE: ReadonlySet<TopicSettingName> = new Set([
  "compressionAlgorithm",
  "messageExpiry",
  "maxTopicSize",
  "replicationFactor",
  "deduplicationWindow",
  "deduplicationMaxEntries",
]);
