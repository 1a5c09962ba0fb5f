/**
 * How far consumers are behind: bodies of a command of whippet's own (docs/extensions.md).
 *
 * @module
 */
import { bodies, type Codec } from "./command.ts";
import { counted, flagged, oneOf, struct, TEXT8, U32, U64_SAFE } from "./fields.ts";
import { type ConsumerKind, IDENTIFIER } from "./primitives.ts";
import type { TopicAddress } from "./topics.ts";

/** One consumer or group at one partition. */
export interface Lag {
  readonly streamId: number;
  readonly topicId: number;
  readonly partitionId: number;
  readonly kind: ConsumerKind;
  /** A group's number, or the one that a consumer's offsets are kept under: a name counts as its hash. */
  readonly id: number;
  /** A group's; of a consumer only the number is known. */
  readonly name: string | undefined;
  /** The last offset it processed; `undefined`: none yet, so that it starts with the first message. */
  readonly storedOffset: number | undefined;
  /** After the last message that readers get; 0 when there never was one. */
  readonly endOffset: number;
  /** Messages that are there and that it has not processed. */
  readonly lag: number;
}

/** No name is empty. */
const NAME: Codec<string | undefined> = {
  encode: (writer, name) => TEXT8.encode(writer, name ?? ""),
  decode: (reader) => TEXT8.decode(reader) || undefined,
};

export const GET_LAG = bodies(
  struct<TopicAddress>({ streamId: IDENTIFIER, topicId: IDENTIFIER }),
  counted(struct<Lag>({
    streamId: U32,
    topicId: U32,
    partitionId: U32,
    kind: oneOf<ConsumerKind>("Consumer kind", ["consumer", "consumer_group"]),
    id: U32,
    name: NAME,
    storedOffset: flagged(U64_SAFE),
    endOffset: U64_SAFE,
    lag: U64_SAFE,
  })),
);
