/**
 * The node itself and who is connected to it: what their commands mean.
 *
 * @module
 */
import { INVALID_CLIENT_ID } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { describeTopicOptions } from "../../protocol/options.ts";
import type {
  ClientInfo,
  ClientInfoDetails,
  ClusterMetadata,
  DescribeOptionsRequest,
  GetClientRequest,
  OptionDescription,
  Stats,
} from "../../protocol/system.ts";
import type { Broker, Client } from "./broker.ts";
import { describeTopicDetails } from "./describe.ts";

export function ping(_broker: Broker, client: Client): void {
  client.pinged();
}

export async function getStats(broker: Broker): Promise<Stats> {
  const { host, clock } = broker;
  const usage = host.usage();
  const nowMicros = clock.nowMicros();
  return {
    processId: host.processId,
    cpuUsage: usage.cpuPercent,
    totalCpuUsage: usage.totalCpuPercent,
    memoryUsage: usage.memoryBytes,
    totalMemory: usage.totalMemoryBytes,
    availableMemory: usage.availableMemoryBytes,
    runTime: nowMicros - broker.startedAt,
    startTime: broker.startedAt,
    readBytes: broker.meters.polledBytes,
    writtenBytes: broker.meters.sentBytes,
    ...await countAll(broker),
    clientsCount: [...broker.clients()].length,
    hostname: host.hostname,
    osName: host.osName,
    osVersion: host.osVersion,
    kernelVersion: host.kernelVersion,
    iggyServerVersion: broker.version,
    iggyServerSemver: semver(broker.version),
    cacheMetrics: [],
    threadsCount: usage.threadsCount,
    freeDiskSpace: usage.freeDiskBytes,
    totalDiskSpace: usage.totalDiskBytes,
  };
}

type Counts = Pick<
  Stats,
  | "messagesSizeBytes"
  | "streamsCount"
  | "topicsCount"
  | "partitionsCount"
  | "segmentsCount"
  | "messagesCount"
  | "consumerGroupsCount"
>;

async function countAll({ catalog, partitions }: Broker): Promise<Counts> {
  const topics = [...catalog.streams.values()].flatMap((stream) => [...stream.topics.values()]);
  const counts = {
    messagesSizeBytes: 0,
    streamsCount: catalog.streams.size,
    topicsCount: topics.length,
    partitionsCount: 0,
    segmentsCount: 0,
    messagesCount: 0,
    consumerGroupsCount: topics.reduce((sum, topic) => sum + topic.groups.size, 0),
  };
  const described = await Promise.all(
    topics.map((topic) => describeTopicDetails(partitions, topic)),
  );
  for (const details of described) {
    counts.partitionsCount += details.partitionsCount;
    counts.messagesSizeBytes += details.sizeBytes;
    counts.messagesCount += details.messagesCount;
    for (const { segmentsCount } of details.partitions) counts.segmentsCount += segmentsCount;
  }
  return counts;
}

/** Exactly one node, at an address the client can dial again (VSR.md section 5.1). */
export function getClusterMetadata(broker: Broker, client: Client): ClusterMetadata {
  return {
    name: broker.cluster.name,
    nodes: [{
      name: broker.cluster.nodeName,
      ip: client.localHostname,
      endpoints: broker.cluster.endpoints,
      role: "leader",
      status: "healthy",
    }],
  };
}

export function describeOptions(
  broker: Broker,
  _client: Client,
  { scope }: DescribeOptionsRequest,
): readonly OptionDescription[] {
  // VSR.md section 7.1: streams and users have no keys.
  return scope === "topic" ? describeTopicOptions(broker.topicDefaults) : [];
}

export function getMe(broker: Broker, client: Client): ClientInfoDetails {
  return describeClientDetails(broker, client);
}

export function getClient(
  broker: Broker,
  _client: Client,
  { clientId }: GetClientRequest,
): ClientInfoDetails | undefined {
  if (clientId === 0) throw new IggyError(INVALID_CLIENT_ID, "Client id is 0");
  for (const client of broker.clients()) {
    if (client.clientId === clientId) return describeClientDetails(broker, client);
  }
  return undefined;
}

export function getClients(broker: Broker): ClientInfo[] {
  return [...broker.clients()].map((client) => describeClientDetails(broker, client));
}

function describeClientDetails(broker: Broker, client: Client): ClientInfoDetails {
  const consumerGroups = broker.groups.groupsOf(client.id)
    .map(({ streamId, topicId, id }) => ({ streamId, topicId, groupId: id }));
  return {
    clientId: client.clientId,
    userId: client.userId,
    transport: client.transport,
    address: client.address,
    consumerGroupsCount: consumerGroups.length,
    consumerGroups,
  };
}

/** `0.8.0` as 8000 (CLASSIC.md section 7.8). */
function semver(version: string): number {
  const [major, minor, patch] = version.split(".").map(Number);
  return major * 1_000_000 + minor * 1000 + patch;
}
