/**
 * The log of one partition: takes batches, gives ranges of bytes.
 *
 *     open --append, plan, read, ...--> open --close()--> closed
 *                                       open --remove()--> removed
 *     open --a sync fails--> read only --close(), remove()--> closed, removed
 *
 * Everything is synchronous but the waiting for stable storage. A partition is used by one isolate.
 *
 * @module
 */
import { DISCONNECTED, IO_ERROR, PARTITION_NOT_FOUND } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { BATCH_HEADER_BYTES, batchHeader, type BatchKernel } from "../../protocol/message.ts";
import type { PollingKind } from "../../protocol/primitives.ts";
import { Waiters } from "../waiters.ts";
import { readChecked } from "./checked_read.ts";
import { GroupCommit } from "./commit.ts";
import type { LogContext } from "./context.ts";
import { Offsets } from "./offsets.ts";
import {
  planNothing,
  planRead,
  read,
  type ReadPlan,
  type ReadRange,
  segmentOf,
} from "./read_plan.ts";
import { recoverSegments } from "./recovery.ts";
import { segmentsToDelete, type Trimmable } from "./retention.ts";
import { Segment } from "./segment.ts";

/** What is particular to a partition. */
export interface PartitionSettings {
  readonly partitionId: number;
  /** Size of a segment from which on the next batch starts a new one. At most 1 GiB. */
  readonly segmentBytesMax: number;
  /**
   * Whether messages are acknowledged, and shown to readers, only when they are on stable storage
   * (VSR.md section 7.6). Otherwise when they are written to the operating system.
   */
  readonly persisted: boolean;
}

/** Where a read starts. `next` is the caller's: it knows the stored offsets. */
export type ReadKind = Exclude<PollingKind, "next">;

/** A partition in numbers. */
export interface PartitionStatistics {
  readonly segmentsCount: number;
  readonly sizeBytes: number;
  readonly messagesCount: number;
  /** Offset of the oldest message there is; where the next one goes when there is none. */
  readonly firstOffset: number;
  /** Offset of the last message a reader gets; 0 when there was never one. */
  readonly currentOffset: number;
}

/** See the module comment. */
export class PartitionLog {
  readonly directory: string;
  readonly #context: LogContext;
  readonly #settings: PartitionSettings;
  /** In the order of their offsets; the last one takes appends. None until the first batch. */
  readonly #segments: Segment[];
  readonly #offsets: Offsets;
  readonly #commits: GroupCommit;
  #sizeBytes = 0;
  #messagesCount = 0;
  /** Written since the last commit began. */
  #uncommittedBytes = 0;
  #lastTimestamp: number;
  /** What an append is answered with once there may be none. */
  #refusal: IggyError | undefined;
  /** What a commit is answered with once one has failed. */
  #failure: IggyError | undefined;
  #caughtUp: Promise<void> | undefined;
  #waiters: Waiters | undefined;

  /**
   * Opens the log in `directory`, which need not exist: folder and files appear with the first batch.
   * Cuts off what a crash left incomplete (recovery.ts), and keeps no file open. Borrows the kernel's
   * `input`. Throws an {@link IggyError} when the files contradict each other.
   */
  static open(context: LogContext, directory: string, settings: PartitionSettings): PartitionLog {
    const segments = recoverSegments(context, directory, settings.partitionId);
    const log = new PartitionLog(context, directory, settings, segments);
    // What the last process wrote and did not sync has waited long enough.
    log.#catchUp();
    return log;
  }

  private constructor(
    context: LogContext,
    directory: string,
    settings: PartitionSettings,
    segments: Segment[],
  ) {
    this.#context = context;
    this.directory = directory;
    this.#settings = settings;
    this.#segments = segments;
    const last = segments.at(-1);
    const committed = segments.find((segment) => !segment.isCommitted) ?? last;
    this.#offsets = new Offsets(last?.endOffset ?? 0, committed?.committedEnd ?? 0);
    this.#commits = new GroupCommit(() => this.#offsets.stable, () => this.#commit());
    this.#lastTimestamp = last?.lastTimestamp ?? 0;
    for (const segment of segments) this.#weigh(segment, 1);
  }

  /** Offset of the oldest message; where the first one goes when there is none. */
  get firstOffset(): number {
    return this.#segments.at(0)?.baseOffset ?? 0;
  }

  /** Offset after the last message a reader gets; 0 when there never was one. */
  get endOffset(): number {
    return this.#settings.persisted ? this.#offsets.committed : this.#offsets.stable;
  }

  /** Offset after the last message that is written to the operating system. */
  get stableEnd(): number {
    return this.#offsets.stable;
  }

  /** Offset after the last message that is on stable storage. */
  get committedEnd(): number {
    return this.#offsets.committed;
  }

  /**
   * Resolves when readers get everything that was acknowledged before the log was opened; `undefined`:
   * now. After a crash a persisted partition cannot tell at once which of its messages were synced, and
   * shows them all when they are.
   */
  whenCaughtUp(): Promise<void> | undefined {
    return this.#caughtUp;
  }

  /** Those who wait until readers get more than now, or until the log is removed. */
  get waiters(): Waiters {
    return this.#waiters ??= new Waiters();
  }

  /** Has {@link whenCaughtUp} wait for `settled`, too, whether it resolves or rejects. */
  catchUpWith(settled: Promise<void>): void {
    const caughtUp = Promise.allSettled([this.#caughtUp, settled]).then(() => {
      if (this.#caughtUp === caughtUp) this.#caughtUp = undefined;
    });
    this.#caughtUp = caughtUp;
  }

  /** The partition in numbers. */
  statistics(): PartitionStatistics {
    return {
      // A partition has a segment from its creation on, if only in name.
      segmentsCount: Math.max(1, this.#segments.length),
      sizeBytes: this.#sizeBytes,
      messagesCount: this.#messagesCount,
      firstOffset: this.firstOffset,
      currentOffset: Math.max(0, this.endOffset - 1),
    };
  }

  /**
   * Appends the batches that fill `[at, at + length)` of the kernel's memory, checked by
   * `verifyBatch`: stamps them there with their offsets and the time, and writes them to the operating
   * system. Either all of them are in the log afterwards or none. Gives the offset of the first
   * message; {@link whenAcknowledged} says when the sender may be told.
   *
   * Throws an {@link IggyError}: `IO_ERROR` when they cannot be written (the partition stays usable)
   * or a sync has failed before; `DISCONNECTED` after `close`, `PARTITION_NOT_FOUND` after `remove`.
   */
  append(at: number, length: number): number {
    if (this.#refusal !== undefined) throw this.#refusal;
    const { kernel, clock, limits, policy } = this.#context;
    const messagesCount = countMessages(kernel, at, length);
    const offset = this.#offsets.dirty;
    // Offsets and timestamps rise together, whatever the clock does.
    const timestamp = Math.max(clock.nowMicros(), this.#lastTimestamp);
    kernel.stampBatches(at, length, this.#settings.partitionId, offset, timestamp);
    policy.cipher?.seal(kernel.memory, at, length, this.directory);
    this.#offsets.accept(messagesCount);
    try {
      this.#segmentFor(length).append(at, length);
    } catch (cause) {
      this.#offsets.refuse();
      throw this.#error(`cannot take ${messagesCount} messages of ${length} bytes`, cause);
    }
    this.#offsets.wrote();
    this.#lastTimestamp = timestamp;
    this.#messagesCount += messagesCount;
    this.#sizeBytes += length;
    this.#uncommittedBytes += length;
    if (!this.#settings.persisted) this.#waiters?.wake();
    if (this.#uncommittedBytes >= limits.commitIntervalBytesMax) this.commitInBackground();
    return offset;
  }

  /** When a sender may be told that all that was appended so far is safe; `undefined`: now. */
  whenAcknowledged(): Promise<void> | undefined {
    return this.#settings.persisted ? this.whenCommitted() : undefined;
  }

  /**
   * Resolves when all that was appended so far is on stable storage, together with all others who
   * wait. Rejects with an {@link IggyError} when a sync fails: what was appended since the last commit may or may
   * not survive a power cut, and no later sync can tell (fsync reports a lost page once). The
   * partition then takes no more messages until it is opened again; readers go on.
   */
  whenCommitted(): Promise<void> {
    const { stable, committed } = this.#offsets;
    return committed === stable ? COMMITTED : this.#commits.reach(stable);
  }

  /** Starts a commit if there is anything to commit; its failure comes as an event. */
  commitInBackground(): void {
    this.whenCommitted();
  }

  /**
   * Plans a read of at most `count` messages in about `bytesMax` bytes, at least one whole batch
   * (see {@link planRead}). It starts, by CLASSIC.md section 3.4, at
   *
   * - `offset`: offset `value`, or the oldest there is;
   * - `timestamp`: the first message appended at `value` micros or later;
   * - `first`: the oldest message;
   * - `last`: as many messages before the end as are wanted.
   *
   * Borrows the kernel's `input` when an index turns out to be wrong.
   */
  plan(kind: ReadKind, value: number, count: number, bytesMax: number): ReadPlan {
    try {
      const first = this.#firstWanted(kind, value, count);
      const end = Math.min(first + count, this.endOffset);
      if (first >= end || this.#segments.length === 0) return planNothing(first);
      return planRead(
        this.#segments,
        first,
        end,
        Math.min(bytesMax, this.#context.kernel.input.length),
      );
    } catch (cause) {
      throw this.#error("cannot be read", cause);
    }
  }

  /**
   * Reads what was planned into `into`, which holds at least `plan.bufferBytes`; with or without a
   * check by the policy of the node (see {@link read} and {@link readChecked}). A check borrows the
   * kernel's `input`, unless `into` is of the kernel's memory: that input itself, or what is leased of it.
   */
  read(plan: ReadPlan, into: Uint8Array): ReadRange {
    const context = this.#context;
    try {
      if (!context.checksReads) return read(plan, into);
      return readChecked(context, plan, into) ??
        readChecked(context, this.#planAgain(plan), into) ??
        { start: 0, end: 0 };
    } catch (cause) {
      throw this.#error("cannot be read", cause);
    }
  }

  /**
   * Deletes up to `count` of the oldest segments, none that holds messages beyond
   * `minimumStoredOffset` (retention.ts). Gives how many were deleted.
   */
  deleteSegments(count: number, minimumStoredOffset: number | undefined): number {
    const deletable = segmentsToDelete(this.#segments, count, minimumStoredOffset);
    for (let deleted = 0; deleted < deletable; deleted++) this.#removeOldest();
    return deletable;
  }

  /** What there is, oldest first, for the plan of a trim; the last one takes messages. */
  get segments(): readonly Trimmable[] {
    return this.#segments;
  }

  /**
   * Ends the segment that takes messages if all of them are from before that time, micros, so that it
   * can be trimmed, too: an empty one follows, and its file's name says where offsets go on.
   */
  sealExpired(before: number): void {
    const active = this.#segments.at(-1);
    if (this.#refusal !== undefined || active === undefined) return;
    if (active.sizeBytes === 0 || active.lastTimestamp >= before) return;
    const next = this.#nextSegment();
    try {
      next.makeFile();
    } catch (cause) {
      throw this.#error("cannot start a segment", cause);
    }
    this.#context.folders.changed(this.directory);
    active.seal();
    this.#segments.push(next);
  }

  /**
   * Resolves when what comes before `offset` can be trimmed: it is on stable storage, and so are the
   * names of all segments. Without these a power cut could leave none of them, and no offset to go on
   * from.
   */
  async whenTrimmable(offset: number): Promise<void> {
    const isCommitted = this.#offsets.committed >= offset;
    // Once a commit has failed, what was safe before can still go.
    if (!isCommitted && this.#failure === undefined) await this.whenCommitted();
    await this.#context.folders.sync(this.directory);
  }

  /**
   * Deletes the oldest segment if it ends at `offset` or before, is settled and not the last. Gives its
   * size in bytes; `undefined`: there is none to go.
   */
  trimOldest(offset: number): number | undefined {
    const [oldest] = this.#segments;
    const mayGo = this.#segments.length > 1 && oldest.endOffset <= offset && oldest.isSettled;
    if (!mayGo) return undefined;
    this.#removeOldest();
    return oldest.sizeBytes;
  }

  /**
   * Commits all and completes the index, so that the next start has next to nothing to read. Rejects
   * as {@link whenCommitted}; the files are closed in any case.
   */
  async close(): Promise<void> {
    this.#refusal ??= new IggyError(DISCONNECTED, `${this.#name} is closed`);
    try {
      await this.whenCommitted();
    } finally {
      for (const segment of this.#segments) segment.close();
    }
  }

  /** Removes the log with its folder. Plans made before read nothing. */
  async remove(): Promise<void> {
    this.#refusal = new IggyError(PARTITION_NOT_FOUND, `${this.#name} is removed`);
    this.#waiters?.wake();
    await this.#commits.settled();
    for (const segment of this.#segments.splice(0)) segment.remove();
    this.#context.storage.remove(this.directory);
    this.#context.folders.forget(this.directory);
  }

  #planAgain({ firstOffset, endOffset, bytesMax }: ReadPlan): ReadPlan {
    return planRead(this.#segments, firstOffset, endOffset, bytesMax);
  }

  get #name(): string {
    return `Partition ${this.#settings.partitionId} in ${this.directory}`;
  }

  #segmentFor(length: number): Segment {
    const active = this.#segments.at(-1);
    if (active !== undefined && this.#hasRoom(active, length)) return active;
    this.#context.folders.make(this.directory);
    this.#context.folders.changed(this.directory);
    active?.seal();
    const next = this.#nextSegment();
    this.#segments.push(next);
    return next;
  }

  #nextSegment(): Segment {
    return Segment.empty(this.#context, {
      directory: this.directory,
      partitionId: this.#settings.partitionId,
      baseOffset: this.#offsets.stable,
    }, this.#lastTimestamp);
  }

  /** A crash amid this, or a failure, leaves later segments only, or all. */
  #removeOldest(): void {
    const [oldest] = this.#segments;
    try {
      oldest.remove();
    } catch (cause) {
      throw this.#error(`cannot remove ${oldest.logPath}`, cause);
    } finally {
      if (oldest.isRemoved) {
        this.#segments.shift();
        this.#weigh(oldest, -1);
      }
    }
  }

  #hasRoom(segment: Segment, length: number): boolean {
    return segment.sizeBytes === 0 ||
      segment.sizeBytes + length <= this.#settings.segmentBytesMax;
  }

  #catchUp(): void {
    const isBehind = this.endOffset < this.#offsets.stable;
    const committed = this.whenCommitted();
    if (!isBehind) return;
    // A failure has its event already; readers then go on with what is known to be safe.
    this.catchUpWith(committed);
  }

  /** Syncs, oldest first, so that what is committed is always one unbroken range. */
  async #commit(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#uncommittedBytes = 0;
    const segments = this.#segments.filter((segment) => !segment.isCommitted);
    try {
      await this.#context.folders.sync(this.directory);
      for (const segment of segments) {
        await segment.commit();
        this.#offsets.commit(segment.committedEnd);
        if (this.#settings.persisted) this.#waiters?.wake();
      }
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  #fail(cause: unknown): IggyError {
    const failure = this.#error("takes no more messages until it is opened again", cause);
    this.#failure = failure;
    this.#refusal ??= failure;
    const { message } = failure;
    this.#context.onEvent({ kind: "commit_failed", path: this.directory, message });
    return failure;
  }

  #firstWanted(kind: ReadKind, value: number, count: number): number {
    switch (kind) {
      case "offset":
        return this.#oldestFrom(value);
      case "timestamp":
        return this.#oldestFrom(this.#offsetAt(value));
      case "first":
        return this.firstOffset;
      case "last":
        return this.#oldestFrom(this.endOffset - Math.min(count, this.endOffset));
    }
  }

  /** The first offset from `offset` on that is there: past what was deleted, or damaged. */
  #oldestFrom(offset: number): number {
    if (offset <= this.firstOffset) return this.firstOffset;
    const at = segmentOf(this.#segments, offset);
    const next = this.#segments.at(at + 1);
    return next !== undefined && offset >= this.#segments[at].endOffset ? next.baseOffset : offset;
  }

  #offsetAt(timestamp: number): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#segments[middle].lastTimestamp < timestamp) low = middle + 1;
      else high = middle;
    }
    return low === this.#segments.length
      ? this.#offsets.stable
      : this.#segments[low].offsetAt(timestamp);
  }

  #weigh(segment: Segment, sign: 1 | -1): void {
    this.#sizeBytes += sign * segment.sizeBytes;
    this.#messagesCount += sign * (segment.endOffset - segment.baseOffset);
  }

  #error(what: string, cause: unknown): IggyError {
    if (cause instanceof IggyError) return cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    return new IggyError(IO_ERROR, `${this.#name} ${what}: ${why}`, { cause });
  }
}

function countMessages(kernel: BatchKernel, at: number, length: number): number {
  const end = at + length;
  let count = 0;
  while (at < end) {
    const batchLength = batchHeader.length(kernel.view, at);
    if (batchLength < BATCH_HEADER_BYTES || at + batchLength > end) {
      throw new Error(`Batch of ${batchLength} bytes does not fill the ${end - at} bytes it is in`);
    }
    count += batchHeader.messageCount(kernel.view, at);
    at += batchLength;
  }
  return count;
}

const COMMITTED = Promise.resolve();
