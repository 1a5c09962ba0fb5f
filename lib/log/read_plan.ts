/**
 * Reading: first where the wanted batches are, decided at once from what is in memory; then their
 * bytes, straight into the reader's memory.
 *
 * @module
 */
import { BATCH_HEADER_BYTES, batchHeader } from "../../protocol/message.ts";
import type { Segment } from "./segment.ts";

/** What to read from which files. Valid until segments are deleted: then the read gives less. */
export interface ReadPlan {
  /** Offset of the first message wanted. */
  readonly firstOffset: number;
  /** Offset after the last message wanted; equal to `firstOffset` when there is nothing to read. */
  readonly endOffset: number;
  /** The most bytes the read gives, one batch excepted. */
  readonly bytesMax: number;
  /** How much memory the read needs. */
  readonly bufferBytes: number;
  /** How far the first piece reaches for certain: to where the index goes on, or the log ends. */
  readonly interval: { readonly length: number; readonly endOffset: number };
  readonly pieces: readonly Piece[];
}

/** A range of a segment's log that starts with a batch. */
interface Piece {
  readonly segment: Segment;
  readonly position: number;
  /** Offset of that batch. */
  readonly offset: number;
  readonly length: number;
}

/** Bytes `[start, end)` of the reader's memory: whole batches. Equal when there is none. */
export interface ReadRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Plans to read the batches that hold offsets `[firstOffset, endOffset)`: about `bytesMax` of them,
 * at least one. `segments` are in order, and one of them holds `firstOffset`.
 *
 * The index names a batch every so often, so what is read starts up to an interval before the first
 * batch wanted. `bufferBytes` is at most `bytesMax`, or an interval and the batch that holds
 * `firstOffset`, whichever is more.
 */
export function planRead(
  segments: readonly Segment[],
  firstOffset: number,
  endOffset: number,
  bytesMax: number,
): ReadPlan {
  let at = segmentOf(segments, firstOffset);
  const { start, end } = segments[at].around(firstOffset);
  let { position, offset } = start;
  const interval = { length: end.position - position, endOffset: end.offset };
  let room = Math.max(interval.length, bytesMax);
  let bufferBytes = 0;
  const pieces: Piece[] = [];
  while (room > 0) {
    const segment = segments[at++];
    const length = Math.min(endPositionOf(segment, endOffset) - position, room);
    pieces.push({ segment, position, offset, length });
    bufferBytes += length;
    room -= length;
    if (at === segments.length || segments[at].baseOffset >= endOffset) break;
    position = 0;
    offset = segments[at].baseOffset;
  }
  return { firstOffset, endOffset, bytesMax, bufferBytes, interval, pieces };
}

/** A plan that reads nothing, at `offset`. */
export function planNothing(offset: number): ReadPlan {
  const interval = { length: 0, endOffset: offset };
  return {
    firstOffset: offset,
    endOffset: offset,
    bytesMax: 0,
    bufferBytes: 0,
    interval,
    pieces: [],
  };
}

/**
 * Reads what was planned into `into`, of at least `bufferBytes`. The range given starts with the batch
 * that holds `firstOffset` and ends with the one that holds `endOffset - 1`, or earlier so as to keep
 * to `bytesMax` or because the log is damaged behind. Throws an IggyError when `firstOffset` itself
 * cannot be read.
 */
export function read(plan: ReadPlan, into: Uint8Array): ReadRange {
  if (into.length < plan.bufferBytes) {
    throw new RangeError(`Memory of ${into.length} bytes is less than ${plan.bufferBytes}`);
  }
  const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
  const range = { start: 0, end: 0 };
  let at = 0;
  for (const piece of plan.pieces) {
    if (piece.segment.isRemoved) break;
    piece.segment.readAt(into.subarray(at, at + piece.length), piece.position);
    if (!select(plan, piece, view, at, range)) break;
    at += piece.length;
  }
  const first = plan.pieces.at(0)?.segment;
  // The first piece holds the first batch whole, unless what the index said was wrong.
  if (range.end === 0 && first?.isRemoved === false) first.mistrust(plan.firstOffset);
  return range;
}

/** Extends `range` by the wanted batches of a piece that lies at `start`; gives whether to go on behind it. */
function select(
  plan: ReadPlan,
  piece: Piece,
  view: DataView,
  start: number,
  range: { start: number; end: number },
): boolean {
  const limit = start + piece.length;
  let offset = piece.offset;
  let at = start;
  while (offset < plan.endOffset && at + BATCH_HEADER_BYTES <= limit) {
    const end = at + batchHeader.length(view, at);
    const isNext = batchHeader.baseOffset(view, at) === offset && end >= at + BATCH_HEADER_BYTES;
    if (!isNext || end > limit) return false;
    offset += batchHeader.messageCount(view, at);
    if (offset > plan.firstOffset) {
      if (range.end === 0) range.start = at;
      else if (end - range.start > plan.bytesMax) return false;
      range.end = end;
    }
    at = end;
  }
  return at === limit;
}

/** The last segment that starts at or before `offset`. */
export function segmentOf(segments: readonly Segment[], offset: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (segments[middle].baseOffset <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function endPositionOf(segment: Segment, endOffset: number): number {
  return endOffset >= segment.endOffset ? segment.sizeBytes : segment.positionBeyond(endOffset - 1);
}
