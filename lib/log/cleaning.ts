/**
 * One cleaning of one topic: brings its partitions back within the topic's limits (retention.ts).
 *
 * ```text
 * open all logs -> seal segments that have expired whole -> plan -> make safe and trim, one by one
 * ```
 *
 * It works in short steps (pace.ts), between which anything may happen: a partition may be purged, the
 * topic deleted, the owner closed. So each step looks at what is there, and trims to an offset, which
 * means the same whatever was deleted meanwhile.
 *
 * @module
 */
import type { LogContext } from "./context.ts";
import type { PartitionKey, TopicLogSettings } from "./owner.ts";
import type { Pace } from "./pace.ts";
import type { PartitionLog } from "./partition.ts";
import { expiredBefore, planTrim, retentionLimits, type RetentionSettings } from "./retention.ts";

/** A topic as a cleaning sees it. */
export interface CleanedTopic extends TopicLogSettings {
  readonly settings: TopicLogSettings["settings"] & RetentionSettings;
  readonly partitions: readonly PartitionKey[];
}

/** What was removed. */
export interface Removed {
  segmentsCount: number;
  sizeBytes: number;
}

/** Where a cleaning gets its partitions from. */
export interface CleaningSource {
  /** The topic as it is now; `undefined` once it is gone. */
  find(): CleanedTopic | undefined;
  /** The log of a partition; `undefined` when it cannot be read. */
  open(topic: CleanedTopic, partition: PartitionKey): PartitionLog | undefined;
}

/** Cleans a topic; `removed` is counted up on the way. What a partition refuses comes as an event. */
export async function cleanTopic(
  context: LogContext,
  source: CleaningSource,
  pace: Pace,
  removed: Removed,
): Promise<void> {
  const topic = source.find();
  if (topic === undefined) return;
  const limits = retentionLimits(topic.settings);
  if (limits.expiryMicros === undefined && limits.sizeBytesMax === undefined) return;
  pace.begin();
  const logs = await openAll(source, pace);
  const now = context.clock.nowMicros();
  for (const log of logs) {
    if (pace.isStopped) return;
    await guarded(context, log, () => log.sealExpired(expiredBefore(limits, now)));
    await pace.turn();
  }
  const offsets = planTrim(logs.map((log) => log.segments), limits, now);
  const trims = logs.map((log, at) => ({ log, offset: offsets[at] ?? 0 }))
    .filter(({ offset }) => offset > 0);
  // Each waits for a sync or two: as many at once as there may be syncs.
  const width = context.limits.syncsInFlightMax;
  for (let at = 0; at < trims.length && !pace.isStopped; at += width) {
    await trimSome(context, trims.slice(at, at + width), pace, removed);
  }
}

async function openAll(source: CleaningSource, pace: Pace): Promise<PartitionLog[]> {
  const logs: PartitionLog[] = [];
  for (let id = 0; !pace.isStopped; id++) {
    const topic = source.find();
    const partition = topic?.partitions[id];
    if (topic === undefined || partition === undefined) break;
    const log = source.open(topic, partition);
    if (log !== undefined) logs.push(log);
    await pace.turn();
  }
  return logs;
}

/** What is to go of a partition. */
interface Trim {
  readonly log: PartitionLog;
  readonly offset: number;
}

async function trimSome(
  context: LogContext,
  trims: readonly Trim[],
  pace: Pace,
  removed: Removed,
): Promise<void> {
  const safe = await Promise.all(
    trims.map(({ log, offset }) => guarded(context, log, () => log.whenTrimmable(offset))),
  );
  for (const [at, { log, offset }] of trims.entries()) {
    if (safe[at]) await guarded(context, log, () => trim(log, offset, pace, removed));
  }
}

async function trim(
  log: PartitionLog,
  offset: number,
  pace: Pace,
  removed: Removed,
): Promise<void> {
  while (!pace.isStopped) {
    const sizeBytes = log.trimOldest(offset);
    if (sizeBytes === undefined) return;
    removed.segmentsCount++;
    removed.sizeBytes += sizeBytes;
    await pace.turn();
  }
}

/** Whether a step went well: one partition that cannot be cleaned keeps none of the others from it. */
async function guarded(
  { onEvent }: LogContext,
  log: PartitionLog,
  step: () => void | Promise<void>,
): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (cause) {
    // It was removed meanwhile, and its folder with it.
    if (log.segments.length === 0) return false;
    const message = cause instanceof Error ? cause.message : String(cause);
    onEvent({ kind: "cleaning_failed", path: log.directory, message });
    return false;
  }
}
