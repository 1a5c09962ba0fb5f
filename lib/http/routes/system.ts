/**
 * The node itself over HTTP (HTTP.md section 7).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { INVALID_COMMAND } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import type { ClientInfo, ClientInfoDetails, Stats, Transport } from "../../../protocol/system.ts";
import { formatByteSize } from "../byte_size.ts";
import { notFoundResponse } from "../errors.ts";
import { BYTE_SIZE, OFFSET, TIMESTAMP, U32, U32_TEXT } from "../fields.ts";
import { jsonResponse } from "../json.ts";
import { type Route, route } from "../route.ts";
import { OPTION_SPEC, optionSpec } from "../topic_options.ts";

const STATS = z.object({
  process_id: U32,
  cpu_usage: z.number().describe("Percent of one core"),
  total_cpu_usage: z.number().describe("Percent of the machine"),
  memory_usage: BYTE_SIZE,
  total_memory: BYTE_SIZE,
  available_memory: BYTE_SIZE,
  run_time: OFFSET.describe("Microseconds"),
  start_time: TIMESTAMP,
  read_bytes: BYTE_SIZE,
  written_bytes: BYTE_SIZE,
  messages_size_bytes: BYTE_SIZE,
  streams_count: U32,
  topics_count: U32,
  partitions_count: U32,
  segments_count: U32,
  messages_count: OFFSET,
  clients_count: U32,
  consumer_groups_count: U32,
  hostname: z.string(),
  os_name: z.string(),
  os_version: z.string(),
  kernel_version: z.string(),
  iggy_server_version: z.string(),
  iggy_server_semver: U32.nullable(),
  cache_metrics: z.record(
    z.string(),
    z.object({ hits: OFFSET, misses: OFFSET, hit_ratio: z.number() }),
  ).describe("By `stream-topic-partition`"),
  threads_count: U32,
  free_disk_space: BYTE_SIZE,
  total_disk_space: BYTE_SIZE,
}).openapi("Stats");

const CLIENT = z.object({
  client_id: U32,
  user_id: U32.nullable().describe("null before the login"),
  address: z.string(),
  transport: z.enum(["TCP", "QUIC", "HTTP", "WebSocket"]),
  consumer_groups_count: U32,
}).openapi("ClientInfo");

const CLIENT_DETAILS = CLIENT.extend({
  consumer_groups: z.array(z.object({ stream_id: U32, topic_id: U32, group_id: U32 })),
}).openapi("ClientInfoDetails");

const PORT = z.int().min(0).max(65_535).describe("0 for a transport that is off");

const CLUSTER_METADATA = z.object({
  name: z.string(),
  nodes: z.array(z.object({
    name: z.string(),
    ip: z.string(),
    endpoints: z.object({ tcp: PORT, quic: PORT, http: PORT, websocket: PORT }),
    role: z.enum(["leader", "follower"]),
    status: z.enum(["healthy", "starting", "stopping", "unreachable", "maintenance", "unknown"]),
  })),
}).openapi("ClusterMetadata");

export const SYSTEM_ROUTES: readonly Route[] = [
  route({
    method: "get",
    path: "/",
    tag: "System",
    summary: "What this is",
    access: "public",
    answers: { 200: { description: "Iggy API", mediaType: "text/plain" } },
    handle: () => new Response("Iggy API"),
  }),
  route({
    method: "get",
    path: "/healthz",
    tag: "System",
    summary: "Whether the process works at all",
    access: "public",
    answers: { 200: { description: "ok", mediaType: "text/plain" } },
    handle: () => new Response("ok"),
  }),
  route({
    method: "get",
    path: "/readyz",
    tag: "System",
    summary: "Whether the node takes new work",
    access: "public",
    answers: {
      200: { description: "ready", mediaType: "text/plain" },
      503: { description: "The node stops", mediaType: "text/plain" },
    },
    handle: ({ services }) =>
      services.draining.aborted ? new Response("draining", { status: 503 }) : new Response("ready"),
  }),
  route({
    method: "get",
    path: "/stats",
    tag: "System",
    summary: "The node in numbers",
    access: "token",
    answers: { 200: { description: "The numbers", schema: STATS } },
    async handle(call) {
      return jsonResponse(200, statsBody(await call.perform("getStats", undefined)));
    },
  }),
  route({
    method: "get",
    path: "/clients",
    tag: "System",
    summary: "Who is connected",
    description: "Callers over HTTP are not connected.",
    access: "token",
    answers: { 200: { description: "The clients", schema: z.array(CLIENT) } },
    async handle(call) {
      const clients = await call.perform("getClients", undefined);
      return jsonResponse(200, clients.map(clientBody));
    },
  }),
  route({
    method: "get",
    path: "/clients/{client_id}",
    tag: "System",
    summary: "One connected client",
    access: "token",
    params: z.object({ client_id: U32_TEXT }),
    answers: { 200: { description: "The client", schema: CLIENT_DETAILS } },
    async handle(call) {
      const client = await call.perform("getClient", { clientId: call.params.client_id });
      return client === undefined
        ? notFoundResponse()
        : jsonResponse(200, clientDetailsBody(client));
    },
  }),
  route({
    method: "get",
    path: "/cluster/metadata",
    tag: "System",
    summary: "The nodes of the cluster, which is this one",
    access: "token",
    answers: { 200: { description: "The nodes", schema: CLUSTER_METADATA } },
    async handle(call) {
      return jsonResponse(200, await call.perform("getClusterMetadata", undefined));
    },
  }),
  route({
    method: "get",
    path: "/options/{scope}",
    tag: "System",
    summary: "What can be chosen for a topic, a stream or a user",
    access: "token",
    params: z.object({ scope: z.string().openapi({ enum: ["topic", "stream", "user"] }) }),
    answers: { 200: { description: "The keys", schema: z.array(OPTION_SPEC) } },
    async handle(call) {
      const { scope } = call.params;
      if (scope !== "topic" && scope !== "stream" && scope !== "user") {
        throw new IggyError(INVALID_COMMAND, `Scope ${scope} is not topic, stream or user`);
      }
      const options = await call.perform("describeOptions", { scope });
      return jsonResponse(200, options.map(optionSpec));
    },
  }),
];

function statsBody(stats: Stats): z.input<typeof STATS> {
  const size = formatByteSize;
  return {
    process_id: stats.processId,
    cpu_usage: stats.cpuUsage,
    total_cpu_usage: stats.totalCpuUsage,
    memory_usage: size(stats.memoryUsage),
    total_memory: size(stats.totalMemory),
    available_memory: size(stats.availableMemory),
    run_time: stats.runTime,
    start_time: stats.startTime,
    read_bytes: size(stats.readBytes),
    written_bytes: size(stats.writtenBytes),
    messages_size_bytes: size(stats.messagesSizeBytes),
    streams_count: stats.streamsCount,
    topics_count: stats.topicsCount,
    partitions_count: stats.partitionsCount,
    segments_count: stats.segmentsCount,
    messages_count: stats.messagesCount,
    clients_count: stats.clientsCount,
    consumer_groups_count: stats.consumerGroupsCount,
    hostname: stats.hostname,
    os_name: stats.osName,
    os_version: stats.osVersion,
    kernel_version: stats.kernelVersion,
    iggy_server_version: stats.iggyServerVersion,
    iggy_server_semver: stats.iggyServerSemver ?? null,
    cache_metrics: Object.fromEntries(
      stats.cacheMetrics.map(({ streamId, topicId, partitionId, hits, misses, hitRatio }) => [
        `${streamId}-${topicId}-${partitionId}`,
        { hits, misses, hit_ratio: hitRatio },
      ]),
    ),
    threads_count: stats.threadsCount,
    free_disk_space: size(stats.freeDiskSpace),
    total_disk_space: size(stats.totalDiskSpace),
  };
}

function clientBody(client: ClientInfo): z.input<typeof CLIENT> {
  return {
    client_id: client.clientId,
    user_id: client.userId ?? null,
    address: client.address,
    transport: TRANSPORT_NAMES[client.transport],
    consumer_groups_count: client.consumerGroupsCount,
  };
}

function clientDetailsBody(client: ClientInfoDetails): z.input<typeof CLIENT_DETAILS> {
  const groups = client.consumerGroups.map(({ streamId, topicId, groupId }) => (
    { stream_id: streamId, topic_id: topicId, group_id: groupId }
  ));
  return { ...clientBody(client), consumer_groups: groups };
}

/** As 0.9 says them. */
const TRANSPORT_NAMES = {
  tcp: "TCP",
  quic: "QUIC",
  http: "HTTP",
  websocket: "WebSocket",
} as const satisfies Record<Transport, string>;
