/**
 * Streams: bodies of their commands (CLASSIC.md sections 5 and 7.1, VSR.md section 7).
 *
 * @module
 */
import { bodies, type Codec, EMPTY, optional, untilEnd } from "./command.ts";
import { followedBy, NAME8, struct, times, U32, U64_SAFE } from "./fields.ts";
import { NO_OPTIONS, NO_SHOWN_OPTIONS } from "./options.ts";
import { IDENTIFIER, type Identifier } from "./primitives.ts";
import { CLASSIC_TOPIC, type Topic, VSR_TOPIC } from "./topics.ts";

/** Names a stream. */
export interface StreamAddress {
  readonly streamId: Identifier;
}

export interface CreateStreamRequest {
  /** 1 to 255 bytes. */
  readonly name: string;
}

export interface UpdateStreamRequest extends StreamAddress {
  /** The new name, 1 to 255 bytes. */
  readonly name: string;
}

export interface Stream {
  readonly id: number;
  /** Micros since the Unix epoch. */
  readonly createdAt: number;
  readonly topicsCount: number;
  readonly sizeBytes: number;
  readonly messagesCount: number;
  readonly name: string;
}

/** A stream with its topics, sorted by id. */
export interface StreamDetails extends Stream {
  readonly topics: readonly Topic[];
}

const STREAM_ADDRESS = struct<StreamAddress>({ streamId: IDENTIFIER });
const CREATE = struct<CreateStreamRequest>({ name: NAME8 });
const UPDATE = struct<UpdateStreamRequest>({ streamId: IDENTIFIER, name: NAME8 });

const CLASSIC_STREAM = struct<Stream>({
  id: U32,
  createdAt: U64_SAFE,
  topicsCount: U32,
  sizeBytes: U64_SAFE,
  messagesCount: U64_SAFE,
  name: NAME8,
});

const VSR_STREAM = followedBy(CLASSIC_STREAM, NO_SHOWN_OPTIONS);

export const GET_STREAM = bodies(STREAM_ADDRESS, {
  classic: optional(streamDetails(CLASSIC_STREAM, CLASSIC_TOPIC)),
  vsr_0_11: optional(streamDetails(VSR_STREAM, VSR_TOPIC)),
});

export const GET_STREAMS = bodies(EMPTY, {
  classic: untilEnd(CLASSIC_STREAM),
  vsr_0_11: untilEnd(VSR_STREAM),
});

export const CREATE_STREAM = bodies(
  { classic: CREATE, vsr_0_11: followedBy(CREATE, NO_OPTIONS) },
  { classic: CLASSIC_STREAM, vsr_0_11: VSR_STREAM },
);

export const UPDATE_STREAM = bodies(
  { classic: UPDATE, vsr_0_11: followedBy(UPDATE, NO_OPTIONS) },
  EMPTY,
);

export const DELETE_STREAM = bodies(STREAM_ADDRESS, EMPTY);

export const PURGE_STREAM = bodies(STREAM_ADDRESS, EMPTY);

/** A stream, then as many topics as its `topicsCount` says. */
function streamDetails(stream: Codec<Stream>, topic: Codec<Topic>): Codec<StreamDetails> {
  return {
    encode(writer, details) {
      stream.encode(writer, details);
      for (const each of details.topics) topic.encode(writer, each);
    },
    decode(reader) {
      const head = stream.decode(reader);
      return { ...head, topics: times(head.topicsCount, () => topic.decode(reader)) };
    },
  };
}
