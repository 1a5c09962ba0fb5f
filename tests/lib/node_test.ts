import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Node } from "../../lib/node.ts";
import { IggyError } from "../../protocol/errors.ts";
import { someMessages } from "../support/messages.ts";
import { turns } from "../support/partition_logs.ts";
import { diskWithRoot, type Environment, simConfig, startSimNode } from "../support/sim_node.ts";
import { SimPorts } from "../support/sim_ports.ts";
import type { SimStorage } from "../support/sim_storage.ts";

const ALL: Environment = {
  IGGY_HTTP_ENABLED: "true",
  IGGY_HTTP_ADDRESS: "127.0.0.1:0",
  IGGY_WEBSOCKET_ENABLED: "true",
  IGGY_WEBSOCKET_ADDRESS: "127.0.0.1:0",
};
const PARTITION = { streamId: "orders", topicId: "events", partitionId: 0 };

/** Ports over a disk with a root user. */
async function readyPorts(): Promise<SimPorts> {
  return new SimPorts(await diskWithRoot());
}

/** Fails when a node left something open or running. */
function assertNothingLeft({ network, storage, clock }: SimPorts): void {
  assertEquals([network.ports, storage.handles.open, clock.timers], [[], 0, 0]);
}

function currentConfig(storage: SimStorage): string {
  return new TextDecoder().decode(storage.readFile("runtime/current_config.toml"));
}

Deno.test("Node.start() listens for each transport, and tells where", async () => {
  await using sim = await startSimNode(ALL);
  const { bound } = sim.node;
  assertEquals(Object.keys(bound).sort(), ["http", "tcp", "websocket"]);
  assertEquals(sim.ports.network.ports, Object.values(bound).map(({ port }) => port));
});

Deno.test("Node.start() listens for no transport that is switched off", async () => {
  await using sim = await startSimNode();
  assertEquals(Object.keys(sim.node.bound), ["tcp"]);
});

Deno.test("Node.start() writes the bound ports for harnesses to read, in one step", async () => {
  await using sim = await startSimNode(ALL);
  const { tcp, http, websocket } = sim.node.bound;
  const text = currentConfig(sim.ports.storage);
  for (const address of [tcp, http, websocket]) {
    assert(text.includes(`127.0.0.1:${address!.port}`), text);
  }
  assertEquals(sim.ports.storage.exists("runtime/current_config.toml.new"), false);
});

Deno.test("Node.start() serves both framings on every listener", async () => {
  await using sim = await startSimNode(ALL);
  for (const dialect of ["classic", "vsr_0_11"] as const) {
    const peer = sim.dial(dialect);
    assertEquals(await peer.status("ping", new Uint8Array()), 0);
    peer.close();
  }
});

Deno.test("Node.start() makes root on a new disk, with the password it is given", async () => {
  await using sim = await startSimNode({}, new SimPorts());
  assertEquals(sim.node.root, { kind: "configured" });
  await sim.dial("classic").login("iggy", "iggy");
});

Deno.test("Node.start() makes root a password up and tells it once, when it is given none", async () => {
  const ports = new SimPorts();
  const environment = { IGGY_ROOT_USERNAME: "", IGGY_ROOT_PASSWORD: "" };
  const config = simConfig(environment);
  const first = await Node.start(config, ports);
  if (first.root.kind !== "invented") throw new Error(`Root is ${first.root.kind}`);
  const { password } = first.root;
  assertEquals(password.length, 32);
  await first.drain();
  await using again = await startSimNode(environment, ports);
  assertEquals(again.node.root, { kind: "kept" });
  await again.dial("vsr_0_11").login("iggy", password);
});

Deno.test("Node.start() makes no password up that nobody is told, because it fails for another reason", async () => {
  const environment = { ...ALL, IGGY_ROOT_USERNAME: "", IGGY_ROOT_PASSWORD: "" };
  const ports = new SimPorts();
  const taken = ports.network.listen({ hostname: "127.0.0.1", port: 3000 });
  const config = simConfig({ ...environment, IGGY_HTTP_ADDRESS: "127.0.0.1:3000" });
  await assertRejects(() => Node.start(config, ports), Error, "3000 is in use");
  taken.close();
  ports.bridgeFailure = new Error("No room for a socket");
  await assertRejects(() => Node.start(config, ports), Error, "No room for a socket");
  ports.bridgeFailure = undefined;
  await using sim = await startSimNode(environment, ports);
  assertEquals(sim.node.root.kind, "invented");
});

Deno.test("Node.start() refuses a directory that another program wrote, and changes nothing", async () => {
  const ports = new SimPorts();
  ports.storage.writeFile("streams/1/info", new Uint8Array(1));
  await assertRejects(() => Node.start(simConfig(), ports), IggyError, "another program wrote it");
  assertEquals(ports.storage.paths(), ["streams/1/info"]);
  assertNothingLeft(ports);
});

Deno.test("Node.start() closes all it opened when a port is taken", async () => {
  const ports = await readyPorts();
  const taken = ports.network.listen({ hostname: "127.0.0.1", port: 3000 });
  const environment = { ...ALL, IGGY_HTTP_ADDRESS: "127.0.0.1:3000" };
  await assertRejects(() => Node.start(simConfig(environment), ports), Error, "3000 is in use");
  taken.close();
  assertNothingLeft(ports);
  await using again = await startSimNode(environment, ports);
  assertEquals(again.node.bound.http!.port, 3000);
});

Deno.test("Node.start() makes an authority for clients to trust, and says where it is", async () => {
  await using sim = await startSimNode({ WHIPPET_TLS: "required" }, await readyPorts());
  assertEquals(sim.node.authorityPath, "tls/ca.pem");
  assert(sim.ports.storage.exists("tls/ca.pem"));
  await using plain = await startSimNode();
  assertEquals(plain.node.authorityPath, undefined);
});

Deno.test("Node.start() closes all it opened when the certificate it needs is not there", async () => {
  const ports = await readyPorts();
  const config = simConfig({
    IGGY_TCP_TLS_ENABLED: "true",
    IGGY_TCP_TLS_SELF_SIGNED: "false",
    IGGY_TCP_TLS_CERT_FILE: "c.pem",
  });
  await assertRejects(() => Node.start(config, ports), Error, "There is no file c.pem");
  assertNothingLeft(ports);
});

Deno.test("Node.start() closes all it opened when the bridge cannot be opened", async () => {
  const ports = await readyPorts();
  ports.bridgeFailure = new Error("No room for a socket");
  await assertRejects(() => Node.start(simConfig(ALL), ports), Error, "No room for a socket");
  assertNothingLeft(ports);
});

Deno.test("Node.start() closes all it opened when it cannot say where it listens", async () => {
  const ports = await readyPorts();
  ports.storage.fail({ operation: "append", pathEnd: "current_config.toml.new" });
  await assertRejects(() => Node.start(simConfig(ALL), ports), Error, "current_config.toml");
  assertNothingLeft(ports);
  assertEquals(ports.bridge!.closed, true);
});

Deno.test("Node.start() leaves nothing open when the catalog cannot be opened", async () => {
  const ports = await readyPorts();
  ports.storage.fail({ operation: "sync" });
  await assertRejects(() => Node.start(simConfig(), ports), Error, "Input/output error");
  assertNothingLeft(ports);
});

Deno.test("Node.start() removes the folders of partitions that the catalog does not name", async () => {
  const ports = await readyPorts();
  const left = "streams/7/topics/1/partitions/0/9/00000000000000000000.log";
  ports.storage.writeFile(left, new Uint8Array(1));
  await using _ = await startSimNode({}, ports);
  assertEquals(ports.storage.exists("streams/7"), false);
});

Deno.test("Node finds everything acknowledged again after a stop", async () => {
  const first = await startSimNode();
  const before = first.dial("vsr_0_11");
  await before.login("iggy", "iggy");
  await before.ask("createStream", { name: "orders" });
  await before.ask("createTopic", {
    ...PARTITION,
    name: "events",
    partitionsCount: 1,
    options: {},
  });
  await before.send(PARTITION, someMessages(3));
  await first.node.drain();
  const disk = first.ports.storage.afterCrash({ files: "synced", names: "synced" });
  await using again = await startSimNode({}, new SimPorts(disk));
  const after = again.dial("classic");
  await after.login("iggy", "iggy");
  const { messages } = await after.poll(PARTITION);
  assertEquals(messages.map(({ id }) => id), [1n, 2n, 3n]);
});

Deno.test("Node.drain() says farewell, closes all and leaves nothing behind", async () => {
  const { node, ports, dial } = await startSimNode(ALL);
  const [classic, vsr] = [dial("classic"), dial("vsr_0_11")];
  for (const peer of [classic, vsr]) await peer.status("ping", new Uint8Array());
  await node.drain();
  assertEquals((await classic.answer())!.status, 8);
  assertEquals([await classic.answer(), await vsr.answer()], [undefined, undefined]);
  assertNothingLeft(ports);
  assertEquals(ports.bridge!.closed, true);
});

Deno.test("Node.drain() a second time is the same drain", async () => {
  const { node } = await startSimNode();
  const first = node.drain();
  assertStrictEquals(node.drain(), first);
  await first;
});

Deno.test("Node.drain() makes the catalog safe though a log cannot be synced, and then rejects", async () => {
  const { node, ports, dial } = await startSimNode({ IGGY_MESSAGE_SAVER_ENABLED: "false" });
  const root = dial("classic");
  await root.login("iggy", "iggy");
  await root.ask("createStream", { name: "orders" });
  await root.ask("createTopic", { ...PARTITION, name: "events", partitionsCount: 1, options: {} });
  await root.send(PARTITION, someMessages(1));
  await root.ask("storeConsumerOffset", {
    ...PARTITION,
    consumer: { kind: "consumer", id: 1 },
    offset: 0,
    ack: "quorum",
  });
  ports.storage.fail({ operation: "sync", pathEnd: ".log" });
  await assertRejects(() => node.drain(), IggyError);
  assertNothingLeft(ports);
  const disk = ports.storage.afterCrash({ files: "synced", names: "synced" });
  await using again = await startSimNode({}, new SimPorts(disk));
  const after = again.dial("classic");
  await after.login("iggy", "iggy");
  assertEquals((await after.ask("getStream", { streamId: "orders" }))!.topicsCount, 1);
});

Deno.test("Node syncs what was written at the saver's interval, and not without it", async () => {
  for (const enabled of [true, false]) {
    await using sim = await startSimNode({
      IGGY_MESSAGE_SAVER_ENABLED: `${enabled}`,
      IGGY_MESSAGE_SAVER_INTERVAL: "10 s",
    });
    const { ports } = sim;
    const root = sim.dial("classic");
    await root.login("iggy", "iggy");
    await root.ask("createStream", { name: "orders" });
    await root.ask("createTopic", {
      ...PARTITION,
      name: "events",
      partitionsCount: 1,
      options: {},
    });
    for (let batch = 1; batch <= 2; batch++) {
      await root.send(PARTITION, someMessages(1));
      const before = ports.storage.done.syncs;
      ports.clock.advance(9999);
      await turns();
      assertEquals(ports.storage.done.syncs, before);
      ports.clock.advance(1);
      await turns();
      assertEquals(ports.storage.done.syncs > before, enabled, `batch ${batch}`);
    }
  }
});

Deno.test("Node looks every second for clients that are too slow or silent", async () => {
  await using sim = await startSimNode({
    IGGY_HEARTBEAT_INTERVAL: "5 s",
    WHIPPET_LIMITS_FRAME_RECEIVE_TIME_MAX: "3 s",
  });
  const silent = sim.dial("classic");
  await silent.status("ping", new Uint8Array());
  const slow = sim.dial("classic");
  await slow.write(Uint8Array.of(4));
  await turns();
  sim.ports.clock.advance(4000);
  assertEquals(await slow.answer(), undefined);
  sim.ports.clock.advance(3000);
  assertEquals((await silent.answer())!.status, 30);
});

Deno.test("Node gives a partition to the next member when its last one lets go of none", async () => {
  await using sim = await startSimNode({ IGGY_CONSUMER_GROUP_REBALANCING_TIMEOUT: "3 s" });
  const members = [sim.dial("vsr_0_11"), sim.dial("vsr_0_11")];
  for (const member of members) await member.login("iggy", "iggy");
  const [first, second] = members;
  const group = { ...PARTITION, groupId: "workers" };
  await first.ask("createStream", { name: "orders" });
  await first.ask("createTopic", { ...PARTITION, name: "events", partitionsCount: 2, options: {} });
  await first.ask("createConsumerGroup", { ...PARTITION, name: "workers" });
  await first.ask("joinConsumerGroup", group);
  for (const partitionId of [0, 1]) {
    await first.send({ ...PARTITION, partitionId }, someMessages(1));
    await first.poll({
      ...PARTITION,
      partitionId,
      consumer: { kind: "consumer_group", id: "workers" },
    });
  }
  await second.ask("joinConsumerGroup", group);
  const owned = async () => (await second.ask("syncConsumerGroup", group))!.partitions.length;
  assertEquals(await owned(), 0);
  sim.ports.clock.advance(4000);
  assertEquals(await owned(), 1);
});
