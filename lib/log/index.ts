/**
 * The sparse index of one segment: where in the log file an offset or a time is to be found.
 *
 * It is held as the bytes of its file: entries of 16 bytes, little-endian,
 *
 *     u32 offset - base offset | u32 position | u64 timestamp, micros
 *
 * An entry says: a batch starts at `position` with that offset, or the log ends there; every batch
 * before has smaller offsets and timestamps up to `timestamp` at most. Both first fields rise from
 * entry to entry, the timestamp never falls.
 *
 * @module
 */

/** Where in a log something is. */
export interface Place {
  /** Bytes from the start of the file. */
  readonly position: number;
  /** Offset of the batch that starts there, or of the next one to come. */
  readonly offset: number;
  /** No batch before has a later timestamp, micros. */
  readonly timestamp: number;
}

/** See the module comment. Entries are numbered from 0; -1 stands for the start of the segment. */
export class SegmentIndex {
  readonly baseOffset: number;
  #view = new DataView(new ArrayBuffer(INITIAL_ENTRIES * INDEX_ENTRY_BYTES));
  #count = 0;

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset;
  }

  /** Reads the bytes of an index file up to the first entry that contradicts those before it. */
  static read(baseOffset: number, bytes: Uint8Array): SegmentIndex {
    const index = new SegmentIndex(baseOffset);
    const whole = Math.floor(bytes.length / INDEX_ENTRY_BYTES);
    index.#view = new DataView(bytes.slice(0, whole * INDEX_ENTRY_BYTES).buffer);
    while (index.#count < whole && index.#fits(index.#count)) index.#count++;
    return index;
  }

  /** How many entries there are. */
  get count(): number {
    return this.#count;
  }

  /** What it takes in memory. */
  get memoryBytes(): number {
    return this.#view.byteLength;
  }

  offset(entry: number): number {
    return this.baseOffset + this.#view.getUint32(entry * INDEX_ENTRY_BYTES, true);
  }

  position(entry: number): number {
    return this.#view.getUint32(entry * INDEX_ENTRY_BYTES + 4, true);
  }

  timestamp(entry: number): number {
    return readTimestamp(this.#view, entry * INDEX_ENTRY_BYTES);
  }

  place(entry: number): Place {
    if (entry < 0) return { position: 0, offset: this.baseOffset, timestamp: 0 };
    return readEntry(this.#view, entry * INDEX_ENTRY_BYTES, this.baseOffset);
  }

  /** Position of the last entry; -1 when there is none. */
  get lastPosition(): number {
    return this.#count === 0 ? -1 : this.position(this.#count - 1);
  }

  /** Adds an entry after the last. */
  add(offset: number, position: number, timestamp: number): void {
    const at = this.#count * INDEX_ENTRY_BYTES;
    if (at === this.#view.byteLength) this.#grow();
    this.#view.setUint32(at, offset - this.baseOffset, true);
    this.#view.setUint32(at + 4, position, true);
    this.#view.setUint32(at + 8, timestamp, true);
    this.#view.setUint32(at + 12, Math.floor(timestamp / 0x100000000), true);
    this.#count++;
  }

  /** Adds an entry for a batch unless there is one less than `intervalBytes` before it. */
  addSparsely(offset: number, position: number, timestamp: number, intervalBytes: number): void {
    if (this.#count > 0 && position - this.lastPosition < intervalBytes) return;
    this.add(offset, position, timestamp);
  }

  /** Drops all entries but the first `count`. */
  truncate(count: number): void {
    this.#count = Math.min(this.#count, count);
  }

  /** How many entries lie before `position`. */
  countBefore(position: number): number {
    return this.#search((entry) => this.position(entry) < position);
  }

  /** The last entry with an offset of at most `offset`. */
  atOffset(offset: number): number {
    return this.#search((entry) => this.offset(entry) <= offset) - 1;
  }

  /** The last entry with a timestamp below `timestamp`: no batch before it has that timestamp or a later one. */
  beforeTimestamp(timestamp: number): number {
    return this.#search((entry) => this.timestamp(entry) < timestamp) - 1;
  }

  /** Entries `[from, to)` as they go into the file; a view. */
  bytes(from: number, to: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(
      this.#view.buffer,
      from * INDEX_ENTRY_BYTES,
      (to - from) * INDEX_ENTRY_BYTES,
    );
  }

  /** How many entries from the first on satisfy a test that holds for a first part of them. */
  #search(test: (entry: number) => boolean): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (test(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #fits(entry: number): boolean {
    if (entry === 0) return this.position(0) === 0 && this.offset(0) === this.baseOffset;
    return this.position(entry) > this.position(entry - 1) &&
      this.offset(entry) > this.offset(entry - 1) &&
      this.timestamp(entry) >= this.timestamp(entry - 1);
  }

  #grow(): void {
    const grown = new Uint8Array(
      Math.max(INITIAL_ENTRIES * INDEX_ENTRY_BYTES, this.#view.byteLength * 2),
    );
    grown.set(this.bytes(0, this.#count));
    this.#view = new DataView(grown.buffer);
  }
}

/** The entry at byte `at` of an index file. */
export function readEntry(view: DataView, at: number, baseOffset: number): Place {
  return {
    offset: baseOffset + view.getUint32(at, true),
    position: view.getUint32(at + 4, true),
    timestamp: readTimestamp(view, at),
  };
}

function readTimestamp(view: DataView, at: number): number {
  return view.getUint32(at + 12, true) * 0x100000000 + view.getUint32(at + 8, true);
}

/** Bytes of one entry. */
export const INDEX_ENTRY_BYTES = 16;

const INITIAL_ENTRIES = 16;
