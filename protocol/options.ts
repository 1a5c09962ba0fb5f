/**
 * The options block of the VSR protocol (VSR.md section 7.1).
 *
 * @module
 */
import type { Codec } from "./command.ts";
import { oneOf } from "./fields.ts";

/** What can be chosen for a topic. A missing key is not chosen: the server's default, or unchanged in an update. */
export interface TopicOptions {
  readonly compressionAlgorithm?: CompressionAlgorithm;
  /** Micros; 0 server default, `NEVER_EXPIRES` never. */
  readonly messageExpiry?: bigint;
  /** Bytes; 0 server default, `UNLIMITED` no limit. */
  readonly maxTopicSize?: bigint;
  /** Copies, 1 to 255; 0 none given. Classic only: VSR has no such key. */
  readonly replicationFactor?: number;
  /** Bytes, a multiple of 512 from 1 MiB to 1 GiB; 0 server default. */
  readonly segmentSize?: number;
  readonly durability?: Durability;
  readonly consumerOffsetDurability?: Durability;
  /** Messages, 1 to 16,777,216. */
  readonly messagesRequiredToSave?: number;
  /** Bytes, at most 1 GiB; 0 server default. */
  readonly sizeOfMessagesRequiredToSave?: number;
  readonly preallocateSegments?: boolean;
}

/** Topic options as a reply shows them, with those that only the other side knows. */
export interface ShownTopicOptions extends TopicOptions {
  readonly others?: readonly OptionEntry[];
}

/** One entry of an options block: a key, and a value in the encoding of its kind (CLASSIC.md section 6.3). */
export interface OptionEntry {
  readonly key: string;
  readonly kind: number;
  readonly value: Uint8Array;
}

export type CompressionAlgorithm = "none" | "gzip";

/** When a write is confirmed: when it can be read, or when it is on stable storage (VSR.md section 7.6). */
export type Durability = "replicated" | "persisted";

/** What {@link TopicOptions.messageExpiry} says for "never". */
export const NEVER_EXPIRES = 0xffffffffffffffffn;

/** What {@link TopicOptions.maxTopicSize} says for "no limit". */
export const UNLIMITED = 0xffffffffffffffffn;

const NOT_YET: Codec<never> = {
  encode() {
    throw new Error("not yet");
  },
  decode() {
    throw new Error("not yet");
  },
};
export const COMPRESSION_ALGORITHM: Codec<CompressionAlgorithm> = oneOf("Compression algorithm", [
  "none",
  "gzip",
]);
export const CLASSIC_TOPIC_OPTIONS: Codec<TopicOptions> = NOT_YET as Codec<TopicOptions>;
export const CREATE_TOPIC_OPTIONS: Codec<TopicOptions> = NOT_YET as Codec<TopicOptions>;
export const UPDATE_TOPIC_OPTIONS: Codec<TopicOptions> = NOT_YET as Codec<TopicOptions>;
export const SHOWN_TOPIC_OPTIONS: Codec<ShownTopicOptions> = NOT_YET as Codec<ShownTopicOptions>;
export const NO_OPTIONS: Codec<void> = NOT_YET as Codec<void>;
export const NO_SHOWN_OPTIONS: Codec<void> = NOT_YET as Codec<void>;
