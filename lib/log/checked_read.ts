/**
 * Reading with a second look: what comes from the disk is checked before anybody gets it. A reader
 * whose memory is the kernel's own has it checked where it was read to; for all others it is read
 * into the kernel's `input`, and what is wanted and whole of it is copied on.
 *
 * @module
 */
import { IO_ERROR } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { BATCH_HEADER_BYTES, batchHeader, type BatchKernel } from "../../protocol/message.ts";
import { batchFault } from "./batch_check.ts";
import { BatchSearch } from "./batch_search.ts";
import type { LogContext } from "./context.ts";
import type { ReadPlan, ReadRange } from "./read_plan.ts";
import type { Segment } from "./segment.ts";

/**
 * As `read` (read_plan.ts), but the range given holds checked batches only. What is around it in
 * `into` is not checked. Gives `undefined` when the index was wrong and is made anew: plan again.
 *
 * Throws an {@link IggyError} when the batch that holds `firstOffset` is damaged: 4027 or 4039 by
 * which checksum fails, `IO_ERROR` when it does not hold together.
 */
export function readChecked(
  context: LogContext,
  plan: ReadPlan,
  into: Uint8Array,
): ReadRange | undefined {
  const { kernel } = context;
  const { memory, input } = kernel;
  if (plan.bufferBytes > input.length) {
    // No batch is so long: an index has no entry for as far as this where much is damaged.
    throw new IggyError(
      IO_ERROR,
      `Offset ${plan.firstOffset} is amid ${plan.bufferBytes} bytes of damage`,
    );
  }
  const start = isRoomFor(plan, into, memory) ? into.byteOffset - memory.byteOffset : input.at;
  const range = { start, end: start };
  let at = start;
  for (const { segment, position, offset, length } of plan.pieces) {
    if (segment.isRemoved) break;
    segment.readAt(memory.subarray(at, at + length), position);
    let place = { at, offset };
    if (at === start) {
      const found = firstPlace(context, segment, plan, start);
      if (found === undefined) return undefined;
      place = found;
      range.start = range.end = found.at;
    }
    if (!take(context, plan, segment, place, at + length, range)) break;
    at += length;
  }
  return handOver(kernel, range, start, into);
}

/** Whether `into` is the kernel's memory, and takes all that is read. */
function isRoomFor({ bufferBytes }: ReadPlan, into: Uint8Array, memory: Uint8Array): boolean {
  // An index that was wrong has the read planned again, for more than the reader was told.
  return into.buffer === memory.buffer && bufferBytes <= into.length;
}

/** Where the batch that holds `firstOffset` is in what was read to `at`; `undefined` when the index did not know. */
function firstPlace(context: LogContext, segment: Segment, plan: ReadPlan, at: number) {
  const { position, offset } = plan.pieces[0];
  const start = { at, offset };
  const end = { at: start.at + plan.interval.length, offset: plan.interval.endOffset };
  const search = new BatchSearch(context, segment.name, start, end);
  const damage = search.find(plan.firstOffset);
  if (damage === undefined) return search.place;
  // A batch was neither where the index said nor behind: that may be the index's fault, once.
  if (!damage.isBounded && segment.reindexOnce()) return undefined;
  segment.reportDamage(
    position + damage.from.at - start.at,
    damage.from.offset,
    damage.to.offset,
    damage.fault,
  );
  throw new IggyError(
    damage.fault,
    `Log ${segment.logPath} is damaged at byte ${position + damage.from.at - start.at}: ` +
      `offset ${plan.firstOffset} is unreadable`,
  );
}

/** Extends `range` by checked batches from `place` on; gives whether to go on behind `limit`. */
function take(
  context: LogContext,
  plan: ReadPlan,
  segment: Segment,
  place: { readonly at: number; readonly offset: number },
  limit: number,
  range: { start: number; end: number },
): boolean {
  const { view } = context.kernel;
  let { at, offset } = place;
  while (offset < plan.endOffset && at + BATCH_HEADER_BYTES <= limit) {
    const length = batchHeader.length(view, at);
    if (length < BATCH_HEADER_BYTES || at + length > limit) return false;
    const isFirst = range.end === range.start;
    if (!isFirst && at + length - range.start > plan.bytesMax) return false;
    // The search has checked the first one. What is damaged behind it is for whoever asks for it.
    if (!isFirst && batchFault(context, segment.name, at, length, offset) !== 0) return false;
    offset += batchHeader.messageCount(view, at);
    at += length;
    range.end = at;
  }
  return at === limit;
}

/** Copies to the reader's memory, unless that is where it was read to. */
function handOver(
  { memory }: BatchKernel,
  { start, end }: ReadRange,
  readTo: number,
  into: Uint8Array,
): ReadRange {
  if (into.buffer === memory.buffer && into.byteOffset === memory.byteOffset + readTo) {
    return { start: start - readTo, end: end - readTo };
  }
  // Planned by an index that was wrong: the reader asks again, with memory enough.
  if (end - start > into.length) return { start: 0, end: 0 };
  into.set(memory.subarray(start, end));
  return { start: 0, end: end - start };
}
