/**
 * Finding out, at start, what of a partition is there.
 *
 * A settled segment says so itself: the last entry of its index is the end of its log and the start of
 * the next segment. It is believed, not read. Any other segment is read from its last index entry on,
 * batch by batch with all checksums, so at most what was not committed when the process ended, and
 * one index interval. Where the batches stop being whole, the log ends: the rest was never committed
 * and is cut off, with one line for the node's log.
 *
 * Commits go in order, so an index with anything in it proves that every earlier segment was committed
 * whole. If one of those is not whole, committed bytes were damaged: nothing is cut then, the readable
 * rest is served, and the line says so.
 *
 * @module
 */
import { IO_ERROR } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { StorageFile } from "../ports.ts";
import type { LogContext, LogEventKind } from "./context.ts";
import { INDEX_ENTRY_BYTES, type Place, readEntry, SegmentIndex } from "./index.ts";
import { scan } from "./scan.ts";
import { indexPath, logPath, Segment, type SegmentName, type SegmentState } from "./segment.ts";

/**
 * The segments of a partition, oldest first; none when it never had a message. The last one takes
 * appends, the others are sealed. Throws an {@link IggyError} when the files contradict each other.
 */
export function recoverSegments(
  context: LogContext,
  directory: string,
  partitionId: number,
): Segment[] {
  return new Recovery(context, directory, partitionId).run();
}

class Recovery {
  readonly #context: LogContext;
  readonly #directory: string;
  readonly #partitionId: number;
  /** Of the last batch found so far. */
  #timestamp = 0;

  constructor(context: LogContext, directory: string, partitionId: number) {
    this.#context = context;
    this.#directory = directory;
    this.#partitionId = partitionId;
  }

  run(): Segment[] {
    const names = this.#names();
    const segments: Segment[] = [];
    for (const [at, name] of names.entries()) {
      const found = this.#settled(name, names.at(at + 1)) ??
        this.#scanned(name, names.slice(at + 1));
      segments.push(found.segment);
      this.#timestamp = found.segment.lastTimestamp;
      if (found.isEnd) break;
    }
    return segments;
  }

  /** What the folder holds; an index without its log is what a removal left behind. */
  #names(): SegmentName[] {
    const { storage } = this.#context;
    const files = storage.list(this.#directory);
    const logs = new Set(files.filter((file) => LOG_FILE.test(file)));
    for (const file of files) {
      if (INDEX_FILE.test(file) && !logs.has(file.replace(".index", ".log"))) {
        storage.remove(`${this.#directory}/${file}`);
      }
    }
    return [...logs].map((file) => ({
      directory: this.#directory,
      partitionId: this.#partitionId,
      baseOffset: Number.parseInt(file, 10),
    }));
  }

  /** A segment that another one follows, and whose index ends where that one starts. */
  #settled(name: SegmentName, next: SegmentName | undefined): Found | undefined {
    if (next === undefined) return undefined;
    const end = this.#lastEntry(name);
    if (end === undefined || end.offset !== next.baseOffset) return undefined;
    if (end.position !== this.#use(logPath(name), (log) => log.size)) return undefined;
    const state = { written: end, committed: end, sealed: true, index: undefined, indexSaved: 0 };
    return { segment: new Segment(this.#context, name, state), isEnd: false };
  }

  #scanned(name: SegmentName, following: readonly SegmentName[]): Found {
    return this.#use(logPath(name), (log) => {
      const reading = this.#read(name, log);
      const isEnd = this.#judge(name, log, reading.written, following);
      const segment = new Segment(this.#context, name, { ...reading, sealed: false });
      if (!isEnd) segment.seal();
      return { segment, isEnd };
    });
  }

  /** Decides whether the partition ends with this segment, and cuts off what comes after if so. */
  #judge(
    name: SegmentName,
    log: StorageFile,
    end: Place,
    following: readonly SegmentName[],
  ): boolean {
    const next = following.at(0)?.baseOffset ?? Infinity;
    if (end.offset > next) throw overlap(name, end.offset, next);
    if (end.offset < next) {
      if (following.some((each) => this.#lastEntry(each) !== undefined)) {
        this.#reportDamage(name, log, end, next);
        return false;
      }
      this.#cut(name, log, end, following);
      return true;
    }
    // All that the next segment builds on is there; what may follow is an append that failed.
    if (log.size > end.position) log.truncate(end.position);
    return false;
  }

  /**
   * Reads a log from its last index entry on. An entry is confirmed by the batch that follows it; one
   * that is not is dropped and the entry before it tried, down to the start of the log.
   */
  #read(name: SegmentName, log: StorageFile): Reading {
    const bytes = this.#context.storage.readFile(indexPath(name)) ?? new Uint8Array();
    const index = SegmentIndex.read(name.baseOffset, bytes);
    const promised = index.lastPosition;
    const end = index.place(index.count - 1);
    const contradicts = index.count < Math.floor(bytes.length / INDEX_ENTRY_BYTES);
    let entry = index.count;
    let from: Place, written: Place;
    do {
      entry--;
      from = entry < 0 ? { ...index.place(-1), timestamp: this.#timestamp } : index.place(entry);
      index.truncate(entry + 1);
      written = scan(this.#context, name, log, from, index);
    } while (entry >= 0 && written.position === from.position);
    if (promised > log.size) this.#reportLoss(name, log, promised);
    else this.#reportIndex(name, log.size - from.position, contradicts);
    const isRotten = written.position < promised && promised <= log.size;
    if (isRotten) return this.#beyondDamage(name, log, written, end, bytes);
    const committed = written.position === promised ? written : from;
    return { written, committed, index, indexSaved: entry + 1 };
  }

  /** The log goes on where the index says that it was committed to: nothing of that is cut. */
  #beyondDamage(
    name: SegmentName,
    log: StorageFile,
    damaged: Place,
    end: Place,
    indexBytes: Uint8Array,
  ): Reading {
    const path = logPath(name);
    this.#report(
      "segment_damaged",
      path,
      `Log ${path} is damaged at byte ${damaged.position} of ${log.size}: the batch of offset ` +
        `${damaged.offset} cannot be read; polls of it fail, others are served`,
    );
    const index = SegmentIndex.read(name.baseOffset, indexBytes);
    const indexSaved = index.count;
    const written = scan(this.#context, name, log, end, index);
    return { written, committed: end, index, indexSaved, damagedAt: damaged.position };
  }

  /** Removes later segments first, so that a crash amid this leaves the same question. */
  #cut(name: SegmentName, log: StorageFile, end: Place, following: readonly SegmentName[]): void {
    const { storage } = this.#context;
    let bytes = log.size - end.position;
    for (const later of following) {
      bytes += this.#use(logPath(later), (file) => file.size);
      storage.remove(logPath(later));
      storage.remove(indexPath(later));
    }
    if (log.size > end.position) log.truncate(end.position);
    if (bytes === 0) return;
    const path = logPath(name);
    this.#report(
      "tail_cut",
      path,
      `Cut ${bytes} bytes off ${path} at byte ${end.position}: the batch there is incomplete, ` +
        `the log goes on with offset ${end.offset}`,
    );
  }

  #reportDamage(name: SegmentName, log: StorageFile, end: Place, next: number): void {
    const path = logPath(name);
    this.#report(
      "segment_damaged",
      path,
      `Log ${path} is damaged at byte ${end.position} of ${log.size}: ` +
        `offsets ${end.offset} to ${next - 1} cannot be read, all others can`,
    );
  }

  #reportLoss(name: SegmentName, log: StorageFile, promised: number): void {
    const path = logPath(name);
    this.#report(
      "segment_damaged",
      path,
      `Log ${path} has ${log.size} bytes, but ${promised} were committed: the others are gone`,
    );
  }

  /** Says why a start took long, or that an index was wrong; a crash as such needs no line. */
  #reportIndex(name: SegmentName, bytesRead: number, contradicts: boolean): void {
    if (bytesRead <= SWIFTLY_READ_BYTES && !contradicts) return;
    this.#report(
      "index_rebuilt",
      indexPath(name),
      `Read ${bytesRead} bytes of ${logPath(name)} to complete its index`,
    );
  }

  /** The last entry of a segment's index file. */
  #lastEntry(name: SegmentName): Place | undefined {
    const path = indexPath(name);
    if (!this.#context.storage.exists(path)) return undefined;
    return this.#use(path, (file) => {
      const count = Math.floor(file.size / INDEX_ENTRY_BYTES);
      if (count === 0) return undefined;
      const bytes = new Uint8Array(INDEX_ENTRY_BYTES);
      file.readAt(bytes, (count - 1) * INDEX_ENTRY_BYTES);
      return readEntry(new DataView(bytes.buffer), 0, name.baseOffset);
    });
  }

  /** A file for the moment, past the shared open ones: at start there are more files than may stay open. */
  #use<T>(path: string, use: (file: StorageFile) => T): T {
    const file = this.#context.storage.open(path);
    try {
      return use(file);
    } finally {
      file.close();
    }
  }

  #report(kind: LogEventKind, path: string, message: string): void {
    this.#context.onEvent({ kind, path, message });
  }
}

function overlap(name: SegmentName, endOffset: number, next: number): IggyError {
  return new IggyError(
    IO_ERROR,
    `Log ${logPath(name)} goes on to offset ${endOffset - 1}, ` +
      `but the next segment starts at offset ${next}: one of the two does not belong here`,
  );
}

interface Found {
  readonly segment: Segment;
  /** Whether no segment follows. */
  readonly isEnd: boolean;
}

type Reading = Omit<SegmentState, "sealed">;

const LOG_FILE = /^\d{20}\.log$/;
const INDEX_FILE = /^\d{20}\.index$/;

/** Read in a fraction of a second, and more than a crash leaves unsynced as a rule. */
const SWIFTLY_READ_BYTES = 64 * 1024 * 1024;
