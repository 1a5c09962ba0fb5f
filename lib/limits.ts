/**
 * Every bound of the node in one place, with the relations between them checked when this file
 * loads. Names end in what is measured, its unit and its rank: `frameBytesMax`.
 *
 * What an operator may change has a key (`[limits]` and a few of Iggy's, `lib/config/keys.ts`);
 * `limitsWith` makes the changed set and `brokenRelations` says what no longer fits together.
 *
 * @module
 */

/** All bounds. */
export interface Limits {
  /** Connections of all transports at once; the next one is closed at accept. */
  readonly connectionsMax: number;
  /** The largest body of a classic command other than send (CLASSIC.md section 15). */
  readonly classicControlBytesMax: number;
  /** The largest frame of either framing, its header included (Iggy's `message_bus.max_message_size`). */
  readonly frameBytesMax: number;
  /** Bytes of frames not yet complete, all connections together; above it the largest are not read from. */
  readonly receiveBytesTotalMax: number;
  /** A poll reply stops growing here; it always carries at least one message. */
  readonly pollReplyBytesMax: number;
  /** Messages of one poll over HTTP, where each becomes an object. */
  readonly httpPollMessagesMax: number;
  /** Bytes of poll replies not yet sent, all connections together; above it polls come back empty. */
  readonly replyBytesTotalMax: number;
  /** How long a poll may wait for messages; a longer wait is cut to it. */
  readonly pollWaitMsMax: number;
  /** From the first byte of a frame to its last; a slower connection is closed. */
  readonly frameReceiveTimeMsMax: number;
  /** From the first byte of a TLS handshake to its end; a slower connection is closed. */
  readonly handshakeTimeMsMax: number;
  /** Pages of the dashboard that are kept live at once; each costs a page a second. */
  readonly dashboardStreamsMax: number;
  /** From the first byte of an HTTP request to the end of its head; a slower connection is closed. */
  readonly requestHeadTimeMsMax: number;
  /** TLS handshakes under way at once; one more takes the place of the oldest. */
  readonly handshakesMax: number;
  /** Buffers of 256 KiB that all TLS connections share for reading and writing much at once. */
  readonly tlsBuffersMax: number;
  /** A write that moves nothing for so long closes the connection: the peer does not read. */
  readonly writeStallTimeMsMax: number;
  /** The same while unsent replies take up nearly all of `replyBytesTotalMax`. */
  readonly writeStallCrowdedTimeMsMax: number;
  /** From the signal to stop until connections still open are cut. */
  readonly drainTimeMsMax: number;
  /** Size at which a segment is sealed when the topic says nothing. */
  readonly segmentSizeBytesDefault: number;
  /** The smallest segment size the configuration may ask for (0.8 allows any multiple of 512). */
  readonly segmentSizeBytesMin: number;
  /** The smallest segment size a topic option may ask for (VSR.md section 7.1). */
  readonly segmentSizeOptionBytesMin: number;
  /** The largest segment size; positions in a segment stay below 2^32. */
  readonly segmentSizeBytesMax: number;
  /** Segment files held open at once; the one unused for longest is closed. */
  readonly openFilesMax: number;
  /** Syncs of segment files and folders that run at once; each keeps its file open. */
  readonly syncsInFlightMax: number;
  /** Log bytes between two entries of the sparse index. */
  readonly indexIntervalBytes: number;
  /** Indexes of sealed segments held in memory, all partitions together. */
  readonly indexCacheBytesMax: number;
  /** Bytes written to one partition before an fsync is due, whatever the interval. */
  readonly commitIntervalBytesMax: number;
  /** Message ids that one topic may remember, at some 40 bytes each (docs/deduplication.md). */
  readonly deduplicationEntriesMax: number;
  /** How long a cleaning works before it lets requests have their turn. */
  readonly cleaningStepMsMax: number;
}

/** The bounds of a node that nobody configured. */
export const limits: Limits = Object.freeze({
  connectionsMax: 10_000,
  classicControlBytesMax: 10 * 1024 * 1024,
  frameBytesMax: 64 * 1024 * 1024,
  receiveBytesTotalMax: 512 * 1024 * 1024,
  pollReplyBytesMax: 16 * 1024 * 1024,
  httpPollMessagesMax: 10_000,
  replyBytesTotalMax: 512 * 1024 * 1024,
  pollWaitMsMax: 60_000,
  frameReceiveTimeMsMax: 30_000,
  handshakeTimeMsMax: 10_000,
  dashboardStreamsMax: 64,
  requestHeadTimeMsMax: 10_000,
  handshakesMax: 1_000,
  tlsBuffersMax: 64,
  writeStallTimeMsMax: 30_000,
  writeStallCrowdedTimeMsMax: 2_000,
  drainTimeMsMax: 10_000,
  segmentSizeBytesDefault: 1024 * 1024 * 1024,
  segmentSizeBytesMin: 512,
  segmentSizeOptionBytesMin: 1024 * 1024,
  segmentSizeBytesMax: 1024 * 1024 * 1024,
  openFilesMax: 512,
  syncsInFlightMax: 32,
  indexIntervalBytes: 16 * 1024,
  indexCacheBytesMax: 64 * 1024 * 1024,
  commitIntervalBytesMax: 8 * 1024 * 1024,
  deduplicationEntriesMax: 1_000_000,
  cleaningStepMsMax: 5,
});

/** Names of the bounds. */
export type LimitName = keyof Limits;

/** One relation that a set of bounds breaks: `lower` must not pass `upper`. */
export interface BrokenRelation {
  readonly lower: LimitName;
  readonly upper: LimitName;
}

/**
 * The default bounds with some changed. A smaller frame takes the bound of control bodies down with
 * it, fewer open files the syncs that hold them open; all other relations are the caller's to
 * check with `brokenRelations`.
 */
export function limitsWith(changes: Partial<Limits>): Limits {
  const changed = { ...limits, ...changes };
  return Object.freeze({
    ...changed,
    classicControlBytesMax: Math.min(changed.classicControlBytesMax, changed.frameBytesMax),
    writeStallCrowdedTimeMsMax: Math.min(
      changed.writeStallCrowdedTimeMsMax,
      changed.writeStallTimeMsMax,
    ),
    syncsInFlightMax: Math.min(changed.syncsInFlightMax, Math.ceil(changed.openFilesMax / 2)),
  });
}

/** The relations that `bounds` breaks; none for a set that fits together. */
export function brokenRelations(bounds: Limits): BrokenRelation[] {
  return RELATIONS
    .filter(([lower, upper]) => bounds[lower] > bounds[upper])
    .map(([lower, upper]) => ({ lower, upper }));
}

const RELATIONS: readonly (readonly [lower: LimitName, upper: LimitName])[] = [
  ["classicControlBytesMax", "frameBytesMax"],
  ["frameBytesMax", "receiveBytesTotalMax"],
  ["frameBytesMax", "replyBytesTotalMax"],
  ["pollReplyBytesMax", "replyBytesTotalMax"],
  ["writeStallCrowdedTimeMsMax", "writeStallTimeMsMax"],
  ["segmentSizeBytesMin", "segmentSizeOptionBytesMin"],
  ["segmentSizeOptionBytesMin", "segmentSizeBytesDefault"],
  ["segmentSizeBytesDefault", "segmentSizeBytesMax"],
  ["syncsInFlightMax", "openFilesMax"],
  ["indexIntervalBytes", "segmentSizeOptionBytesMin"],
  ["commitIntervalBytesMax", "segmentSizeBytesMax"],
];

for (const { lower, upper } of brokenRelations(limitsWith({}))) {
  throw new RangeError(`Limit ${lower} ${limits[lower]} is above ${upper} ${limits[upper]}`);
}
