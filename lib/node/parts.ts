/**
 * The services a node is made of: opened together, closed together.
 *
 * @module
 */
import { Passwords } from "../auth/passwords.ts";
import { BufferPool } from "../buffers.ts";
import { Catalog, type CatalogEvent } from "../catalog/catalog.ts";
import { GroupCoordinator } from "../catalog/consumer_groups.ts";
import type { Config } from "../config.ts";
import { batchKernel, replyArena, seedMessageIds } from "../log/checksum.ts";
import { LogContext, type LogEvent } from "../log/context.ts";
import { type PartitionKey, PartitionOwner } from "../log/owner.ts";
import type { NodePorts } from "../ports.ts";
import { Sessions } from "../session/sessions.ts";
import { logs } from "../telemetry.ts";
import { MemoryBudget } from "../transport/memory_budget.ts";
import type { Connections } from "./connections.ts";
import { NodeEncryption } from "./encryption.ts";
import type { NodeTls } from "./tls.ts";
import { topicDefaults } from "./topic_defaults.ts";

/** What a node is made of. */
export interface Parts {
  readonly catalog: Catalog;
  readonly partitions: PartitionOwner;
  readonly groups: GroupCoordinator;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly buffers: BufferPool;
  /** For frames being received. */
  readonly receiveBudget: MemoryBudget;
  /** What to call to stop each timer. */
  readonly timers: (() => void)[];
  /** These are there once the node listens. */
  connections?: Connections;
  tls?: NodeTls;
}

/** Opens all; rejects when the data directory cannot be read. */
export async function openParts(config: Config, ports: NodePorts): Promise<Parts> {
  const { storage, clock, entropy } = ports;
  const { limits } = config;
  const encryption = await NodeEncryption.open(config.system.encryption, ports);
  seedMessageIds(entropy);
  const passwords = await Passwords.open({ entropy, clock });
  const catalog = await Catalog.open(storage, "catalog", {
    topicDefaults: topicDefaults(config.topicDefaults),
    userTokensMax: config.personalAccessToken.maxTokensPerUser,
    onEvent: logCatalogEvent,
  });
  const context = new LogContext(
    { storage, clock, kernel: batchKernel, onEvent: logLogEvent },
    {
      openFilesMax: limits.openFilesMax,
      syncsInFlightMax: limits.syncsInFlightMax,
      indexIntervalBytes: limits.indexIntervalBytes,
      indexCacheBytesMax: limits.indexCacheBytesMax,
      commitIntervalBytesMax: limits.commitIntervalBytesMax,
      cleaningStepMsMax: limits.cleaningStepMsMax,
    },
    { validatesChecksums: config.system.validatesChecksums, cipher: encryption?.cipher },
  );
  const groups = new GroupCoordinator({
    storedOffset: ({ streamId, topicId, id }, partitionId) =>
      catalog.streams.find(streamId)?.topics.find(topicId)?.partitions[partitionId]
        ?.storedOffset("consumer_group", id),
    handOverMsMax: config.consumerGroup.rebalancingTimeoutMs,
  });
  return {
    catalog,
    partitions: new PartitionOwner(
      context,
      (partition, endOffset) => takeBackOffsets(catalog, partition, endOffset),
    ),
    groups,
    sessions: new Sessions(clock, groups, config.heartbeat),
    passwords,
    buffers: new BufferPool({
      leasedBytesMax: limits.replyBytesTotalMax,
      idleBytesMax: BUFFERS_IDLE_BYTES_MAX,
    }, replyArena),
    receiveBudget: new MemoryBudget(limits.receiveBytesTotalMax),
    timers: encryption === undefined ? [] : [encryption.watch(clock)],
  };
}

/** Makes all safe and closes it, the catalog even when a log cannot be closed. */
export async function closeParts(parts: Parts): Promise<void> {
  for (const stop of parts.timers) stop();
  parts.passwords.close();
  parts.tls?.close();
  try {
    await parts.partitions.close();
  } finally {
    await parts.catalog.close();
  }
}

/** After a crash consumers may have processed more than is left: what comes next is new to them. */
function takeBackOffsets(
  catalog: Catalog,
  partition: PartitionKey,
  endOffset: number,
): Promise<void> | undefined {
  const count = catalog.offsets.takeBack(partition, endOffset);
  if (count === 0) return undefined;
  const { streamId, topicId, id } = partition;
  logs.catalog.warn(
    "Took {count} stored offsets back to the end of partition {id} of topic {topicId} in stream {streamId}",
    { count, streamId, topicId, id },
  );
  return catalog.durable();
}

function logLogEvent({ kind, path, message }: LogEvent): void {
  const level = kind === "tail_cut" || kind === "index_rebuilt" ? "warn" : "error";
  logs.log[level]("{message} ({path})", { message, path });
}

function logCatalogEvent(event: CatalogEvent): void {
  switch (event.kind) {
    case "torn_tail":
      logs.catalog.warn("Cut {bytes} bytes of an unfinished entry off {file}", { ...event });
      return;
    case "snapshot_written":
      logs.catalog.debug("Wrote a snapshot of {bytes} bytes at {sequence}", { ...event });
      return;
    case "snapshot_failed":
      logs.catalog.error("Cannot write a snapshot: {error}", { error: event.error });
  }
}

/** Reply buffers kept for the next poll, besides the arena. */
const BUFFERS_IDLE_BYTES_MAX = 32 * 1024 * 1024;
