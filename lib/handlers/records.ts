/**
 * The messages of a poll in the form of the client's dialect: from the log to the memory that is
 * sent. The large ones lie in the kernel's own memory (`BufferPool.leaseLarge`), where VSR batches
 * are read to and checked, and classic messages written to: nothing is copied on the way.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import { IggyError } from "../../protocol/errors.ts";
import { CLASSIC_HEADER_BYTES, FRAME_HEADER_BYTES } from "../../protocol/message.ts";
import { sliceBatches } from "../../protocol/batch_slice.ts";
import type { Lease } from "../buffers.ts";
import type { PartitionLog } from "../log/partition.ts";
import type { ReadPlan } from "../log/read_plan.ts";
import type { Broker } from "./broker.ts";

/** Messages in the client's form: bytes `[start, end)` of a lease, with room for heads in front. */
export interface PolledRecords {
  readonly lease: Lease;
  readonly start: number;
  readonly end: number;
}

/** Records, and what they are. */
export interface TakenRecords extends PolledRecords {
  readonly count: number;
  /** Offset of the last message; -1 when there is none. */
  readonly lastOffset: number;
}

/** Room in front of records for the frame's header and the poll's head, whatever the framing. */
export const HEADROOM_BYTES = 512;

/**
 * Reads what was planned, at most `count` messages. The lease is the caller's then, also when there
 * are none; nothing is on lease when this throws what {@link PartitionLog.read} throws, or 4011 for
 * a batch that does not hold together.
 */
export function takeRecords(
  dialect: Dialect,
  broker: Broker,
  log: PartitionLog,
  plan: ReadPlan,
  count: number,
): TakenRecords {
  return TAKE[dialect](broker, log, plan, count);
}

type Take = (broker: Broker, log: PartitionLog, plan: ReadPlan, count: number) => TakenRecords;

const TAKE: Record<Dialect, Take> = {
  classic({ buffers, kernel }, log, plan, count) {
    const { memory, input, output } = kernel;
    const range = log.read(plan, memory.subarray(input.at, input.at + input.length));
    const unpack = (countMax: number, to: number, bytesMax: number) =>
      kernel.unpackClassic(
        input.at + range.start,
        range.end - range.start,
        plan.firstOffset,
        countMax,
        to,
        bytesMax,
      );
    const start = HEADROOM_BYTES;
    const bytesMax = Math.min(plan.bytesMax, classicBytesMax(range.end - range.start, count));
    const large = buffers.leaseLarge(start + bytesMax);
    if (large !== undefined) {
      const length = unpack(count, large.bytes.byteOffset + start, bytesMax);
      // A few messages of a large batch do not keep a place for all of them until they are sent.
      if (length > bytesMax / 2) return unpacked(large, start + length);
      large.release();
    }
    // As with VSR's slices: the first message comes even if it alone is longer than a reply.
    const length = unpack(count, output.at, plan.bytesMax) || unpack(1, output.at, output.length);
    if (length < 0) throw new IggyError(-length, "Stored batch is damaged");
    const lease = buffers.lease(start + length);
    lease.bytes.set(memory.subarray(output.at, output.at + length), start);
    return unpacked(lease, start + length);

    function unpacked(lease: Lease, end: number): TakenRecords {
      const { count, lastOffset } = kernel.unpacked;
      return { lease, start, end, count, lastOffset };
    }
  },
  vsr_0_11({ buffers, xxh3 }, log, plan, count) {
    const lease = buffers.lease(HEADROOM_BYTES + plan.bufferBytes);
    try {
      const range = log.read(plan, lease.bytes.subarray(HEADROOM_BYTES));
      const { start, end, count: taken, lastOffset } = sliceBatches(
        lease.bytes,
        HEADROOM_BYTES + range.start,
        HEADROOM_BYTES + range.end,
        { firstOffset: plan.firstOffset, count, bytesMax: plan.bytesMax },
        xxh3,
      );
      return { lease, start, end, count: taken, lastOffset };
    } catch (fault) {
      lease.release();
      throw fault;
    }
  },
};

/** The most that `count` messages in `storedBytes` of batches come to in the classic form. */
function classicBytesMax(storedBytes: number, count: number): number {
  const countMax = Math.min(count, Math.floor(storedBytes / FRAME_HEADER_BYTES));
  return storedBytes + (CLASSIC_HEADER_BYTES - FRAME_HEADER_BYTES) * countMax;
}
