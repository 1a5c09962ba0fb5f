/**
 * Cuts what a poll asked for out of stored batches, in place and without a copy: a slice of a batch
 * is the frames it keeps with a rewritten header directly in front (VSR.md section 9).
 *
 * @module
 */
import type { Xxh3 } from "./message.ts";

/** What a poll wants. */
export interface Wanted {
  /** The first offset. */
  readonly firstOffset: number;
  /** How many messages at most. */
  readonly count: number;
  /** How many bytes of records at most; the first message comes even if it alone is longer. */
  readonly bytesMax: number;
}

/** Record bytes `[start, end)` of the buffer, ready to be sent. */
export interface BatchSlice {
  readonly start: number;
  readonly end: number;
  /** Messages in them. */
  readonly count: number;
  /** Offset of the last message; -1 when there is none. */
  readonly lastOffset: number;
}

/** See above. */
export function sliceBatches(
  _bytes: Uint8Array,
  _start: number,
  _end: number,
  _wanted: Wanted,
  _xxh3: Xxh3,
): BatchSlice {
  throw new Error("not yet");
}
