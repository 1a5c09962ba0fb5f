/**
 * Which segments may go. Plans only: nothing is deleted here, and no clock is read.
 *
 * Two rules that have nothing to do with each other. A client's DeleteSegments takes what all stored
 * offsets have passed. Retention keeps a topic to its limits and waits for no consumer: one that
 * stopped reading would keep everything, and fill the disk. (Iggy 0.8 and 0.9 do let stored offsets
 * hold retention back.)
 *
 * @module
 */
import { NEVER_EXPIRES, UNLIMITED } from "../../protocol/options.ts";

/** What the plan of a deletion needs to know of a segment. */
export interface Deletable {
  /** Offset after its last message. */
  readonly endOffset: number;
  /** Whether it takes no more messages and is wholly on stable storage. */
  readonly isSettled: boolean;
}

/** What the plan of a trim needs to know of a segment. */
export interface Trimmable {
  /** Offset after its last message. */
  readonly endOffset: number;
  readonly sizeBytes: number;
  /** When its newest message was appended, micros. */
  readonly lastTimestamp: number;
}

/** How long and how much a topic keeps; `undefined`: without limit. */
export interface RetentionLimits {
  readonly expiryMicros: number | undefined;
  /** Bytes of all its partitions together. */
  readonly sizeBytesMax: number | undefined;
}

/** The limits in a topic's words. */
export interface RetentionSettings {
  /** Micros. */
  readonly messageExpiry: bigint;
  /** Bytes. */
  readonly maxTopicSize: bigint;
}

/**
 * How many of the oldest segments to delete when `count` were asked for (CLASSIC.md section 12,
 * DeleteSegments): only settled ones, and none with a message beyond the smallest stored consumer
 * offset. `undefined`: no offset is stored, nothing holds them back.
 */
export function segmentsToDelete(
  segments: readonly Deletable[],
  count: number,
  minimumStoredOffset: number | undefined,
): number {
  const limit = Math.min(count, segments.length);
  let deletable = 0;
  while (deletable < limit && mayGo(segments[deletable], minimumStoredOffset)) deletable++;
  return deletable;
}

/** What a topic's settings limit; 0 limits nothing, for it is no size and no age to keep. */
export function retentionLimits(
  { messageExpiry, maxTopicSize }: RetentionSettings,
): RetentionLimits {
  return {
    expiryMicros: limitOf(messageExpiry, NEVER_EXPIRES),
    sizeBytesMax: limitOf(maxTopicSize, UNLIMITED),
  };
}

/** Messages appended before that time, micros, have expired; nothing was when there is no expiry. */
export function expiredBefore({ expiryMicros = Infinity }: RetentionLimits, now: number): number {
  return now - expiryMicros;
}

/**
 * Up to which offset each partition of a topic is to be trimmed: the segments that end there or before
 * go whole. `undefined`: not at all. `partitions` are the segments of each, oldest first; the last one
 * takes messages and never goes.
 *
 * A segment goes when its newest message has expired at `now`, micros. Then, while all partitions
 * together are larger than the topic may be, the one goes whose newest message is the oldest.
 */
export function planTrim(
  partitions: readonly (readonly Trimmable[])[],
  limits: RetentionLimits,
  now: number,
): (number | undefined)[] {
  const before = expiredBefore(limits, now);
  const counts = partitions.map((segments) => countExpired(segments, before));
  if (limits.sizeBytesMax !== undefined) trimToSize(partitions, counts, limits.sizeBytesMax);
  return partitions.map((segments, at) => segments[counts[at] - 1]?.endOffset);
}

function countExpired(segments: readonly Trimmable[], before: number): number {
  let count = 0;
  while (count < segments.length - 1 && segments[count].lastTimestamp < before) count++;
  return count;
}

/** Raises `counts`, of the segments that go from each partition, until what stays fits. */
function trimToSize(
  partitions: readonly (readonly Trimmable[])[],
  counts: number[],
  sizeBytesMax: number,
): void {
  let sizeBytes = 0;
  partitions.forEach((segments, at) => {
    for (const segment of segments.slice(counts[at])) sizeBytes += segment.sizeBytes;
  });
  if (sizeBytes <= sizeBytesMax) return;
  // Timestamps never fall within a partition, and the sort is stable: its segments stay in order.
  const candidates = partitions
    .flatMap((segments, at) => segments.slice(counts[at], -1).map((segment) => ({ segment, at })))
    .sort((one, other) => one.segment.lastTimestamp - other.segment.lastTimestamp);
  for (const { segment, at } of candidates) {
    if (sizeBytes <= sizeBytesMax) return;
    sizeBytes -= segment.sizeBytes;
    counts[at]++;
  }
}

function limitOf(value: bigint, unlimited: bigint): number | undefined {
  return value === 0n || value === unlimited ? undefined : Number(value);
}

function mayGo(segment: Deletable, minimumStoredOffset: number | undefined): boolean {
  return segment.isSettled &&
    (minimumStoredOffset === undefined || segment.endOffset - 1 <= minimumStoredOffset);
}
