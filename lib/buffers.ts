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

/** Buffers in size classes of powers of two. */
export class BufferPool {
  readonly #limits: PoolLimits;
  readonly #free = new Map<number, Uint8Array<ArrayBuffer>[]>();
  #leasedBytes = 0;
  #idleBytes = 0;

  constructor(limits: PoolLimits) {
    this.#limits = limits;
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
    const capacity = sizeClass(size);
    const bytes = this.#take(capacity) ?? new Uint8Array(capacity);
    this.#leasedBytes += capacity;
    return { bytes, release: () => this.#giveBack(bytes) };
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

function sizeClass(size: number): number {
  let capacity = SMALLEST_BYTES;
  while (capacity < size) capacity *= 2;
  return capacity;
}

const SMALLEST_BYTES = 4096;
