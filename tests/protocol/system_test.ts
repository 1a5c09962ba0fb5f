import { assertEquals, assertThrows } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { INVALID_COMMAND } from "../../protocol/error_codes.ts";
import { WireError } from "../../protocol/errors.ts";
import { decoded, encoded, hex, specifyCommand } from "../support/codec_laws.ts";

const STATS = {
  processId: 77,
  cpuUsage: 12.5,
  totalCpuUsage: 50.25,
  memoryUsage: 2 ** 30,
  totalMemory: 2 ** 34,
  availableMemory: 2 ** 33,
  runTime: 5_000_000,
  startTime: 1_700_000_000_000_000,
  readBytes: 1,
  writtenBytes: 2,
  messagesSizeBytes: 3,
  streamsCount: 4,
  topicsCount: 5,
  partitionsCount: 6,
  segmentsCount: 7,
  messagesCount: 2 ** 40,
  clientsCount: 8,
  consumerGroupsCount: 9,
  hostname: "host",
  osName: "Linux",
  osVersion: "12",
  kernelVersion: "",
  iggyServerVersion: "0.8.0",
  iggyServerSemver: 8000,
  cacheMetrics: [{ streamId: 1, topicId: 2, partitionId: 3, hits: 4, misses: 5, hitRatio: 0.5 }],
  threadsCount: 10,
  freeDiskSpace: 11,
  totalDiskSpace: 12,
};

const CLIENT = {
  clientId: 2650268133,
  userId: undefined,
  transport: "websocket",
  address: "[::1]:54321",
  consumerGroupsCount: 0,
} as const;

const GROUPS = [{ streamId: 1, topicId: 2, groupId: 3 }, { streamId: 4, topicId: 5, groupId: 6 }];

const NODE = {
  name: "iggy-node",
  ip: "127.0.0.1",
  endpoints: { tcp: 8090, quic: 0, http: 3000, websocket: 65535 },
  role: "leader",
  status: "healthy",
} as const;

specifyCommand("ping", { request: undefined, response: undefined });
specifyCommand("getStats", { request: undefined, response: STATS });
specifyCommand("getSnapshot", {
  request: { compression: "zstd", types: ["test", "all"] },
  response: Uint8Array.of(0x50, 0x4b, 3, 4),
});
specifyCommand("getClusterMetadata", {
  request: undefined,
  response: {
    name: "single-node",
    nodes: [NODE, { ...NODE, role: "follower", status: "maintenance" }],
  },
});
specifyCommand("getMe", {
  request: undefined,
  response: { ...CLIENT, userId: 0, consumerGroupsCount: 2, consumerGroups: GROUPS },
});
specifyCommand("getClient", {
  request: { clientId: 1 },
  response: { ...CLIENT, consumerGroupsCount: 2, consumerGroups: GROUPS },
});
specifyCommand("getClients", {
  request: undefined,
  response: [CLIENT, { ...CLIENT, consumerGroupsCount: 3 }],
});
specifyCommand("describeOptions", {
  request: { scope: "user" },
  response: [{
    key: "segment_size",
    defaultValue: { kind: "uint64", value: 1073741824n },
    description: "Bytes of a segment",
  }],
});

Deno.test("GET_STATS.response has its fields at the places of CLASSIC.md section 7.8", () => {
  const bytes = encoded(COMMANDS.getStats.response.classic!, STATS);
  const view = new DataView(bytes.buffer);
  assertEquals(view.getFloat32(4, true), 12.5);
  assertEquals(view.getBigUint64(44, true), 1_700_000_000_000_000n);
  assertEquals(view.getUint32(76, true), 4);
  assertEquals(view.getUint32(104, true), 9);
  assertEquals(new TextDecoder().decode(bytes.subarray(112, 116)), "host");
});

Deno.test("GET_CLIENTS.response says 2^32 - 1 for a client that is not logged in", () => {
  assertEquals(
    encoded(COMMANDS.getClients.response.classic!, [{ ...CLIENT, clientId: 1, address: "a" }]),
    hex("01000000 ffffffff 04 01000000 61 00000000"),
  );
});

Deno.test("GET_SNAPSHOT.request refuses a type between the known ones", () => {
  const error = assertThrows(
    () => decoded(COMMANDS.getSnapshot.request.classic!, hex("01 02 01 07")),
    WireError,
    "Snapshot type 7 does not exist",
  );
  assertEquals(error.code, INVALID_COMMAND);
});
