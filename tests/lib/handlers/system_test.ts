import { assertEquals } from "@std/assert";
import {
  describeOptions,
  getClient,
  getClients,
  getClusterMetadata,
  getMe,
  getStats,
  ping,
} from "../../../lib/handlers/system.ts";
import { assertRefusal, testBroker } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { poll, send } from "../../support/sends_and_polls.ts";

Deno.test("ping() says that the client sends heartbeats, logged in or not", async () => {
  await using broker = await testBroker();
  const client = broker.connect(undefined);
  ping(broker, client);
  assertEquals(client.pings, 1);
});

Deno.test("getStats() tells of the machine and of the process what the host says", async () => {
  await using broker = await testBroker();
  broker.connect();
  broker.connect();
  broker.clock.micros += 5_000_000;
  const stats = await getStats(broker);
  const usage = broker.host.usage();
  assertEquals(stats.processId, broker.host.processId);
  assertEquals([stats.cpuUsage, stats.totalCpuUsage], [usage.cpuPercent, usage.totalCpuPercent]);
  assertEquals(stats.memoryUsage, usage.memoryBytes);
  assertEquals(stats.totalMemory, usage.totalMemoryBytes);
  assertEquals(stats.availableMemory, usage.availableMemoryBytes);
  assertEquals([stats.freeDiskSpace, stats.totalDiskSpace], [
    usage.freeDiskBytes,
    usage.totalDiskBytes,
  ]);
  assertEquals([stats.startTime, stats.runTime], [broker.startedAt, 5_000_000]);
  assertEquals(stats.clientsCount, 2);
  assertEquals([stats.iggyServerVersion, stats.iggyServerSemver], ["0.1.0", 1000]);
  assertEquals([stats.hostname, stats.osName], ["test-host", "linux"]);
  assertEquals(stats.cacheMetrics, []);
});

Deno.test("getStats() counts what exists and the bytes of messages that went in and out", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(2);
  broker.catalog.streams.create("empty", 1);
  broker.catalog.groups.create("orders", "events", "workers");
  await send(broker, client, "classic", someMessages(3, 10));
  const { bytes } = await poll(broker, client, "classic");
  const stats = await getStats(broker);
  assertEquals([stats.streamsCount, stats.topicsCount, stats.partitionsCount], [2, 1, 2]);
  assertEquals([stats.segmentsCount, stats.consumerGroupsCount], [2, 1]);
  assertEquals([stats.messagesCount, stats.messagesSizeBytes], [3, 256 + 3 * 58]);
  assertEquals([stats.writtenBytes, stats.readBytes], [256 + 3 * 58, bytes]);
});

Deno.test("getClusterMetadata() names one healthy leader, at the address the client dialled", async () => {
  await using broker = await testBroker();
  assertEquals(getClusterMetadata(broker, broker.connect()), {
    name: "single-node",
    nodes: [{
      name: "iggy-node",
      ip: "127.0.0.1",
      endpoints: { tcp: 8090, quic: 0, http: 3000, websocket: 8092 },
      role: "leader",
      status: "healthy",
    }],
  });
});

Deno.test("describeOptions() lists Iggy's keys of topics, then its own, in the node's defaults, none of the others", async () => {
  await using broker = await testBroker({ topicDefaults: { durability: "persisted" } });
  const client = broker.connect();
  const described = describeOptions(broker, client, { scope: "topic" });
  assertEquals(described.map(({ key }) => key), [
    "compression_algorithm",
    "consumer_offset_durability",
    "durability",
    "max_topic_size",
    "message_expiry",
    "messages_required_to_save",
    "preallocate_segments",
    "segment_size",
    "size_of_messages_required_to_save",
    "deduplication_window",
    "deduplication_max_entries",
  ]);
  const durability = described.find(({ key }) => key === "durability");
  assertEquals(durability?.defaultValue, { kind: "string", value: "persisted" });
  assertEquals(describeOptions(broker, client, { scope: "stream" }), []);
  assertEquals(describeOptions(broker, client, { scope: "user" }), []);
});

Deno.test("getMe() describes the client that asks, with the groups it is in", async () => {
  await using broker = await testBroker();
  const client = broker.connect(0, "websocket");
  broker.topic(1);
  const group = broker.catalog.groups.create("orders", "events", "workers");
  broker.groups.join(group, client.id, 1, 0);
  assertEquals(getMe(broker, client), {
    clientId: client.clientId,
    userId: 0,
    transport: "websocket",
    address: client.address,
    consumerGroupsCount: 1,
    consumerGroups: [{ streamId: 0, topicId: 0, groupId: 0 }],
  });
});

Deno.test("getClient() describes another by its number, nobody by an unknown one, and refuses 0 with 101", async () => {
  await using broker = await testBroker();
  const [client, stranger] = [broker.connect(), broker.connect(undefined)];
  const { clientId } = stranger;
  assertEquals(getClient(broker, client, { clientId }), getMe(broker, stranger));
  assertEquals(getClient(broker, client, { clientId })?.userId, undefined);
  assertEquals(getClient(broker, client, { clientId: 1 }), undefined);
  await assertRefusal(101, () => getClient(broker, client, { clientId: 0 }));
});

Deno.test("getClients() lists everybody who is connected, logged in or not", async () => {
  await using broker = await testBroker();
  const clients = [broker.connect(), broker.connect(undefined), broker.connectUser("bob")];
  assertEquals(getClients(broker).map(({ clientId, userId }) => [clientId, userId]), [
    [clients[0].clientId, 0],
    [clients[1].clientId, undefined],
    [clients[2].clientId, 1],
  ]);
  broker.disconnect(clients[1]);
  assertEquals(getClients(broker).length, 2);
});
