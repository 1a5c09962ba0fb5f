/**
 * The node itself and who is connected to it: bodies of their commands (CLASSIC.md sections 5 and
 * 7.6 to 7.10, VSR.md section 7.3).
 *
 * @module
 */
import { bodies, type Codec, EMPTY, optional, untilEnd } from "./command.ts";
import {
  counted,
  F32,
  NAME8,
  oneOf,
  REST,
  STR32,
  struct,
  times,
  U16,
  U32,
  u32Except,
  U64_CLAMPED,
} from "./fields.ts";
import { HEADER_FIELD, type HeaderField } from "./user_headers.ts";

export interface Stats {
  readonly processId: number;
  /** Percent of this process. */
  readonly cpuUsage: number;
  /** Percent of the machine. */
  readonly totalCpuUsage: number;
  /** Bytes, as all memory and disk figures. */
  readonly memoryUsage: number;
  readonly totalMemory: number;
  readonly availableMemory: number;
  /** Micros. */
  readonly runTime: number;
  /** Micros since the Unix epoch. */
  readonly startTime: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly messagesSizeBytes: number;
  readonly streamsCount: number;
  readonly topicsCount: number;
  readonly partitionsCount: number;
  readonly segmentsCount: number;
  readonly messagesCount: number;
  readonly clientsCount: number;
  readonly consumerGroupsCount: number;
  readonly hostname: string;
  readonly osName: string;
  readonly osVersion: string;
  readonly kernelVersion: string;
  readonly iggyServerVersion: string;
  /** `major` and three digits each of `minor` and `patch`, as 8000 for 0.8.0. */
  readonly iggyServerSemver?: number;
  readonly cacheMetrics: readonly CacheMetrics[];
  readonly threadsCount: number;
  readonly freeDiskSpace: number;
  readonly totalDiskSpace: number;
}

export interface CacheMetrics {
  readonly streamId: number;
  readonly topicId: number;
  readonly partitionId: number;
  readonly hits: number;
  readonly misses: number;
  readonly hitRatio: number;
}

export interface SnapshotRequest {
  readonly compression: SnapshotCompression;
  readonly types: readonly SnapshotType[];
}

export type SnapshotCompression = "stored" | "deflated" | "bzip2" | "zstd" | "lzma" | "xz";

export type SnapshotType =
  | "filesystem_overview"
  | "process_list"
  | "resource_usage"
  | "test"
  | "server_logs"
  | "server_config"
  | "all";

export interface ClusterMetadata {
  readonly name: string;
  /** Clients follow more than one; a single node names exactly itself (VSR.md section 5.1). */
  readonly nodes: readonly ClusterNode[];
}

export interface ClusterNode {
  readonly name: string;
  readonly ip: string;
  /** Ports; 0 for a transport that is off. */
  readonly endpoints: TransportEndpoints;
  readonly role: ClusterNodeRole;
  readonly status: ClusterNodeStatus;
}

export interface TransportEndpoints {
  readonly tcp: number;
  readonly quic: number;
  readonly http: number;
  readonly websocket: number;
}

export type ClusterNodeRole = "leader" | "follower";

export type ClusterNodeStatus =
  | "healthy"
  | "starting"
  | "stopping"
  | "unreachable"
  | "maintenance"
  | "unknown";

export interface GetClientRequest {
  /** Never 0 (CLASSIC.md section 5). */
  readonly clientId: number;
}

/** One connection. */
export interface ClientInfo {
  readonly clientId: number;
  /** `undefined`: not logged in. */
  readonly userId?: number;
  readonly transport: Transport;
  /** `ip:port` of the far end. */
  readonly address: string;
  readonly consumerGroupsCount: number;
}

/** A connection with the groups it is a member of. */
export interface ClientInfoDetails extends ClientInfo {
  readonly consumerGroups: readonly ConsumerGroupMembership[];
}

export interface ConsumerGroupMembership {
  readonly streamId: number;
  readonly topicId: number;
  readonly groupId: number;
}

export type Transport = "tcp" | "quic" | "http" | "websocket";

export interface DescribeOptionsRequest {
  readonly scope: OptionScope;
}

export type OptionScope = "topic" | "stream" | "user";

/** One key that may stand in an options block. */
export interface OptionDescription {
  readonly key: string;
  /** Its kind is the one that values of the key have. */
  readonly defaultValue: HeaderField;
  readonly description: string;
}

export const PING = bodies(EMPTY, EMPTY);

const CACHE_METRICS = struct<CacheMetrics>({
  streamId: U32,
  topicId: U32,
  partitionId: U32,
  hits: U64_CLAMPED,
  misses: U64_CLAMPED,
  hitRatio: F32,
});

export const GET_STATS = bodies(
  EMPTY,
  struct<Stats>({
    processId: U32,
    cpuUsage: F32,
    totalCpuUsage: F32,
    memoryUsage: U64_CLAMPED,
    totalMemory: U64_CLAMPED,
    availableMemory: U64_CLAMPED,
    runTime: U64_CLAMPED,
    startTime: U64_CLAMPED,
    readBytes: U64_CLAMPED,
    writtenBytes: U64_CLAMPED,
    messagesSizeBytes: U64_CLAMPED,
    streamsCount: U32,
    topicsCount: U32,
    partitionsCount: U32,
    segmentsCount: U32,
    messagesCount: U64_CLAMPED,
    clientsCount: U32,
    consumerGroupsCount: U32,
    hostname: STR32,
    osName: STR32,
    osVersion: STR32,
    kernelVersion: STR32,
    iggyServerVersion: STR32,
    iggyServerSemver: u32Except(0),
    cacheMetrics: counted(CACHE_METRICS),
    threadsCount: U32,
    freeDiskSpace: U64_CLAMPED,
    totalDiskSpace: U64_CLAMPED,
  }),
);

const SNAPSHOT_COMPRESSION = oneOf<SnapshotCompression>("Snapshot compression", [
  "stored",
  "deflated",
  "bzip2",
  "zstd",
  "lzma",
  "xz",
]);

const SNAPSHOT_TYPE = oneOf<SnapshotType>("Snapshot type", {
  filesystem_overview: 1,
  process_list: 2,
  resource_usage: 3,
  test: 4,
  server_logs: 5,
  server_config: 6,
  all: 100,
});

/** `u8 count` and as many types. */
const SNAPSHOT_TYPES: Codec<readonly SnapshotType[]> = {
  encode(writer, types) {
    writer.u8(types.length);
    for (const type of types) SNAPSHOT_TYPE.encode(writer, type);
  },
  decode(reader) {
    return times(reader.u8(), () => SNAPSHOT_TYPE.decode(reader));
  },
};

/** The answer is a ZIP file. */
export const GET_SNAPSHOT = bodies(
  struct<SnapshotRequest>({ compression: SNAPSHOT_COMPRESSION, types: SNAPSHOT_TYPES }),
  REST,
);

const CLUSTER_NODE = struct<ClusterNode>({
  name: STR32,
  ip: STR32,
  endpoints: struct<TransportEndpoints>({ tcp: U16, quic: U16, http: U16, websocket: U16 }),
  role: oneOf("Cluster role", ["leader", "follower"], { first: 0 }),
  status: oneOf("Cluster node status", [
    "healthy",
    "starting",
    "stopping",
    "unreachable",
    "maintenance",
    "unknown",
  ], { first: 0 }),
});

export const GET_CLUSTER_METADATA = bodies(
  EMPTY,
  struct<ClusterMetadata>({ name: STR32, nodes: counted(CLUSTER_NODE) }),
);

const CLIENT_INFO = struct<ClientInfo>({
  clientId: U32,
  userId: u32Except(0xffffffff),
  transport: oneOf("Transport", ["tcp", "quic", "http", "websocket"]),
  address: STR32,
  consumerGroupsCount: U32,
});

const CLIENT_INFO_DETAILS: Codec<ClientInfoDetails> = {
  encode(writer, details) {
    CLIENT_INFO.encode(writer, details);
    for (const membership of details.consumerGroups) MEMBERSHIP.encode(writer, membership);
  },
  decode(reader) {
    const info = CLIENT_INFO.decode(reader);
    const consumerGroups = times(info.consumerGroupsCount, () => MEMBERSHIP.decode(reader));
    return { ...info, consumerGroups };
  },
};

const MEMBERSHIP = struct<ConsumerGroupMembership>({ streamId: U32, topicId: U32, groupId: U32 });

export const GET_ME = bodies(EMPTY, CLIENT_INFO_DETAILS);

export const GET_CLIENT = bodies(
  struct<GetClientRequest>({ clientId: U32 }),
  optional(CLIENT_INFO_DETAILS),
);

/** Groups are counted, not listed. */
export const GET_CLIENTS = bodies(EMPTY, untilEnd(CLIENT_INFO));

const OPTION_DESCRIPTION = struct<OptionDescription>({
  key: NAME8,
  defaultValue: HEADER_FIELD,
  description: STR32,
});

/** VSR only. */
export const DESCRIBE_OPTIONS = bodies({
  classic: undefined,
  vsr_0_11: struct<DescribeOptionsRequest>({
    scope: oneOf("Option scope", ["topic", "stream", "user"]),
  }),
}, { classic: undefined, vsr_0_11: counted(OPTION_DESCRIPTION) });
