/**
 * Reading a log file batch by batch, believing nothing: how much of it is whole?
 *
 * @module
 */
import { BATCH_HEADER_BYTES, batchHeader, type BatchKernel } from "../../protocol/message.ts";
import type { StorageFile } from "../ports.ts";
import { batchFault, type LogName } from "./batch_check.ts";
import type { LogContext } from "./context.ts";
import type { Place, SegmentIndex } from "./index.ts";

/**
 * Reads batches from `from` on and checks each whole: its place (partition, offset), its structure
 * and all its checksums. Adds index entries as it goes. Gives the place after the last batch in
 * order, which is the end of the file if all are.
 *
 * Uses the kernel's `input`; a batch longer than that counts as damaged.
 */
export function scan(
  context: LogContext,
  name: LogName,
  file: StorageFile,
  from: Place,
  index: SegmentIndex,
): Place {
  const { kernel, limits } = context;
  const window = new Window(kernel, file, from.position);
  let place = from;
  while (window.reach(place.position, BATCH_HEADER_BYTES)) {
    const length = batchHeader.length(kernel.view, window.at(place.position));
    if (!window.reach(place.position, length)) break;
    const at = window.at(place.position);
    if (batchFault(context, name, at, length, place.offset) !== 0) break;
    const timestamp = Math.max(place.timestamp, batchHeader.baseTimestamp(kernel.view, at));
    index.addSparsely(place.offset, place.position, timestamp, limits.indexIntervalBytes);
    const offset = place.offset + batchHeader.messageCount(kernel.view, at);
    place = { position: place.position + length, offset, timestamp };
  }
  return place;
}

/**
 * The part of a file that is in the kernel's `input` right now: bytes `[#start, #end)` of the file.
 * It only moves forward.
 */
class Window {
  readonly #kernel: BatchKernel;
  readonly #file: StorageFile;
  #start: number;
  #end: number;

  constructor(kernel: BatchKernel, file: StorageFile, position: number) {
    this.#kernel = kernel;
    this.#file = file;
    this.#start = position;
    this.#end = position;
  }

  /** Where in the kernel's memory a position of the file is. */
  at(position: number): number {
    return this.#kernel.input.at + position - this.#start;
  }

  /** Gets `length` bytes from `position` on into the window; false when the file or the memory is too short. */
  reach(position: number, length: number): boolean {
    const end = position + length;
    if (end <= this.#end) return true;
    if (end > this.#file.size || length > this.#kernel.input.length) return false;
    this.#moveTo(position);
    const wanted = Math.max(length, Math.min(STEP_BYTES, this.#kernel.input.length));
    const { memory } = this.#kernel;
    const into = memory.subarray(this.at(this.#end), this.at(position + wanted));
    this.#end += this.#file.readAt(into, this.#end);
    return end <= this.#end;
  }

  #moveTo(position: number): void {
    const { memory, input } = this.#kernel;
    memory.copyWithin(input.at, this.at(position), this.at(this.#end));
    this.#start = position;
  }
}

/** Large enough that a read costs little beside the checksums, small enough for short tails. */
const STEP_BYTES = 1024 * 1024;
