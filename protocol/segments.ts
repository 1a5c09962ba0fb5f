/**
 * Segments: the body of their only command (CLASSIC.md section 5); the same in both protocols.
 *
 * @module
 */
import { bodies, EMPTY } from "./command.ts";
import { struct, U32 } from "./fields.ts";
import { IDENTIFIER } from "./primitives.ts";
import type { TopicAddress } from "./topics.ts";

export interface DeleteSegmentsRequest extends TopicAddress {
  readonly partitionId: number;
  /** How many of the oldest sealed segments to delete. */
  readonly segmentsCount: number;
}

export const DELETE_SEGMENTS = bodies(
  struct<DeleteSegmentsRequest>({
    streamId: IDENTIFIER,
    topicId: IDENTIFIER,
    partitionId: U32,
    segmentsCount: U32,
  }),
  EMPTY,
);
