/**
 * The way to a batch through one index interval in the kernel's memory, past damage.
 *
 * A batch says where the next one is by its length and its count, so a fault in those would lead
 * astray. Where headers contradict each other, the first batch that does not pass its checks is the
 * damaged one; where it ends, its own length tells if a header is there that goes on, and a search
 * for such a header otherwise. The interval's end is known from the index.
 *
 * @module
 */
import { BATCH_HEADER_BYTES, batchHeader } from "../../protocol/message.ts";
import { batchFault, leads, type LogName } from "./batch_check.ts";
import type { LogContext } from "./context.ts";

/** Where a batch starts: byte of the kernel's memory, and offset. */
export interface BatchPlace {
  readonly at: number;
  readonly offset: number;
}

/** What cannot be read, from one batch to another. */
export interface Damage {
  readonly from: BatchPlace;
  readonly to: BatchPlace;
  /** What the batch at `from` fails with. */
  readonly fault: number;
  /** Whether batches were found where the index says that the interval starts, and at `to`. */
  readonly isBounded: boolean;
}

/** See the module comment. */
export class BatchSearch {
  readonly #context: LogContext;
  readonly #name: LogName;
  readonly #view: DataView;
  readonly #start: BatchPlace;
  readonly #end: BatchPlace;
  /** The batch looked at, and the one that led to it. */
  #place: BatchPlace;
  #before: BatchPlace | undefined;

  /** From `start`, where the index says that a batch is, to `end`, where it says the same or the log ends. */
  constructor(context: LogContext, name: LogName, start: BatchPlace, end: BatchPlace) {
    this.#context = context;
    this.#name = name;
    this.#view = context.kernel.view;
    this.#start = start;
    this.#place = start;
    this.#end = end;
  }

  /** What was found last. */
  get place(): BatchPlace {
    return this.#place;
  }

  /** Goes to the batch that holds `offset`, below `end`, and checks it; gives the damage that holds it instead. */
  find(offset: number): Damage | undefined {
    for (;;) {
      this.#walk(offset);
      if (this.#fault(this.#place) === 0) return undefined;
      const damage = this.#damage();
      if (offset < damage.to.offset) return damage;
      this.#place = damage.to;
      this.#before = undefined;
    }
  }

  /** From header to header, as long as each leads to the next and none claims to hold `offset`. */
  #walk(offset: number): void {
    const view = this.#view;
    const { at: limit, offset: endOffset } = this.#end;
    let { at, offset: base } = this.#place;
    let { at: beforeAt, offset: beforeBase } = this.#before ?? { at: -1, offset: base };
    while (at + BATCH_HEADER_BYTES <= limit && leads(view, at, this.#name.partitionId, base)) {
      const end = at + batchHeader.length(view, at);
      const next = base + batchHeader.messageCount(view, at);
      if (next > offset || next > endOffset) break;
      if (end > limit || end < at + BATCH_HEADER_BYTES) break;
      beforeAt = at;
      beforeBase = base;
      at = end;
      base = next;
    }
    this.#place = { at, offset: base };
    this.#before = beforeAt < 0 ? undefined : { at: beforeAt, offset: beforeBase };
  }

  /** The damage at the place, or at the batch that led there. */
  #damage(): Damage {
    if (this.#before !== undefined) {
      const fault = this.#fault(this.#before);
      if (fault !== 0) return this.#from(this.#before, fault);
    }
    return this.#from(this.#place, this.#fault(this.#place));
  }

  #from(from: BatchPlace, fault: number): Damage {
    const next = this.#told(from) ?? this.#sought(from);
    const { at, offset } = this.#start;
    const isStart = from.at !== at || leads(this.#view, at, this.#name.partitionId, offset);
    return { from, to: next ?? this.#end, fault, isBounded: isStart && next !== undefined };
  }

  /** The next batch, if it is where length and count of the one at `from` say. */
  #told(from: BatchPlace): BatchPlace | undefined {
    if (from.at + BATCH_HEADER_BYTES > this.#end.at) return undefined;
    const at = from.at + batchHeader.length(this.#view, from.at);
    const offset = from.offset + batchHeader.messageCount(this.#view, from.at);
    if (at === this.#end.at && offset === this.#end.offset) return this.#end;
    const next = at > from.at ? this.#batchAt(at, from) : undefined;
    return next?.offset === offset ? next : undefined;
  }

  /** The first batch behind `from` that passes its checks. */
  #sought(from: BatchPlace): BatchPlace | undefined {
    for (let at = from.at + BATCH_HEADER_BYTES; at < this.#end.at; at++) {
      const found = this.#batchAt(at, from);
      if (found !== undefined && this.#fault(found) === 0) return found;
    }
    return undefined;
  }

  /** A batch at `at` by what its header says, with an offset behind `from`. */
  #batchAt(at: number, from: BatchPlace): BatchPlace | undefined {
    if (at + BATCH_HEADER_BYTES > this.#end.at) return undefined;
    const view = this.#view;
    const offset = batchHeader.baseOffset(view, at);
    if (offset <= from.offset || offset >= this.#end.offset) return undefined;
    return leads(view, at, this.#name.partitionId, offset) ? { at, offset } : undefined;
  }

  #fault({ at, offset }: BatchPlace): number {
    const room = this.#end.at - at;
    const length = room < BATCH_HEADER_BYTES ? room : batchHeader.length(this.#view, at);
    return batchFault(this.#context, this.#name, at, Math.min(length, room), offset);
  }
}
