import { assertEquals, assertRejects } from "@std/assert";
import { Client } from "../../../lib/client/client.ts";
import { ConnectionError } from "../../../lib/client/errors.ts";
import { IggyError } from "../../../protocol/errors.ts";
import {
  connectScripted,
  forEachFraming,
  portsTo,
  settled,
  specifyCall,
} from "../../support/scripted_client.ts";
import { ScriptedNode } from "../../support/scripted_node.ts";
import { SimClock } from "../../support/sim_clock.ts";

const STREAM = {
  id: 3,
  createdAt: 0,
  topicsCount: 0,
  sizeBytes: 0,
  messagesCount: 0,
  name: "orders",
};
const ME = {
  clientId: 77,
  userId: 0,
  transport: "tcp",
  address: "127.0.0.1:50001",
  consumerGroupsCount: 0,
} as const;

forEachFraming("Client.call() makes any call of the command table", async (framing) => {
  await using scripted = await connectScripted(framing);
  const { client, node } = scripted;
  node.on("createStream", () => STREAM).on("getStreams", () => [STREAM]);
  assertEquals(await client.call("createStream", { name: "orders" }), STREAM);
  assertEquals(await client.call("getStreams"), [STREAM]);
  assertEquals(node.names, ["createStream", "getStreams"]);
});

forEachFraming("Client.call() rejects with the code that the node gives", async (framing) => {
  await using scripted = await connectScripted(framing);
  const { client, node } = scripted;
  node.on("createStream", () => {
    throw new IggyError(1012);
  });
  const error = await assertRejects(() => client.streams.create("orders"), IggyError);
  assertEquals(error.code, 1012);
  assertEquals(error.message, "Node refuses create_stream: StreamNameAlreadyExists (1012)");
});

Deno.test("Client.call() rejects for a command that the framing lacks, and sends nothing", async () => {
  await using scripted = await connectScripted("classic");
  await assertRejects(() => scripted.client.describeOptions("topic"), IggyError, "not in classic");
  assertEquals(scripted.node.names, []);
});

forEachFraming(
  "Client sends calls without waiting, and gives each its own answer",
  async (framing) => {
    await using scripted = await connectScripted(framing);
    const { client, node } = scripted;
    node.on("createStream", ({ name }) => ({ ...STREAM, name }));
    node.hold();
    const names = Array.from({ length: 50 }, (_, at) => `orders-${at}`);
    const created = Promise.all(names.map((name) => client.streams.create(name)));
    while (node.names.length < names.length) await node.next("createStream");
    await node.release();
    assertEquals((await created).map(({ name }) => name), names);
  },
);

forEachFraming(
  "Client.connect() fails where nobody listens, and leaves nothing behind",
  async (framing) => {
    const node = new ScriptedNode(framing);
    node.refusals = 1;
    const clock = new SimClock();
    const options = { address: "127.0.0.1:8090", framing };
    await assertRejects(() => Client.connect(options, portsTo(node, clock)), ConnectionError);
    assertEquals(clock.timers, 0);
  },
);

Deno.test("Client.connect() dials as the options say", async () => {
  const node = new ScriptedNode("vsr");
  const other = new ScriptedNode("vsr");
  const options = { address: "[::1]:1", dial: other.dial };
  await using client = await Client.connect(options, portsTo(node, new SimClock()));
  await client.ping();
  assertEquals([node.dials, other.dials], [0, 1]);
});

Deno.test("Client.connect() takes tls only where it can do TLS itself", async () => {
  const ports = portsTo(new ScriptedNode("vsr"), new SimClock());
  const options = { address: "127.0.0.1", tls: true };
  await assertRejects(() => Client.connect(options, ports), TypeError, "wss://");
});

forEachFraming("Client pings at its interval, and stops when it is closed", async (framing) => {
  await using scripted = await connectScripted(framing, { heartbeatMs: 5000 });
  const { client, node, clock } = scripted;
  for (let beat = 1; beat <= 2; beat++) {
    clock.advance(5000);
    await settled();
    assertEquals(node.names, Array(beat).fill("ping"));
  }
  await client.close();
  assertEquals(clock.timers, 0);
});

Deno.test("Client asks for its groups' partitions with each heartbeat", async () => {
  await using scripted = await connectScripted("vsr", { heartbeatMs: 5000 });
  const { client, node, clock } = scripted;
  node.on("joinConsumerGroup", () => undefined)
    .on("syncConsumerGroup", () => ({ generation: 1, partitions: [0] }));
  await client.groups.join("orders", "events", "workers");
  clock.advance(5000);
  await settled();
  assertEquals(node.names, ["joinConsumerGroup", "ping", "syncConsumerGroup"]);
});

forEachFraming(
  "Client is a member of its groups again after a lost connection",
  async (framing) => {
    await using scripted = await connectScripted(framing);
    const { client, node } = scripted;
    node.on("joinConsumerGroup", () => undefined);
    await client.groups.join("orders", "events", "workers");
    node.connections[0].fail();
    await settled();
    await client.ping();
    assertEquals(node.names, ["joinConsumerGroup", "joinConsumerGroup", "ping"]);
  },
);

forEachFraming("Client.login() and logout() change who asks", async (framing) => {
  await using scripted = await connectScripted(framing, {
    username: undefined,
    password: undefined,
  });
  const { client, node } = scripted;
  assertEquals(await client.login({ username: "iggy", password: "iggy" }), 0);
  await client.logout();
  const login = framing === "classic" ? "loginUser" : "register";
  assertEquals(node.asked.map(({ name }) => name), [login, "logoutUser"]);
});

forEachFraming("Client closes at the end of its block", async (framing) => {
  const scripted = await connectScripted(framing);
  {
    await using client = scripted.client;
    await client.ping();
  }
  await assertRejects(() => scripted.client.ping(), ConnectionError, "Client is closed");
});

forEachFraming("Client.consume() polls, and stores what was processed", async (framing) => {
  await using scripted = await connectScripted(framing);
  const { client, node } = scripted;
  node.on("pollMessages", () => new Uint8Array(16)).on("getTopic", () => undefined);
  await assertRejects(() => client.consume({ stream: 1, topic: 1 }).next(), IggyError);
  assertEquals(node.names, ["getTopic"]);
});

forEachFraming("Client.producer() sends what it collects", async (framing) => {
  await using scripted = await connectScripted(framing);
  const { client, node } = scripted;
  node.on("sendMessages", () => []);
  const producer = client.producer({ stream: "orders", topic: "events", partitionId: 0 });
  producer.send({ payload: "a" });
  producer.send({ payload: "b" });
  await producer.flush();
  assertEquals(node.names, ["sendMessages"]);
});

specifyCall("Client.me() is this connection as the node sees it", {
  call: (client) => client.me(),
  asks: "getMe",
  with: undefined,
  answered: { ...ME, consumerGroups: [] },
});

specifyCall("Client.clients() lists all connections", {
  call: (client) => client.clients(),
  asks: "getClients",
  with: undefined,
  answered: [ME],
});

specifyCall("Client.findClient() names a connection by its id", {
  call: (client) => client.findClient(77),
  asks: "getClient",
  with: { clientId: 77 },
  answered: undefined,
});

specifyCall("Client.clusterMetadata() names the nodes", {
  call: (client) => client.clusterMetadata(),
  asks: "getClusterMetadata",
  with: undefined,
  answered: { name: "single-node", nodes: [] },
});

specifyCall("Client.snapshot() asks for everything, deflated, when nothing is said", {
  call: (client) => client.snapshot(),
  asks: "getSnapshot",
  with: { types: ["all"], compression: "deflated" },
  answered: Uint8Array.of(0x50, 0x4b),
});

Deno.test("Client.describeOptions() says for what", async () => {
  await using scripted = await connectScripted("vsr");
  scripted.node.on("describeOptions", () => []);
  assertEquals(await scripted.client.describeOptions("user"), []);
  assertEquals(scripted.node.asked[1].request, { scope: "user" });
});
