import { assert, assertEquals } from "@std/assert";
import type { Stats } from "../../protocol/system.ts";
import { startNode } from "../support/node.ts";
import { ProcessNode } from "../support/process_node.ts";
import { dial, DIALECTS, dialRoot, Peer } from "../support/raw_peer.ts";
import { tracedMessage } from "../support/traced_messages.ts";
import { WebSocketClient } from "../support/web_socket_client.ts";

const TOPIC = { streamId: "orders", topicId: "events" };

/** Stream "orders" with topic "events" of two partitions and group "workers". */
async function makeTopic(peer: Peer): Promise<void> {
  await peer.ask("createStream", { name: "orders" });
  await peer.ask("createTopic", {
    streamId: "orders",
    name: "events",
    partitionsCount: 2,
    options: {},
  });
  await peer.ask("createConsumerGroup", { ...TOPIC, name: "workers" });
}

/** What another program says, its words split. */
async function wordsOf(program: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await new Deno.Command(program, { args }).output();
  return new TextDecoder().decode(stdout).trim().split(/\s+/);
}

for (const dialect of DIALECTS) {
  Deno.test(`Stats count what there is, and bytes as they go in and out, in ${dialect}`, async () => {
    await using node = await startNode();
    using peer = await dialRoot(dialect, node.port);
    using other = await dial(dialect, node.port);
    await other.ask("ping", undefined);
    await makeTopic(peer);
    const messages = Array.from({ length: 5 }, (_, at) => tracedMessage(1, at));
    await peer.send({ ...TOPIC, partitionId: 1 }, messages);
    const { sizeBytes } = (await peer.ask("getTopic", TOPIC))!;
    const stats = await peer.ask("getStats", undefined);
    assertEquals(
      [stats.streamsCount, stats.topicsCount, stats.partitionsCount, stats.segmentsCount],
      [1, 1, 2, 2],
    );
    assertEquals([stats.messagesCount, stats.consumerGroupsCount, stats.clientsCount], [5, 1, 2]);
    assertEquals([stats.messagesSizeBytes, stats.writtenBytes], [sizeBytes, sizeBytes]);
    assertEquals([stats.readBytes, stats.cacheMetrics], [0, []]);
    await peer.poll({ ...TOPIC, partitionId: 1 });
    const once = (await peer.ask("getStats", undefined)).readBytes;
    await peer.poll({ ...TOPIC, partitionId: 1 });
    assertEquals((await peer.ask("getStats", undefined)).readBytes, 2 * once);
    assert(once >= sizeBytes - 256, `${once} of ${sizeBytes} bytes`);
    assertEquals(stats.iggyServerSemver, semver(stats));
  });
}

Deno.test({
  name: "Stats tell of the process and the machine what Linux says of them",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using node = await ProcessNode.start();
    using peer = await dialRoot("vsr_0_11", node.port);
    const before = Date.now() * 1000;
    const stats = await peer.ask("getStats", undefined);
    const [residentKiB, cpuTime] = await wordsOf(
      "ps",
      ...["-o", "rss=,cputimes=", "-p", String(node.pid)],
    );
    assertEquals(stats.processId, node.pid);
    const memoryBytes = Number(residentKiB) * 1024;
    assert(stats.memoryUsage > memoryBytes / 2 && stats.memoryUsage < memoryBytes * 2);
    // Of one core, since the start; `ps` counts whole seconds.
    const seconds = stats.runTime / 1e6 + STARTING_SECONDS_MAX;
    assert(stats.cpuUsage > 0 && Number(cpuTime) <= stats.cpuUsage / 100 * seconds + 2);
    assert(stats.totalCpuUsage >= 0 && stats.totalCpuUsage <= 100);
    const [total, free] = await wordsOf("df", "-B1", "--output=size,avail", node.directory)
      .then((words) => words.slice(-2).map(Number));
    assertEquals(stats.totalDiskSpace, total);
    assert(Math.abs(stats.freeDiskSpace - free) < total / 20);
    const [, memoryTotal] = (await wordsOf("free", "-b")).slice(6);
    assertEquals(stats.totalMemory, Number(memoryTotal));
    assert(stats.availableMemory > 0 && stats.availableMemory < stats.totalMemory);
    assertEquals([stats.hostname], await wordsOf("uname", "-n"));
    assertEquals([stats.kernelVersion], await wordsOf("uname", "-r"));
    assert(stats.startTime <= before && stats.startTime + stats.runTime >= before - 1e6);
    assert(stats.threadsCount >= 1);
  },
});

Deno.test("Clients are listed with their transport, user and groups, and described with the groups", async () => {
  await using node = await startNode();
  using peer = await dialRoot("classic", node.port);
  await makeTopic(peer);
  using socket = new Peer(await WebSocketClient.dial(node.port), "vsr_0_11");
  await socket.login("iggy", "iggy");
  await socket.ask("joinConsumerGroup", { ...TOPIC, groupId: "workers" });
  using stranger = await dial("classic", node.port);
  await stranger.ask("ping", undefined);
  const clients = await peer.ask("getClients", undefined);
  assertEquals(
    clients.map(({ transport, userId, consumerGroupsCount }) => [
      transport,
      userId,
      consumerGroupsCount,
    ]),
    [["tcp", 0, 0], ["websocket", 0, 1], ["tcp", undefined, 0]],
  );
  const described = await peer.ask("getClient", { clientId: clients[1].clientId });
  assertEquals(described, {
    ...clients[1],
    consumerGroups: [{ streamId: 0, topicId: 0, groupId: 0 }],
  });
});

function semver({ iggyServerVersion }: Stats): number {
  const [major, minor, patch] = iggyServerVersion.split(".").map(Number);
  return major * 1_000_000 + minor * 1000 + patch;
}

/** From the start of the process to that of its node. */
const STARTING_SECONDS_MAX = 120;
