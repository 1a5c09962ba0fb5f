/**
 * Who owns the partitions: the one place where the rest of the node gets a partition's log from.
 * Today one isolate owns all; when partitions spread over isolates, this file and the listeners
 * change and nobody else, which is why answers may be promises.
 *
 * Invariant: at most one `PartitionLog` is open for a directory, and a directory belongs to one life
 * of a partition (its incarnation), so that what a purge or a deletion ended is never read again.
 *
 * @module
 */
import { IggyError } from "../../protocol/errors.ts";
import type { Waiters } from "../waiters.ts";
import { type CleanedTopic, cleanTopic, type Removed } from "./cleaning.ts";
import type { LogContext } from "./context.ts";
import { Pace } from "./pace.ts";
import { PartitionLog, type PartitionStatistics } from "./partition.ts";

/** Which partition, in which life. */
export interface PartitionKey {
  readonly streamId: number;
  readonly topicId: number;
  readonly id: number;
  readonly incarnation: number;
}

/** What its topic says about a partition's log. */
export interface TopicLogSettings {
  readonly settings: {
    /** Bytes. */
    readonly segmentSize: number;
    readonly durability: "replicated" | "persisted";
  };
}

/**
 * `endOffset`: where the next message goes. What it gives settles before anybody gets the log: nothing
 * may be appended yet that a second crash could leave while it undoes what is done here.
 */
export type Opened = (partition: PartitionKey, endOffset: number) => Promise<void> | undefined;

/** All partitions of the node. */
export class PartitionOwner {
  readonly #context: LogContext;
  readonly #logs = new Map<string, PartitionLog>();
  /** The same logs by the object that stands for the partition, so that a request makes no path. */
  #byPartition = new WeakMap<PartitionKey, PartitionLog>();
  /** Removals under way. */
  readonly #removals = new Set<Promise<void>>();
  readonly #pace: Pace;
  readonly #cleanings = new Set<Promise<void>>();
  readonly #cleaned = { segmentsCount: 0, sizeBytes: 0 };
  /** What no cleaning could open: each is tried, and told of, once. */
  readonly #unreadable = new WeakSet<PartitionKey>();

  readonly #opened: Opened;

  /** `opened`: told of every log that was opened and recovered, before anybody gets it. */
  constructor(context: LogContext, opened: Opened = () => undefined) {
    this.#context = context;
    this.#opened = opened;
    this.#pace = new Pace(context.clock, context.limits.cleaningStepMsMax);
  }

  /**
   * The log of a partition, opened and recovered at its first use; a promise while it catches up with
   * what was acknowledged before a crash.
   *
   * @throws {IggyError} when its files contradict each other.
   */
  log(topic: TopicLogSettings, partition: PartitionKey): PartitionLog | Promise<PartitionLog> {
    const log = this.#log(topic, partition);
    const caughtUp = log.whenCaughtUp();
    return caughtUp === undefined ? log : caughtUp.then(() => log);
  }

  /** Those who wait for messages of a partition, or for its end. Throws as {@link log}. */
  readers(topic: TopicLogSettings, partition: PartitionKey): Waiters {
    return this.#log(topic, partition).waiters;
  }

  /**
   * The partition in numbers; one whose files cannot be read counts as empty, for a question about
   * the whole has an answer without it.
   */
  figures(
    topic: TopicLogSettings,
    partition: PartitionKey,
  ): PartitionStatistics | Promise<PartitionStatistics> {
    try {
      const log = this.log(topic, partition);
      if (!(log instanceof Promise)) return log.statistics();
      return log.then((each) => each.statistics());
    } catch (fault) {
      if (!(fault instanceof IggyError)) throw fault;
      return UNREADABLE;
    }
  }

  /**
   * Removes the segments that a topic's limits let go (cleaning.ts). `find` gives the topic as it is at
   * that moment, `undefined` once it is gone. Resolves to what was removed; what could not be comes as
   * an event.
   */
  async clean(find: () => CleanedTopic | undefined): Promise<Removed> {
    const removed = { segmentsCount: 0, sizeBytes: 0 };
    const source = {
      find,
      open: (topic: CleanedTopic, partition: PartitionKey) => this.#openToClean(topic, partition),
    };
    const cleaning = cleanTopic(this.#context, source, this.#pace, removed);
    this.#cleanings.add(cleaning);
    try {
      await cleaning;
    } finally {
      this.#cleanings.delete(cleaning);
      this.#cleaned.segmentsCount += removed.segmentsCount;
      this.#cleaned.sizeBytes += removed.sizeBytes;
    }
    return removed;
  }

  /** Whether messages are checked against their checksums when they are read. */
  get checksReads(): boolean {
    return this.#context.checksReads;
  }

  /** What cleanings have removed since the start. */
  get cleaned(): Readonly<Removed> {
    return this.#cleaned;
  }

  /** Removes partitions that the catalog has ended, with their messages. */
  removePartitions(partitions: Iterable<PartitionKey>): void {
    for (const partition of partitions) this.#remove(directoryOf(partition));
  }

  /** Removes a topic's folder, whose partitions the catalog has ended. */
  removeTopic({ streamId, id }: { readonly streamId: number; readonly id: number }): void {
    this.#removeBelow(`streams/${streamId}/topics/${id}`);
  }

  /** Removes a stream's folder, whose partitions the catalog has ended. */
  removeStream({ id }: { readonly id: number }): void {
    this.#removeBelow(`streams/${id}`);
  }

  /** Removes the folders of partitions that are not among `living`: a crash came between their end and their removal. */
  sweep(living: Iterable<PartitionKey>): void {
    const expected = new Set<string>();
    for (const partition of living) {
      for (const folder of lineage(directoryOf(partition))) expected.add(folder);
    }
    this.#sweep("streams", expected, 0);
  }

  /** Syncs every partition that has unsynced messages; call it at the interval of the message saver. */
  commitAll(): void {
    for (const log of this.#logs.values()) log.commitInBackground();
  }

  /** Syncs and closes all. Rejects with the first failure, after all were closed. */
  async close(): Promise<void> {
    this.#pace.stop();
    const closing = [...this.#logs.values()].map((log) => log.close());
    this.#logs.clear();
    this.#byPartition = new WeakMap();
    const outcomes = await Promise.allSettled([...closing, ...this.#removals, ...this.#cleanings]);
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  #log(topic: TopicLogSettings, partition: PartitionKey): PartitionLog {
    const known = this.#byPartition.get(partition);
    if (known !== undefined) return known;
    const log = this.#open(topic, partition);
    this.#byPartition.set(partition, log);
    return log;
  }

  #openToClean(topic: TopicLogSettings, partition: PartitionKey): PartitionLog | undefined {
    if (this.#unreadable.has(partition)) return undefined;
    try {
      return this.#log(topic, partition);
    } catch (fault) {
      if (!(fault instanceof IggyError)) throw fault;
      this.#unreadable.add(partition);
      const { message } = fault;
      this.#context.onEvent({ kind: "cleaning_failed", path: directoryOf(partition), message });
      return undefined;
    }
  }

  #open({ settings }: TopicLogSettings, partition: PartitionKey): PartitionLog {
    const directory = directoryOf(partition);
    const open = this.#logs.get(directory);
    if (open !== undefined) return open;
    const log = PartitionLog.open(this.#context, directory, {
      partitionId: partition.id,
      segmentBytesMax: settings.segmentSize,
      persisted: settings.durability === "persisted",
    });
    const settled = this.#opened(partition, log.stableEnd);
    if (settled !== undefined) log.catchUpWith(settled);
    this.#logs.set(directory, log);
    return log;
  }

  #remove(directory: string): void {
    const log = this.#logs.get(directory);
    this.#logs.delete(directory);
    this.#track(directory, async () => {
      if (log === undefined) this.#context.storage.remove(directory);
      else await log.remove();
    });
  }

  #removeBelow(folder: string): void {
    const open = [...this.#logs.keys()].filter((directory) => directory.startsWith(`${folder}/`));
    for (const directory of open) this.#remove(directory);
    const before = [...this.#removals];
    this.#track(folder, async () => {
      await Promise.all(before);
      this.#context.storage.remove(folder);
    });
  }

  /** The catalog has ended what is removed here, so nobody waits for it: what stays is the next start's. */
  #track(path: string, remove: () => Promise<void>): void {
    const removal = remove()
      .catch((cause) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        const message = `Cannot be removed before the next start: ${why}`;
        this.#context.onEvent({ kind: "removal_failed", path, message });
      })
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  #sweep(folder: string, expected: ReadonlySet<string>, depth: number): void {
    for (const name of this.#context.storage.list(folder)) {
      const path = `${folder}/${name}`;
      if (!expected.has(path)) this.#context.storage.remove(path);
      else if (depth < INCARNATION_DEPTH) this.#sweep(path, expected, depth + 1);
    }
  }
}

/** `streams/S/topics/T/partitions/P/I`: see lib/log/README.md, data directory. */
function directoryOf({ streamId, topicId, id, incarnation }: PartitionKey): string {
  return `streams/${streamId}/topics/${topicId}/partitions/${id}/${incarnation}`;
}

function lineage(path: string): string[] {
  const names = path.split("/");
  return names.map((_, at) => names.slice(0, at + 1).join("/"));
}

const UNREADABLE: PartitionStatistics = {
  segmentsCount: 0,
  sizeBytes: 0,
  messagesCount: 0,
  firstOffset: 0,
  currentOffset: 0,
};

/** Folder levels between `streams` and an incarnation's own. */
const INCARNATION_DEPTH = 5;
