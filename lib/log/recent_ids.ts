/**
 * The ids of the newest messages of a topic, read back from the logs of its partitions: what a node
 * that starts has to know of before it can tell a message that is sent again.
 *
 * @module
 */
import { IggyError } from "../../protocol/errors.ts";
import { BATCH_HEADER_BYTES, batchHeader, frameLength } from "../../protocol/message.ts";
import { FRAME_ID } from "../../protocol/message_layout.ts";
import type { BufferPool } from "../buffers.ts";
import type { IdWindow } from "./id_window.ts";
import type { PartitionLog } from "./partition.ts";

/** Ids with the times they were accepted at, the newest `entriesMax` of all that were added or some more. */
export class RecentIds {
  readonly #entriesMax: number;
  #since: number;
  #ids = new DataView(new ArrayBuffer(16 * SLOTS_MIN));
  #times = new Float64Array(SLOTS_MIN);
  #count = 0;

  /** `since`: messages from before (micros) are of no interest. */
  constructor(entriesMax: number, since: number) {
    this.#entriesMax = entriesMax;
    this.#since = since;
  }

  /**
   * Adds what a log holds: reads its messages from `since` on, the last `entriesMax` at most, in
   * steps of about 1 MiB with a `pause` after each. Where it is damaged it ends, and what comes behind
   * stays unknown: a sender is not refused for that.
   */
  async addAll(log: PartitionLog, buffers: BufferPool, pause: () => Promise<void>): Promise<void> {
    try {
      const end = log.endOffset;
      const { firstOffset } = log.plan("timestamp", this.#since, 1, STEP_BYTES);
      let offset = Math.max(firstOffset, end - this.#entriesMax);
      while (offset < end) {
        offset = this.#addSome(log, buffers, offset, end);
        await pause();
      }
    } catch (fault) {
      if (!(fault instanceof IggyError)) throw fault;
    }
  }

  /**
   * Has a window remember them, the oldest first. One may be there twice, accepted when the topic
   * knew no or fewer ids: the younger counts.
   */
  fill(window: IdWindow): void {
    for (const slot of this.#byAge()) window.remember(this.#ids, 16 * slot, this.#times[slot]);
  }

  /** Adds messages from `offset` on; gives the offset after the last. */
  #addSome(log: PartitionLog, buffers: BufferPool, offset: number, end: number): number {
    const plan = log.plan("offset", offset, end - offset, STEP_BYTES);
    const lease = buffers.lease(plan.bufferBytes);
    try {
      const range = log.read(plan, lease.bytes);
      const view = new DataView(lease.bytes.buffer, lease.bytes.byteOffset);
      let next = plan.firstOffset;
      for (let at = range.start; at < range.end; at += batchHeader.length(view, at)) {
        next = this.#addBatch(view, at, next);
      }
      return next;
    } finally {
      lease.release();
    }
  }

  #addBatch(view: DataView, batch: number, firstOffset: number): number {
    const time = batchHeader.baseTimestamp(view, batch);
    const end = batch + batchHeader.length(view, batch);
    let offset = batchHeader.baseOffset(view, batch);
    for (let at = batch + BATCH_HEADER_BYTES; at < end; at += frameLength(view, at)) {
      if (offset++ >= firstOffset && time >= this.#since) this.#add(view, at + FRAME_ID, time);
    }
    return offset;
  }

  #add(view: DataView, at: number, time: number): void {
    if (this.#count === this.#times.length) this.#makeRoom();
    const slot = this.#count++;
    this.#times[slot] = time;
    this.#ids.setBigUint64(16 * slot, view.getBigUint64(at));
    this.#ids.setBigUint64(16 * slot + 8, view.getBigUint64(at + 8));
  }

  /** Twice the memory, up to twice what is wanted; from there on the newest stay and time moves on. */
  #makeRoom(): void {
    const isFull = this.#count >= 2 * this.#entriesMax;
    const kept = isFull ? this.#byAge().subarray(-this.#entriesMax) : this.#byAge();
    const slots = isFull ? this.#times.length : 2 * this.#times.length;
    const ids = new DataView(new ArrayBuffer(16 * slots));
    const times = new Float64Array(slots);
    for (const [to, slot] of kept.entries()) {
      times[to] = this.#times[slot];
      ids.setBigUint64(16 * to, this.#ids.getBigUint64(16 * slot));
      ids.setBigUint64(16 * to + 8, this.#ids.getBigUint64(16 * slot + 8));
    }
    this.#ids = ids;
    this.#times = times;
    this.#count = kept.length;
    if (isFull) this.#since = Math.max(this.#since, times[0]);
  }

  /** Slots from the oldest to the newest; as they were added where the time is the same. */
  #byAge(): Uint32Array {
    const slots = Uint32Array.from({ length: this.#count }, (_, slot) => slot);
    return slots.sort((a, b) => this.#times[a] - this.#times[b] || a - b);
  }
}

const SLOTS_MIN = 1024;
const STEP_BYTES = 1024 * 1024;
