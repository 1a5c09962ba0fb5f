import { assertEquals } from "@std/assert";
import { configureLogs } from "../../../lib/telemetry.ts";
import { someMessages } from "../../support/messages.ts";
import { turns } from "../../support/partition_logs.ts";
import type { Peer } from "../../support/raw_peer.ts";
import { type Environment, type SimNode, startSimNode } from "../../support/sim_node.ts";
import { SimPorts } from "../../support/sim_ports.ts";

const PARTITION = { streamId: "orders", topicId: "events", partitionId: 0 };
const MINUTE_MS = 60_000;
const MINUTE_MICROS = 60_000_000n;
const QUIET: Environment = { IGGY_HEARTBEAT_ENABLED: "false" };

/** A node with the topic, and root's connection. */
async function started(environment: Environment = {}, messageExpiry = 5n * MINUTE_MICROS) {
  const sim = await startSimNode({ ...QUIET, ...environment });
  const root = sim.dial("classic");
  await root.login("iggy", "iggy");
  await root.ask("createStream", { name: "orders" });
  const options = { messageExpiry };
  await root.ask("createTopic", { ...PARTITION, name: "events", partitionsCount: 1, options });
  return { sim, root };
}

async function pass({ ports }: SimNode, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    ports.clock.advance(MINUTE_MS);
    await turns();
    await turns();
  }
}

async function messagesCount(root: Peer): Promise<number> {
  return (await root.ask("getTopic", PARTITION))!.messagesCount;
}

Deno.test("startCleaners() cleans by default, every minute", async () => {
  const { sim, root } = await started();
  await using _ = sim;
  await root.send(PARTITION, someMessages(3));
  await pass(sim, 5);
  assertEquals(await messagesCount(root), 3);
  await pass(sim, 1);
  assertEquals(await messagesCount(root), 0);
});

Deno.test("startCleaners() cleans at the interval it is told, and not when it is told not to", async () => {
  for (const [enabled, left] of [["true", [3, 0]], ["false", [3, 3]]] as const) {
    const { sim, root } = await started({
      IGGY_DATA_MAINTENANCE_MESSAGES_CLEANER_ENABLED: enabled,
      IGGY_DATA_MAINTENANCE_MESSAGES_INTERVAL: "10 m",
    });
    await using _ = sim;
    await root.send(PARTITION, someMessages(3));
    for (const [at, minutes] of [9, 1].entries()) {
      await pass(sim, minutes);
      assertEquals(await messagesCount(root), left[at], enabled);
    }
  }
});

Deno.test("startCleaners() cleans a topic without settings of its own by the node's defaults", async () => {
  const { sim, root } = await started({ IGGY_SYSTEM_TOPIC_MESSAGE_EXPIRY: "2 m" }, 0n);
  await using _ = sim;
  await root.send(PARTITION, someMessages(3));
  await pass(sim, 3);
  assertEquals(await messagesCount(root), 0);
});

Deno.test("startCleaners() follows an update of the topic at the next cleaning", async () => {
  const { sim, root } = await started();
  await using _ = sim;
  await root.send(PARTITION, someMessages(3));
  await pass(sim, 2);
  const options = { messageExpiry: MINUTE_MICROS };
  await root.ask("updateTopic", { ...PARTITION, name: "events", options });
  assertEquals(await messagesCount(root), 3);
  await pass(sim, 1);
  assertEquals(await messagesCount(root), 0);
});

Deno.test("startCleaners() says in one line what went from which topic, and nothing otherwise", async () => {
  const { sim, root } = await started();
  await using _ = sim;
  const lines: string[] = [];
  await configureLogs("info", (line) => lines.push(line.slice(25)));
  try {
    await root.send(PARTITION, someMessages(3));
    await pass(sim, 12);
  } finally {
    await configureLogs("off", () => {});
  }
  assertEquals(lines, [
    "INFO  log: Removed 1 segments of 415 bytes beyond the limits of topic events " +
    "(0 in stream 0)\n",
  ]);
});

Deno.test("startCleaners() leaves a purge alone: what comes after it starts at offset 0 and stays", async () => {
  const { sim, root } = await started();
  await using _ = sim;
  for (let round = 0; round < 3; round++) {
    await root.send(PARTITION, someMessages(3));
    await pass(sim, 4);
    await root.ask("purgeTopic", PARTITION);
    assertEquals(await messagesCount(root), 0);
    await root.send(PARTITION, someMessages(2));
    await pass(sim, 4);
    const { messages } = await root.poll(PARTITION);
    assertEquals(messages.map(({ offset }) => offset), [0, 1], `round ${round}`);
  }
  await pass(sim, 2);
  assertEquals(await messagesCount(root), 0);
});

Deno.test("startCleaners() removes expired tokens for good, and no others", async () => {
  const { sim, root } = await started();
  for (const [name, expiry] of [["short", MINUTE_MICROS], ["long", 9n * MINUTE_MICROS]] as const) {
    await root.ask("createPersonalAccessToken", { name, expiry });
  }
  await root.ask("createPersonalAccessToken", { name: "forever", expiry: 0n });
  const names = async (peer: Peer) =>
    (await peer.ask("getPersonalAccessTokens", undefined)).map(({ name }) => name).sort();
  assertEquals(await names(root), ["forever", "long", "short"]);
  await pass(sim, 1);
  assertEquals(await names(root), ["forever", "long"]);
  const disk = sim.ports.storage.afterCrash({ files: "synced", names: "synced" });
  const { micros } = sim.ports.clock;
  await sim.node.drain();
  const ports = new SimPorts(disk);
  ports.clock.micros = micros;
  await using again = await startSimNode(QUIET, ports);
  const after = again.dial("vsr_0_11");
  await after.login("iggy", "iggy");
  assertEquals(await names(after), ["forever", "long"]);
  await pass(again, 9);
  assertEquals(await names(after), ["forever"]);
});

Deno.test("startCleaners() leaves tokens alone when it is told to", async () => {
  const { sim, root } = await started({ IGGY_PERSONAL_ACCESS_TOKEN_CLEANER_ENABLED: "false" });
  await using _ = sim;
  await root.ask("createPersonalAccessToken", { name: "short", expiry: 1n });
  await pass(sim, 3);
  assertEquals((await root.ask("getPersonalAccessTokens", undefined)).length, 1);
});

Deno.test("startCleaners() says when tokens cannot be removed, and tries again", async () => {
  const { sim, root } = await started();
  await using _ = sim;
  await root.ask("createPersonalAccessToken", { name: "short", expiry: 1n });
  const lines: string[] = [];
  await configureLogs("info", (line) => lines.push(line.slice(25, 70)));
  try {
    sim.ports.storage.fail({ operation: "append", times: 1 });
    await pass(sim, 2);
  } finally {
    await configureLogs("off", () => {});
  }
  assertEquals(lines, [
    "ERROR catalog: Expired tokens cannot be remov",
    "INFO  catalog: Removed 1 personal access toke",
  ]);
});
