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

/**
 * Buffers in size classes of powers of two. What is given back is kept up to `idleBytesMax`, the
 * rest goes to the garbage collector.
 */
export class BufferPool {
  readonly #free = new Map<number, Uint8Array<ArrayBuffer>[]>();
  readonly #idleBytesMax: number;
  #idleBytes = 0;

  constructor(idleBytesMax: number) {
    this.#idleBytesMax = idleBytesMax;
  }

  /** Bytes that wait for the next lease; at most `idleBytesMax`. */
  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** A buffer of at least `size` bytes whose content is undefined. */
  lease(size: number): Lease {
    const capacity = sizeClass(size);
    const bytes = this.#take(capacity) ?? new Uint8Array(capacity);
    return { bytes, release: () => this.#giveBack(bytes) };
  }

  #take(capacity: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.#free.get(capacity)?.pop();
    if (bytes !== undefined) this.#idleBytes -= capacity;
    return bytes;
  }

  #giveBack(bytes: Uint8Array<ArrayBuffer>): void {
    const capacity = bytes.length;
    if (this.#idleBytes + capacity > this.#idleBytesMax) return;
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
