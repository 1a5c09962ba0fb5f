/**
 * Where a connection puts the bytes it wants sent: one buffer, so that a flight is one write.
 *
 * @module
 */
import type { BufferPool } from "./provider/provider.ts";

/** A growing buffer of TLS bytes. Holds no memory while it is empty. */
export class Outgoing {
  readonly #pool: BufferPool;
  #buffer: Uint8Array = NOTHING;
  #length = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** How many bytes wait. */
  get length(): number {
    return this.#length;
  }

  /** The bytes that wait: a view, valid until the next call. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Room for `bytes` more at the end, counted as written: the caller fills it. */
  reserve(bytes: number): Uint8Array {
    const end = this.#length + bytes;
    if (end > this.#buffer.length) this.#grow(end);
    const room = this.#buffer.subarray(this.#length, end);
    this.#length = end;
    return room;
  }

  /** Forgets all bytes, after they were sent, and gives the memory back. */
  clear(): void {
    this.#pool.give(this.#buffer);
    this.#buffer = NOTHING;
    this.#length = 0;
  }

  #grow(bytes: number): void {
    const larger = this.#pool.take(Math.max(bytes, 2 * this.#buffer.length, BUFFER_BYTES_MIN));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#pool.give(this.#buffer);
    this.#buffer = larger;
  }
}

const NOTHING = new Uint8Array(0);

/** A server's whole first flight with two certificates fits. */
const BUFFER_BYTES_MIN = 4096;
