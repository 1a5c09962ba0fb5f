/**
 * Reused memory for what is read from disk and written to sockets: a poll takes a lease, the
 * connection gives it back once the bytes are sent.
 *
 * @module
 */

/** A borrowed buffer; nobody may touch `bytes` after `release`. */
export interface Lease {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Gives the buffer back; call it once. */
  release(): void;
}

/** Bounds of a pool, in bytes. */
export interface PoolLimits {
  /** What may be out on lease; `room` tells what is left of it. */
  readonly leasedBytesMax: number;
  /** What is kept for the next lease; the rest goes to the garbage collector. */
  readonly idleBytesMax: number;
}

/** Buffers in size classes of powers of two, and large ones out of an arena while it has room. */
export class BufferPool {
  readonly #limits: PoolLimits;
  readonly #arena: Arena | undefined;
  readonly #free = new Map<number, Uint8Array<ArrayBuffer>[]>();
  #leasedBytes = 0;
  #idleBytes = 0;

  constructor(limits: PoolLimits, arena?: Arena) {
    this.#limits = limits;
    this.#arena = arena;
  }

  /**
   * Bytes that may still go out. The pool leases beyond it too: whoever can do with less, or later,
   * asks first.
   */
  get room(): number {
    return Math.max(0, this.#limits.leasedBytesMax - this.#leasedBytes);
  }

  /**
   * Whether a lease of that size is within the bound; the only lease always is, so that nobody waits
   * for what will never be.
   */
  hasRoom(size: number): boolean {
    return size <= this.room || this.#leasedBytes === 0;
  }

  /** Bytes that wait for the next lease; at most `idleBytesMax`. */
  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** A buffer of at least `size` bytes whose content is undefined. */
  lease(size: number): Lease {
    const large = this.#takeLarge(size);
    if (large !== undefined) return large;
    const capacity = sizeClass(size);
    const bytes = this.#take(capacity) ?? new Uint8Array(capacity);
    this.#leasedBytes += capacity;
    return { bytes, release: () => this.#giveBack(bytes) };
  }

  /** As {@link lease}, of the arena only: `undefined` when it has no room, or for less than a page. */
  leaseLarge(size: number): Lease | undefined {
    return this.#takeLarge(size);
  }

  #takeLarge(size: number): Lease | undefined {
    const arena = this.#arena;
    if (arena === undefined || size < ARENA_PAGE_BYTES) return undefined;
    const bytes = arena.take(size);
    if (bytes === undefined) return undefined;
    this.#leasedBytes += bytes.length;
    const release = () => {
      this.#leasedBytes -= bytes.length;
      arena.giveBack(bytes);
    };
    return { bytes, release };
  }

  #take(capacity: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.#free.get(capacity)?.pop();
    if (bytes !== undefined) this.#idleBytes -= capacity;
    return bytes;
  }

  #giveBack(bytes: Uint8Array<ArrayBuffer>): void {
    const capacity = bytes.length;
    this.#leasedBytes -= capacity;
    if (this.#idleBytes + capacity > this.#limits.idleBytesMax) return;
    this.#idleBytes += capacity;
    const free = this.#free.get(capacity);
    if (free === undefined) this.#free.set(capacity, [bytes]);
    else free.push(bytes);
  }
}

/**
 * One stretch of memory, lent in runs of pages: the first that is long enough. So the same pages are
 * used again and again, those that were never needed cost nothing, and neighbours that come back are
 * one run again.
 */
export class Arena {
  readonly #memory: Uint8Array<ArrayBuffer>;
  /** 1 for each page that is lent. */
  readonly #lent: Uint8Array;

  /** The whole of `memory` that fills pages of 64 KiB. */
  constructor(memory: Uint8Array<ArrayBuffer>) {
    this.#memory = memory;
    this.#lent = new Uint8Array(Math.floor(memory.length / ARENA_PAGE_BYTES));
  }

  /** At least `size` bytes whose content is undefined, or `undefined` when no run is so long. */
  take(size: number): Uint8Array<ArrayBuffer> | undefined {
    const pages = Math.ceil(size / ARENA_PAGE_BYTES);
    const first = this.#firstFree(pages);
    if (first === undefined) return undefined;
    this.#lent.fill(1, first, first + pages);
    const at = first * ARENA_PAGE_BYTES;
    return this.#memory.subarray(at, at + pages * ARENA_PAGE_BYTES);
  }

  /** Takes back what {@link take} gave, once. */
  giveBack(bytes: Uint8Array): void {
    const first = (bytes.byteOffset - this.#memory.byteOffset) / ARENA_PAGE_BYTES;
    this.#lent.fill(0, first, first + bytes.length / ARENA_PAGE_BYTES);
  }

  #firstFree(pages: number): number | undefined {
    const lent = this.#lent;
    for (let first = 0; first + pages <= lent.length;) {
      const taken = lent.lastIndexOf(1, first + pages - 1);
      if (taken < first) return first;
      first = taken + 1;
    }
    return undefined;
  }
}

function sizeClass(size: number): number {
  let capacity = SMALLEST_BYTES;
  while (capacity < size) capacity *= 2;
  return capacity;
}

const SMALLEST_BYTES = 4096;
/** Below this a copy costs less than to keep account of a place of its own. */
const ARENA_PAGE_BYTES = 64 * 1024;
