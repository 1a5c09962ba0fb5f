/**
 * Partition logs on a simulated disk: what tests of the log need around it. Messages are told apart
 * by their ids, which count up from 1 per disk.
 *
 * @module
 */
import { batchKernel, replyArena, xxh3 } from "../../lib/log/checksum.ts";
import {
  LogContext,
  type LogEvent,
  type LogLimits,
  type LogPolicy,
} from "../../lib/log/context.ts";
import { PartitionLog, type PartitionSettings, type ReadKind } from "../../lib/log/partition.ts";
import type { ReadPlan } from "../../lib/log/read_plan.ts";
import { limits } from "../../lib/limits.ts";
import type { Storage } from "../../lib/ports.ts";
import { batchHeader } from "../../protocol/message.ts";
import { type Message, MESSAGES } from "../../protocol/message_codec.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";
import { SimClock } from "./sim_clock.ts";
import { SimStorage } from "./sim_storage.ts";

/** One disk, the shared parts of the logs on it, and what they reported. */
export class PartitionLogs<Disk extends Storage = SimStorage> {
  readonly storage: Disk;
  readonly clock = new SimClock();
  readonly events: LogEvent[] = [];
  readonly context: LogContext;
  #nextId = 1n;

  constructor(
    storage: Disk,
    changes: Partial<LogLimits> = {},
    policy: Partial<LogPolicy> = {},
  ) {
    this.storage = storage;
    this.context = new LogContext(
      {
        storage,
        clock: this.clock,
        kernel: batchKernel,
        onEvent: (event) => this.events.push(event),
      },
      { ...limits, indexIntervalBytes: 1024, ...changes },
      { validatesChecksums: true, ...policy },
    );
  }

  open(changes: Partial<PartitionSettings> = {}, directory = DIRECTORY): PartitionLog {
    return PartitionLog.open(this.context, directory, { ...SETTINGS, ...changes });
  }

  /** Puts a batch of `count` messages at the start of the kernel's input; gives its bytes. */
  load(count: number, payloadBytes = 10, at = batchKernel.input.at): number {
    const messages = Array.from({ length: count }, () => ({
      id: this.#nextId++,
      originTimestamp: 1_600_000_000_000_000,
      payload: new Uint8Array(payloadBytes).fill(Number(this.#nextId)),
    }));
    const writer = new WireWriter();
    MESSAGES.vsr_0_11.encode(writer, messages, xxh3);
    batchKernel.memory.set(writer.written, at);
    return writer.length;
  }

  /** Appends one batch of `count` messages; gives the offset of the first. */
  append(log: PartitionLog, count = 1, payloadBytes = 10): number {
    return log.append(batchKernel.input.at, this.load(count, payloadBytes));
  }

  /** Continues the ids after those already on a disk. */
  continueAfter(other: { readonly nextId: bigint }): void {
    this.#nextId = other.nextId;
  }

  get nextId(): bigint {
    return this.#nextId;
  }
}

/** A batch as a test looks at it. */
export interface ReadBatch {
  readonly partitionId: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly bytes: number;
  readonly messages: Message[];
}

/** Plans and reads, and takes apart what comes. */
export function readBatches(
  log: PartitionLog,
  kind: ReadKind,
  value = 0,
  count = 1_000_000,
  bytesMax = 1 << 30,
): ReadBatch[] {
  const plan = log.plan(kind, value, count, bytesMax);
  return readPlanned(log, plan, new Uint8Array(plan.bufferBytes));
}

/** As {@link readBatches}, into the kernel's own memory, as polls that ask for much do. */
export function readBatchesInArena(
  log: PartitionLog,
  kind: ReadKind,
  value = 0,
  count = 1_000_000,
  bytesMax = 1 << 24,
): ReadBatch[] {
  const plan = log.plan(kind, value, count, bytesMax);
  const page = replyArena.take(plan.bufferBytes)!;
  try {
    // No more than was asked for, so that what is written beyond it is seen.
    return readPlanned(log, plan, page.subarray(0, plan.bufferBytes));
  } finally {
    replyArena.giveBack(page);
  }
}

function readPlanned(log: PartitionLog, plan: ReadPlan, into: Uint8Array): ReadBatch[] {
  const { start, end } = log.read(plan, into);
  const batches: ReadBatch[] = [];
  const view = new DataView(into.buffer, into.byteOffset);
  for (let at = start; at < end; at += batchHeader.length(view, at)) {
    const bytes = batchHeader.length(view, at);
    batches.push({
      partitionId: batchHeader.partitionId(view, at),
      offset: batchHeader.baseOffset(view, at),
      timestamp: batchHeader.baseTimestamp(view, at),
      bytes,
      messages: [...MESSAGES.vsr_0_11.decode(new WireReader(into.subarray(at, at + bytes)))],
    });
  }
  return batches;
}

/** Ids of all messages of a log from its first offset on, in order. */
export function allIds(log: PartitionLog): number[] {
  return readBatches(log, "first").flatMap((batch) =>
    batch.messages.map((message) => Number(message.id))
  );
}

/** What is there after the process died, or the power went. */
export function restarted(
  logs: PartitionLogs,
  storage: SimStorage,
  changes: Partial<LogLimits> = {},
): PartitionLogs {
  const next = new PartitionLogs(storage, changes);
  next.continueAfter(logs);
  next.clock.micros = logs.clock.micros;
  return next;
}

/** Numbers from `from` to `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** Lets everything happen that waits for nothing but its turn. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

export const DIRECTORY = "streams/1/topics/1/partitions/3/1";

const SETTINGS: PartitionSettings = {
  partitionId: 3,
  segmentBytesMax: 1024 * 1024 * 1024,
  persisted: false,
};
