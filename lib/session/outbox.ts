/**
 * What a connection owes its client: small answers gathered in one writer, and at most one large
 * answer that stays in the buffer it was read into.
 *
 * Invariant: bytes leave in the order in which they were put in; after a leased answer was added
 * nothing else may be put in until `flush`.
 *
 * @module
 */
import { WireWriter } from "../../protocol/wire.ts";
import type { Lease } from "../buffers.ts";
import type { Duplex } from "../ports.ts";

/** The unsent answers of one connection. */
export class Outbox {
  #writer = new WireWriter(INITIAL_BYTES);
  #large: Uint8Array | undefined;
  #lease: Lease | undefined;
  #ending = false;

  /** Takes the small answers, whole frames only; another one after each `flush`. */
  get writer(): WireWriter {
    return this.#writer;
  }

  /** Whether there is nothing to send. */
  get empty(): boolean {
    return this.#writer.length === 0 && this.#large === undefined;
  }

  /** Whether the bytes must go before the next request is looked at. */
  get full(): boolean {
    return this.#large !== undefined || this.#ending || this.#writer.length >= FULL_BYTES;
  }

  /** Whether the connection ends once these bytes are sent. */
  get ending(): boolean {
    return this.#ending;
  }

  /**
   * Adds the bytes `[start, end)` of a lease, which is released once they are sent. What the writer
   * holds from `headAt` on is their head: it moves in front of them, where the lease has room for
   * it, so that both go out as one.
   */
  addLeased(headAt: number, lease: Lease, start: number, end: number): void {
    if (this.#large !== undefined) throw new Error("Outbox holds a leased answer already");
    const head = this.#writer.written.subarray(headAt);
    lease.bytes.set(head, start - head.length);
    this.#large = lease.bytes.subarray(start - head.length, end);
    this.#lease = lease;
    this.#writer.rewind(headAt);
  }

  /** Ends the connection after what is in the box was sent. */
  endAfterFlush(): void {
    this.#ending = true;
  }

  /**
   * Sends all; the memory is free again afterwards, also when the far end is gone. `progress` is
   * called after each part the far end took, so that a slow reader can be told from a stuck one.
   */
  async flush(to: Duplex, progress: () => void): Promise<void> {
    try {
      const large = this.#large;
      if (this.#writer.length > 0) {
        await to.write(this.#writer.written);
        if (large !== undefined) progress();
      }
      if (large !== undefined) await sendLarge(to, large, progress);
    } finally {
      this.#clearWriter();
      this.#lease?.release();
      this.#lease = undefined;
      this.#large = undefined;
    }
  }

  /** What a long answer took goes back: a connection is idle most of its time. */
  #clearWriter(): void {
    if (this.#writer.length > FULL_BYTES) this.#writer = new WireWriter(INITIAL_BYTES);
    else this.#writer.clear();
  }
}

async function sendLarge(to: Duplex, bytes: Uint8Array, progress: () => void): Promise<void> {
  if (to.wholeMessages || bytes.length <= PART_BYTES) return await to.write(bytes, progress);
  for (let at = 0; at < bytes.length; at += PART_BYTES) {
    await to.write(bytes.subarray(at, at + PART_BYTES));
    progress();
  }
}

const INITIAL_BYTES = 1024;
const FULL_BYTES = 64 * 1024;
/** What a peer must take within the stall time; large enough that the parts cost nothing. */
const PART_BYTES = 1024 * 1024;
