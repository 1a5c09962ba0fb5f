/**
 * A pool of buffers in memory of fixed size: what is read from a socket into such a buffer is opened
 * where it lies, and what is sealed there is written from there.
 *
 * @module
 */
import type { BufferPool } from "./provider.ts";

/** Buffers of one size. */
export interface SizeClass {
  readonly bytes: number;
  readonly count: number;
}

/**
 * Hands out `memory` from offset `at` on, in buffers of the given sizes, smallest first. The buffer
 * given back last is taken first, so that few pages are in use while few buffers are. Every `take`
 * makes a view of its own: one that was given back stays so, whoever has its memory now.
 */
export class MemoryPool implements BufferPool {
  readonly #memory: Uint8Array<ArrayBuffer>;
  readonly #classes: readonly FreeList[];

  /** Throws a `RangeError` when the sizes do not ascend or do not fit. */
  constructor(memory: Uint8Array<ArrayBuffer>, at: number, sizes: readonly SizeClass[]) {
    this.#memory = memory;
    let end = at;
    this.#classes = sizes.map(({ bytes, count }, index) => {
      if (index > 0 && bytes <= sizes[index - 1].bytes) {
        throw new RangeError(`Sizes of buffers do not ascend: ${bytes} is not the largest so far`);
      }
      const start = end;
      end += bytes * count;
      return {
        ...{ bytes, start, end, taken: new Map() },
        free: Array.from({ length: count }, (_, slot) => start + bytes * (count - 1 - slot)),
      };
    });
    if (end > memory.length) {
      throw new RangeError(`Pool ends at ${end}, its memory at ${memory.length}`);
    }
  }

  /** The smallest buffer that holds `bytes`, whole; plain memory when none of its size is left. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const sizeClass = this.#classes.find((each) => bytes <= each.bytes);
    const at = sizeClass?.free.pop();
    if (sizeClass === undefined || at === undefined) return new Uint8Array(bytes);
    const buffer = this.#memory.subarray(at, at + sizeClass.bytes);
    sizeClass.taken.set(at, buffer);
    return buffer;
  }

  /** Takes a buffer back. One that is not out, or is not whole, is ignored. */
  give(buffer: Uint8Array): void {
    if (buffer.buffer !== this.#memory.buffer) return;
    const at = buffer.byteOffset - this.#memory.byteOffset;
    const sizeClass = this.#classes.find((each) => at >= each.start && at < each.end);
    if (sizeClass?.taken.get(at) !== buffer) return;
    sizeClass.taken.delete(at);
    sizeClass.free.push(at);
  }
}

/** Where the buffers of one size are. Each is in one of `free` and `taken`. */
interface FreeList extends Pick<SizeClass, "bytes"> {
  readonly start: number;
  readonly end: number;
  /** Offsets; the last is taken next. */
  readonly free: number[];
  readonly taken: Map<number, Uint8Array>;
}
