/**
 * One segment of a partition: a log file of stored batches back to back, and its sparse index.
 *
 *     active --seal()--> sealed --commit()--> settled --remove()--> removed
 *
 * - active: takes batches. Its index is in memory.
 * - sealed: takes no more; its index is in memory until all of it is committed.
 * - settled: sealed and committed; its index file is complete, ends with an entry for the end of
 *   the log, and is read again when asked for.
 *
 * Invariants: `committed bytes <= written bytes <= bytes of the log file`; the index file only speaks
 * of committed bytes, so what it says needs no second look after a crash.
 *
 * @module
 */
import { BATCH_HEADER_BYTES, batchHeader } from "../../protocol/message.ts";
import {
  INVALID_BATCH_CHECKSUM,
  INVALID_MESSAGE_CHECKSUM,
  IO_ERROR,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { StorageFile } from "../ports.ts";
import type { LogContext } from "./context.ts";
import type { LogName } from "./batch_check.ts";
import { INDEX_ENTRY_BYTES, type Place, SegmentIndex } from "./index.ts";
import { scan } from "./scan.ts";

/** Which segment of what. */
export interface SegmentName extends LogName {
  readonly baseOffset: number;
}

/** What is known of a segment when it is opened. */
export interface SegmentState {
  /** Where the next batch goes. */
  readonly written: Place;
  /** Up to where it is on stable storage for certain. */
  readonly committed: Place;
  readonly sealed: boolean;
  /** Absent for a settled segment. */
  readonly index: SegmentIndex | undefined;
  /** How many entries of the index are in its file. */
  readonly indexSaved: number;
  /** Position of a batch whose damage the node's log tells of already. */
  readonly damagedAt?: number;
}

/** See the module comment. */
export class Segment {
  readonly baseOffset: number;
  readonly name: SegmentName;
  readonly logPath: string;
  readonly indexPath: string;
  readonly #context: LogContext;
  #written: Place;
  #committed: Place;
  #sealed: boolean;
  #removed = false;
  #index: SegmentIndex | undefined;
  #indexSaved: number;
  #isReindexed = false;
  /** Positions of damaged batches that were told. */
  readonly #told = new Set<number>();

  constructor(context: LogContext, name: SegmentName, state: SegmentState) {
    this.baseOffset = name.baseOffset;
    this.logPath = logPath(name);
    this.indexPath = indexPath(name);
    this.#context = context;
    this.name = name;
    this.#written = state.written;
    this.#committed = state.committed;
    this.#sealed = state.sealed;
    this.#index = state.index;
    this.#indexSaved = state.indexSaved;
    if (state.damagedAt !== undefined) this.#told.add(state.damagedAt);
  }

  /** A segment without a batch; its files appear with the first append. */
  static empty(context: LogContext, name: SegmentName, timestamp: number): Segment {
    const start = { position: 0, offset: name.baseOffset, timestamp };
    const index = new SegmentIndex(name.baseOffset);
    const state = { written: start, committed: start, sealed: false, index, indexSaved: 0 };
    return new Segment(context, name, state);
  }

  /** Bytes of whole batches. */
  get sizeBytes(): number {
    return this.#written.position;
  }

  /** Offset after the last message. */
  get endOffset(): number {
    return this.#written.offset;
  }

  /** Timestamp of the last batch; of the one before the segment while it is empty. */
  get lastTimestamp(): number {
    return this.#written.timestamp;
  }

  /** Offset after the last message on stable storage. */
  get committedEnd(): number {
    return this.#committed.offset;
  }

  get isCommitted(): boolean {
    return this.#committed.position === this.#written.position;
  }

  /** Sealed, and all of it on stable storage. */
  get isSettled(): boolean {
    return this.#sealed && this.isCommitted;
  }

  get isRemoved(): boolean {
    return this.#removed;
  }

  /**
   * Writes the batches in `[at, at + length)` of the kernel's memory, stamped to follow the last one.
   * Throws what the storage throws; the segment is then as before.
   */
  append(at: number, length: number): void {
    const { files, kernel } = this.#context;
    const file = files.use(this.logPath, CREATE);
    // A failed append may have left a part of a batch behind, and the cut below may have failed too.
    if (file.size !== this.sizeBytes) file.truncate(this.sizeBytes);
    try {
      file.append(kernel.memory.subarray(at, at + length));
    } catch (error) {
      this.#cut(file);
      throw error;
    }
    this.#take(at, length);
  }

  /** Makes the log file of an empty segment: its name says where offsets go on. */
  makeFile(): void {
    this.#context.files.use(this.logPath, CREATE);
  }

  /** Takes no more batches from now on. */
  seal(): void {
    this.#sealed = true;
    this.#markEnd();
  }

  /** Resolves when all that was written before the call is on stable storage; rejects when it may not be. */
  async commit(): Promise<void> {
    const target = this.#written;
    await this.#context.files.sync(this.logPath);
    if (this.#removed) return;
    this.#committed = target;
    this.#saveIndex();
    if (!this.isSettled) return;
    this.#releaseIndex();
    // Without this a power cut could cost the entries, and the next start the time to scan.
    await this.#context.files.sync(this.indexPath).catch(() => {});
  }

  /** Completes the index file of a committed segment, so that the next start finds the end at once. */
  close(): void {
    if (this.#index !== undefined && this.isCommitted) {
      this.#markEnd();
      this.#saveIndex();
    }
    this.#closeFiles();
  }

  /**
   * Removes both files: the log first, for an index without a log says nothing. Throws what the storage
   * throws; {@link isRemoved} says then whether the log is gone, or all is as before.
   */
  remove(): void {
    this.#closeFiles();
    this.#context.storage.remove(this.logPath);
    this.#removed = true;
    this.#context.indexes.remove(this.indexPath);
    this.#context.storage.remove(this.indexPath);
  }

  /** The two index entries, or ends of the log, that hold the batch of `offset`, which must be in here. */
  around(offset: number): { start: Place; end: Place } {
    const index = this.#lookup();
    const entry = index.atOffset(offset);
    const isLast = entry + 1 >= index.count;
    return { start: index.place(entry), end: isLast ? this.#written : index.place(entry + 1) };
  }

  /** A position at or after the end of the batch of `offset`, as near as the index knows. */
  positionBeyond(offset: number): number {
    return this.around(offset).end.position;
  }

  /** Offset of the first batch with that timestamp or a later one, which must be in here. */
  offsetAt(timestamp: number): number {
    const index = this.#lookup();
    let { position, offset } = index.place(index.beforeTimestamp(timestamp));
    const headers = new Headers(this, this.#context.scratch);
    const { view } = headers;
    while (position < this.sizeBytes) {
      const at = headers.at(position);
      const length = batchHeader.length(view, at);
      if (batchHeader.baseOffset(view, at) !== offset || length < BATCH_HEADER_BYTES) {
        // Damage: whoever reads from there is told.
        return this.reindexOnce() ? this.offsetAt(timestamp) : offset;
      }
      if (batchHeader.baseTimestamp(view, at) >= timestamp) break;
      offset += batchHeader.messageCount(view, at);
      position += length;
    }
    return offset;
  }

  /** Fills `into` with bytes of whole batches and parts of them, all of which must be in here. */
  readAt(into: Uint8Array, position: number): void {
    const count = this.#context.files.use(this.logPath).readAt(into, position);
    if (count === into.length) return;
    throw new IggyError(
      IO_ERROR,
      `Log ${this.logPath} ends at byte ${position + count}, not at ${this.sizeBytes}`,
    );
  }

  /**
   * For a reader that did not find `offset` where the index says it is. The first time the index is made
   * anew, and the reader may ask again; after that it is the log that is damaged, and this throws.
   */
  mistrust(offset: number): void {
    if (this.reindexOnce()) return;
    throw new IggyError(IO_ERROR, `Log ${this.logPath} is damaged: offset ${offset} is unreadable`);
  }

  /** Makes the index anew from the log, which no index is worth twice: then gives false. */
  reindexOnce(): boolean {
    if (this.#isReindexed) return false;
    this.#reindex(this.#lookup());
    return true;
  }

  /** One line for the node's log about offsets `[from, to)`, the first time that somebody asks for them. */
  reportDamage(position: number, from: number, to: number, fault: number): void {
    if (this.#told.has(position) || this.#told.size === DAMAGES_TOLD_MAX) return;
    this.#told.add(position);
    const what = FAULTS[fault] ?? "does not hold together";
    this.#context.onEvent({
      kind: "segment_damaged",
      path: this.logPath,
      message:
        `Log ${this.logPath} is damaged at byte ${position} of ${this.sizeBytes}: the batch ` +
        `of offset ${from} ${what}; polls of offsets ${from} to ${to - 1} fail, others are served`,
    });
  }

  #take(at: number, length: number): void {
    const { kernel: { view }, limits } = this.#context;
    let { position, offset, timestamp } = this.#written;
    for (const end = at + length; at < end;) {
      timestamp = batchHeader.baseTimestamp(view, at);
      this.#index!.addSparsely(offset, position, timestamp, limits.indexIntervalBytes);
      offset += batchHeader.messageCount(view, at);
      position += batchHeader.length(view, at);
      at += batchHeader.length(view, at);
    }
    this.#written = { position, offset, timestamp };
  }

  #cut(file: StorageFile): void {
    try {
      file.truncate(this.sizeBytes);
    } catch {
      // The next append tries again before it writes; nobody reads beyond `sizeBytes`.
    }
  }

  #markEnd(): void {
    const { position, offset, timestamp } = this.#written;
    if (position > 0 && this.#index!.lastPosition < position) {
      this.#index!.add(offset, position, timestamp);
    }
  }

  /**
   * Appends to the index file the entries whose batch is committed; those for the end of the log
   * once it is. A failure is not one of the log: what is missing is written next time, or found again
   * by a scan.
   */
  #saveIndex(): void {
    const index = this.#index!;
    const due = this.isCommitted ? index.count : index.countBefore(this.#committed.position);
    if (due <= this.#indexSaved) return;
    try {
      this.#writeIndex(index, this.#indexSaved, due);
      this.#indexSaved = due;
    } catch {
      // See above.
    }
  }

  #writeIndex(index: SegmentIndex, from: number, to: number): void {
    const file = this.#context.files.use(this.indexPath, CREATE);
    if (file.size !== from * INDEX_ENTRY_BYTES) file.truncate(from * INDEX_ENTRY_BYTES);
    file.append(index.bytes(from, to));
  }

  #lookup(): SegmentIndex {
    if (this.#index !== undefined) return this.#index;
    const cached = this.#context.indexes.use(this.indexPath);
    if (cached !== undefined) return cached;
    const index = this.#load();
    if (this.#index === undefined) this.#context.indexes.add(this.indexPath, index);
    return index;
  }

  /** The index file of a settled segment; made anew unless it reaches to the end of the log. */
  #load(): SegmentIndex {
    const bytes = this.#context.storage.readFile(this.indexPath) ?? new Uint8Array();
    const index = SegmentIndex.read(this.baseOffset, bytes);
    return index.lastPosition === this.sizeBytes ? index : this.#reindex(index);
  }

  /**
   * Makes the index anew from the log. Behind what cannot be read there it goes on from the next
   * entry of the old one that a batch confirms; what is between belongs to the entry before.
   */
  #reindex(old: SegmentIndex): SegmentIndex {
    const index = new SegmentIndex(this.baseOffset);
    const log = this.#context.files.use(this.logPath);
    let place = scan(this.#context, this.name, log, index.place(-1), index);
    for (let entry = 0; entry < old.count && place.position < this.sizeBytes; entry++) {
      const from = old.place(entry);
      if (from.position <= place.position || from.offset <= place.offset) continue;
      const resumed = scan(this.#context, this.name, log, from, index);
      if (resumed.position > from.position) place = resumed;
    }
    index.truncate(index.countBefore(this.sizeBytes));
    this.#index = index;
    this.#indexSaved = 0;
    this.#isReindexed = true;
    this.#context.indexes.remove(this.indexPath);
    if (this.#sealed) this.#markEnd();
    this.#saveIndex();
    this.#releaseIndex();
    this.#context.onEvent({
      kind: "index_rebuilt",
      path: this.indexPath,
      message: `Read ${this.sizeBytes} bytes of ${this.logPath} to make its index anew: ` +
        "what it said was wrong",
    });
    return index;
  }

  /** Leaves the index of a settled segment to the cache, once its file has all of it. */
  #releaseIndex(): void {
    if (this.isSettled && this.#indexSaved === this.#index?.count) this.#index = undefined;
  }

  #closeFiles(): void {
    this.#context.files.close(this.logPath);
    this.#context.files.close(this.indexPath);
  }
}

/** Headers of a segment's batches, read a piece at a time into borrowed memory. */
class Headers {
  readonly view: DataView<ArrayBuffer>;
  readonly #segment: Segment;
  readonly #bytes: Uint8Array;
  #start = 0;
  #end = 0;

  constructor(segment: Segment, view: DataView<ArrayBuffer>) {
    this.#segment = segment;
    this.view = view;
    this.#bytes = new Uint8Array(view.buffer);
  }

  /** Where in `view` the header at a position of the log is, until the next call. */
  at(position: number): number {
    if (position < this.#start || position + BATCH_HEADER_BYTES > this.#end) this.#read(position);
    return position - this.#start;
  }

  #read(position: number): void {
    const length = Math.min(this.#bytes.length, this.#segment.sizeBytes - position);
    this.#segment.readAt(this.#bytes.subarray(0, length), position);
    this.#start = position;
    this.#end = position + length;
  }
}

/** Path of a segment's log file. */
export function logPath(name: SegmentName): string {
  return `${name.directory}/${fileName(name.baseOffset)}.log`;
}

/** Path of a segment's index file. */
export function indexPath(name: SegmentName): string {
  return `${name.directory}/${fileName(name.baseOffset)}.index`;
}

function fileName(baseOffset: number): string {
  return String(baseOffset).padStart(20, "0");
}

const CREATE = { create: true } as const;

/** More than an operator reads. */
const DAMAGES_TOLD_MAX = 100;

const FAULTS: Readonly<Record<number, string>> = {
  [INVALID_MESSAGE_CHECKSUM]: "fails the checksum of a message",
  [INVALID_BATCH_CHECKSUM]: "fails its checksum",
};
