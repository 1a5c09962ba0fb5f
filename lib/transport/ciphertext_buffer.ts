/**
 * Where TLS records are read into and opened in place.
 *
 * A connection that waits holds a small buffer. One whose reads come back full borrows a large one
 * from the provider's memory, until a read comes back short. Large ones are few, all connections
 * together: whoever finds none left reads record by record.
 *
 *     | waiting: the beginning of a record |  space  |
 *
 * @module
 */
import type { BufferPool } from "../../tls/provider/provider.ts";

/** The large buffers of all connections of a node, lent for reading and for writing. */
export class LargeBuffers {
  readonly pool: BufferPool;
  readonly #lentMax: number;
  #lent = 0;

  /** At most `lentMax` are out at a time. */
  constructor(pool: BufferPool, lentMax: number) {
    this.pool = pool;
    this.#lentMax = lentMax;
  }

  /** A buffer of {@link LARGE_BYTES}; `undefined` when none is left. */
  take(): Uint8Array | undefined {
    if (!this.reserve()) return undefined;
    return this.pool.take(LARGE_BYTES);
  }

  give(buffer: Uint8Array): void {
    this.pool.give(buffer);
    this.unreserve();
  }

  /** Counts one that is taken by other means; `false` when none is left. */
  reserve(): boolean {
    if (this.#lent >= this.#lentMax) return false;
    this.#lent++;
    return true;
  }

  unreserve(): void {
    this.#lent--;
  }
}

/** What one connection received and has not opened. See the module comment. */
export class CiphertextBuffer {
  readonly #large: LargeBuffers;
  /** Kept while a larger one is in use: it is needed again soon. */
  readonly #small = new Uint8Array(SMALL_BYTES);
  #bytes: Uint8Array = this.#small;
  #isLarge = false;
  /** Bytes at the start that wait: `waiting <= bytes.length`. */
  #start = 0;
  #end = 0;
  /** Whether the last read filled all there was: more is there already. */
  #wasFilled = false;

  /** `head`: what was received by other means. */
  constructor(large: LargeBuffers, head: Uint8Array) {
    this.#large = large;
    if (head.length > SMALL_BYTES) {
      this.#bytes = new Uint8Array(Math.max(RECORD_BYTES, head.length));
    }
    this.#bytes.set(head);
    this.#end = head.length;
  }

  /** Bytes of memory held. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** What was received and is not consumed: a view, valid until the next call of `space`. */
  get waiting(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Where the next bytes go: never empty. */
  space(): Uint8Array {
    const { waiting } = this;
    const fits = this.#capacityFor(waiting);
    if (fits === "small") this.#moveTo(this.#small, false);
    else if (fits === "record") this.#moveTo(new Uint8Array(RECORD_BYTES), false);
    else if (fits === "large") this.#moveToLarge();
    else this.#moveTo(this.#bytes, this.#isLarge);
    return this.#bytes.subarray(this.#end);
  }

  /** Says that `count` bytes were put at the start of `space()`. */
  received(count: number): void {
    this.#wasFilled = this.#end + count === this.#bytes.length;
    this.#end += count;
  }

  /** Says that the first `count` bytes that wait are done with. */
  consumed(count: number): void {
    this.#start += count;
  }

  /** Gives the memory back. Nobody may be reading into it. */
  release(): void {
    if (this.#isLarge) this.#large.give(this.#bytes);
    this.#isLarge = false;
    this.#bytes = NOTHING;
    this.#start = this.#end = 0;
  }

  #capacityFor(waiting: Uint8Array): "kept" | "small" | "record" | "large" {
    const needed = recordBytes(waiting);
    const held = this.#bytes.length;
    if (this.#wasFilled) return this.#isLarge ? "kept" : "large";
    if (needed <= SMALL_BYTES) return this.#bytes === this.#small ? "kept" : "small";
    return held >= needed ? "kept" : "record";
  }

  #moveToLarge(): void {
    const large = this.#large.take();
    if (large !== undefined) this.#moveTo(large, true);
    else if (this.#bytes.length >= RECORD_BYTES) this.#moveTo(this.#bytes, false);
    else this.#moveTo(new Uint8Array(RECORD_BYTES), false);
  }

  #moveTo(bytes: Uint8Array, isLarge: boolean): void {
    const { waiting } = this;
    if (bytes === this.#bytes) bytes.copyWithin(0, this.#start, this.#end);
    else bytes.set(waiting);
    if (this.#isLarge && bytes !== this.#bytes) this.#large.give(this.#bytes);
    this.#bytes = bytes;
    this.#isLarge = isLarge;
    this.#start = 0;
    this.#end = waiting.length;
  }
}

/** Bytes of the record that `waiting` begins with, as far as its header says. */
function recordBytes(waiting: Uint8Array): number {
  if (waiting.length < HEADER_BYTES) return HEADER_BYTES;
  // The engine has refused what is longer than a record may be (RFC 8446 §5.2).
  return Math.min(RECORD_BYTES, HEADER_BYTES + (waiting[3] << 8 | waiting[4]));
}

const NOTHING = new Uint8Array(0);
const HEADER_BYTES = 5;

/** A request or two; what an idle connection costs. */
const SMALL_BYTES = 4096;

/** The longest record: RFC 8446 §5.2. */
const RECORD_BYTES = HEADER_BYTES + 2 ** 14 + 256;

/** PERF-NOTES.md section 2: 4 to 16 records at a time. */
export const LARGE_BYTES = 256 * 1024;
