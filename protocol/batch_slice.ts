/**
 * Cuts what a poll asked for out of stored batches, in place and without a copy: a slice of a batch
 * is the frames it keeps with a rewritten header directly in front (VSR.md section 9).
 *
 *     before   | header | 0 | 1 | 2 | 3 | | header | 4 | 5 | 6 |      firstOffset 2, count 4
 *     after            | header | 2 | 3 | | header | 4 | 5 |
 *
 * @module
 */
import { CANNOT_READ_MESSAGE } from "./error_codes.ts";
import { IggyError } from "./errors.ts";
import { batchChecksum, batchHeader, frameLength, type Xxh3 } from "./message.ts";
import { BATCH_HEADER_BYTES, FRAME_HEADER_BYTES } from "./message_layout.ts";

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
  /** Messages in them; when 0, `start` and `end` are equal. */
  readonly count: number;
  /** Offset of the last message; -1 when there is none. */
  readonly lastOffset: number;
}

/**
 * Cuts the stored batches in `bytes[start, end)` to what is `wanted`. Where it keeps a part of a
 * batch (the first, the last) it rewrites the header, with a checksum that verifies; what it keeps
 * whole stays as it is and is not walked. A batch cut off at `end` is left out.
 *
 * Throws `IggyError` 4011 when a batch does not hold together.
 */
export function sliceBatches(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: Wanted,
  xxh3: Xxh3,
): BatchSlice {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const slice = { start: end, end, count: 0, lastOffset: -1 };
  let batch = start;
  while (slice.count < wanted.count && end - batch >= BATCH_HEADER_BYTES) {
    const length = batchHeader.length(view, batch);
    if (length < BATCH_HEADER_BYTES) throw damaged(batch);
    if (length > end - batch) break;
    const baseOffset = batchHeader.baseOffset(view, batch);
    const messageCount = batchHeader.messageCount(view, batch);
    if (baseOffset + messageCount > wanted.firstOffset) {
      const left = wanted.count - slice.count;
      const room = wanted.bytesMax - (slice.end - slice.start);
      if (baseOffset >= wanted.firstOffset && messageCount <= left && length <= room) {
        extend(slice, batch, batch + length, messageCount, baseOffset + messageCount - 1);
      } else {
        const first = Math.max(wanted.firstOffset - baseOffset, 0);
        const kept = framesKept(view, batch, first, left, room, slice.count === 0);
        if (kept.count === 0) break;
        const header = kept.start - BATCH_HEADER_BYTES;
        extend(slice, header, kept.end, kept.count, baseOffset + first + kept.count - 1);
        moveHeader(bytes, view, batch, kept, xxh3);
        if (kept.end < batch + length) break;
      }
    }
    batch += length;
  }
  return slice;
}

type Growing = { -readonly [key in keyof BatchSlice]: BatchSlice[key] };

function extend(slice: Growing, start: number, end: number, count: number, lastOffset: number) {
  if (slice.count === 0) slice.start = start;
  slice.end = end;
  slice.count += count;
  slice.lastOffset = lastOffset;
}

/** Frames of one batch: their bytes `[start, end)` and their number. */
interface Frames {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/**
 * The frames from number `first` on, at most `countMax`, that fit `room` with a header in front; the
 * first of them in any case when `atLeastOne`.
 */
function framesKept(
  view: DataView,
  batch: number,
  first: number,
  countMax: number,
  room: number,
  atLeastOne: boolean,
): Frames {
  const batchEnd = batch + batchHeader.length(view, batch);
  const last = Math.min(first + countMax, batchHeader.messageCount(view, batch));
  let start = batch + BATCH_HEADER_BYTES;
  let end = start;
  let count = 0;
  for (let index = 0; index < last; index++) {
    if (batchEnd - end < FRAME_HEADER_BYTES) throw damaged(batch);
    const frameEnd = end + frameLength(view, end);
    if (frameEnd > batchEnd) throw damaged(batch);
    if (index < first) {
      start = frameEnd;
    } else {
      const fits = frameEnd - start + BATCH_HEADER_BYTES <= room;
      if (!fits && !(atLeastOne && count === 0)) break;
      count++;
    }
    end = frameEnd;
  }
  return { start, end, count };
}

/** Puts the header of `batch`, made to fit, in front of the frames kept of it. */
function moveHeader(
  bytes: Uint8Array,
  view: DataView,
  batch: number,
  kept: Frames,
  xxh3: Xxh3,
): void {
  const header = kept.start - BATCH_HEADER_BYTES;
  bytes.copyWithin(header, batch, batch + BATCH_HEADER_BYTES);
  batchHeader.setLength(view, header, kept.end - header);
  batchHeader.setMessageCount(view, header, kept.count);
  batchHeader.setChecksum(view, header, batchChecksum(bytes, header, xxh3));
}

function damaged(batch: number): IggyError {
  return new IggyError(CANNOT_READ_MESSAGE, `Stored batch at byte ${batch} is damaged`);
}
