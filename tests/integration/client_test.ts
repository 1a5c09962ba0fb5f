/**
 * The client against a real node over real sockets: each command in both framings.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type ConnectOptions, type FramingName, IggyClient, IggyError } from "../../mod.ts";
import { connectTcp } from "../../lib/os/net.ts";
import type { Duplex } from "../../lib/ports.ts";
import { ALL_GLOBAL_PERMISSIONS } from "../../protocol/permissions.ts";
import { eventually } from "../support/eventually.ts";
import { startNode, type TestNode } from "../support/node.ts";

interface Scene {
  readonly node: TestNode;
  /** Logged in as root. */
  readonly client: IggyClient;
  connect(options?: Partial<ConnectOptions>): Promise<IggyClient>;
}

/** Registers a test for each framing, with a node and a client of its own. */
function forEachFraming(name: string, test: (scene: Scene) => Promise<void>): void {
  for (const framing of ["classic", "vsr"] as const) {
    Deno.test(`${name} (${framing})`, async () => {
      await using node = await startNode();
      const connect = (options: Partial<ConnectOptions> = {}) =>
        IggyClient.connect({ ...rootOf(node, framing), ...options });
      await using client = await connect();
      await test({ node, client, connect });
    });
  }
}

function rootOf(node: TestNode, framing: FramingName): ConnectOptions {
  return { address: `127.0.0.1:${node.port}`, framing, username: "iggy", password: "iggy" };
}

/** The code of the error that `promise` rejects with. */
async function codeOf(promise: Promise<unknown>): Promise<number> {
  return (await assertRejects(() => promise, IggyError)).code;
}

function texts(polled: Iterable<{ text(): string }>): string[] {
  return Array.from(polled, (message) => message.text());
}

forEachFraming(
  "Streams are created, found, listed, renamed, purged and deleted",
  async ({ client }) => {
    const { streams } = client;
    const orders = await streams.create("orders");
    assertEquals([orders.name, orders.topicsCount], ["orders", 0]);
    assertEquals(await codeOf(streams.create("orders")), 1012);
    await streams.create("bills");
    assertEquals((await streams.list()).map(({ name }) => name), ["orders", "bills"]);
    await streams.rename("orders", "sales");
    assertEquals((await streams.find(orders.id))?.name, "sales");
    assertEquals(await streams.find("orders"), undefined);
    await client.topics.create("sales", "events");
    await client.messages.send("sales", "events", [{ payload: "a" }], { partitionId: 0 });
    assertEquals((await streams.find("sales"))?.topics[0].messagesCount, 1);
    await streams.purge("sales");
    assertEquals((await streams.find("sales"))?.messagesCount, 0);
    await streams.delete("sales");
    assertEquals((await streams.list()).map(({ name }) => name), ["bills"]);
    assertEquals(await codeOf(streams.delete("sales")), 1009);
  },
);

forEachFraming(
  "Topics are created, found, listed, updated, purged and deleted",
  async ({ client }) => {
    const { streams, topics, messages } = client;
    await streams.create("orders");
    const events = await topics.create("orders", "events", {
      partitionsCount: 3,
      compressionAlgorithm: "gzip",
      messageExpiry: 3_600_000_000n,
    });
    assertEquals(events.partitions.map(({ id }) => id), [0, 1, 2]);
    assertEquals([events.compressionAlgorithm, events.messageExpiry], ["gzip", 3_600_000_000n]);
    assertEquals(await codeOf(topics.create("orders", "events")), 2013);
    assertEquals(await codeOf(topics.create("bills", "events")), 1009);
    await topics.update("orders", "events", { name: "sales", messageExpiry: 60_000_000n });
    const found = await topics.find("orders", "sales");
    assertEquals([found?.id, found?.messageExpiry], [events.id, 60_000_000n]);
    assertEquals(await topics.find("orders", "events"), undefined);
    assertEquals((await topics.list("orders")).map(({ name }) => name), ["sales"]);
    await messages.send("orders", "sales", [{ payload: "a" }], { partitionId: 2 });
    await topics.purge("orders", "sales");
    assertEquals((await messages.poll("orders", "sales", { partitionId: 2 })).length, 0);
    await topics.delete("orders", "sales");
    assertEquals(await topics.list("orders"), []);
    assertEquals(await codeOf(topics.delete("orders", "sales")), 2010);
  },
);

forEachFraming("Partitions are created and deleted, and segments with them", async ({ client }) => {
  const { streams, topics, partitions } = client;
  await streams.create("orders");
  await topics.create("orders", "events", { partitionsCount: 1 });
  await partitions.create("orders", "events", 3);
  assertEquals((await topics.find("orders", "events"))?.partitionsCount, 4);
  await partitions.delete("orders", "events", 2);
  assertEquals((await topics.find("orders", "events"))?.partitionsCount, 2);
  assertEquals(await codeOf(partitions.delete("orders", "events", 3)), 2019);
  await partitions.deleteSegments("orders", "events", 0, 1);
  assertEquals(await codeOf(partitions.deleteSegments("orders", "events", 5, 1)), 3007);
});

forEachFraming(
  "Messages go to the partition that is named, and come back byte for byte",
  async ({ client }) => {
    const { streams, topics, messages } = client;
    await streams.create("orders");
    await topics.create("orders", "events", { partitionsCount: 2 });
    const payload = crypto.getRandomValues(new Uint8Array(50_000));
    const before = Date.now() * 1000;
    const confirmation = await messages.send("orders", "events", [
      { payload: "hello", id: 5n, originTimestamp: before - 5 },
      { payload, headers: { type: "raw", urgent: true, attempt: { kind: "int32", value: -7 } } },
    ], { partitionId: 1 });
    if (confirmation !== undefined) {
      assertEquals([confirmation.partitionId, confirmation.baseOffset], [1, 0]);
    }
    const polled = await messages.poll("orders", "events", { partitionId: 1, offset: 0 });
    assertEquals([polled.partitionId, polled.currentOffset, polled.length], [1, 1, 2]);
    const [hello, bytes] = polled;
    assertEquals([hello.text(), hello.id, hello.offset, hello.originTimestamp], [
      "hello",
      5n,
      0,
      before - 5,
    ]);
    assert(hello.timestamp >= before - 1_000_000);
    assertEquals(bytes.payload, payload);
    assert(bytes.id !== 0n);
    assertEquals(bytes.headers.map(({ value }) => value.value), ["raw", true, -7]);
    assertEquals((await messages.poll("orders", "events", { partitionId: 0 })).length, 0);
  },
);

forEachFraming("Messages are spread evenly, or kept together by their key", async ({ client }) => {
  const { streams, topics, messages } = client;
  await streams.create("orders");
  await topics.create("orders", "events", { partitionsCount: 3 });
  const counts = async () =>
    (await topics.find("orders", "events"))!.partitions.map(({ messagesCount }) => messagesCount);
  for (let send = 0; send < 9; send++) await messages.send("orders", "events", [{ payload: "a" }]);
  assertEquals(await counts(), [3, 3, 3]);
  for (let send = 0; send < 4; send++) {
    await messages.send("orders", "events", [{ payload: "b" }], { key: "hello" });
  }
  // CLASSIC.md section 3.5: XXH32 of "hello" modulo 3 is 1.
  assertEquals(await counts(), [3, 7, 3]);
});

forEachFraming(
  "Polls start at an offset, a time, the first, the last and the next message",
  async ({ client }) => {
    const { streams, topics, messages } = client;
    await streams.create("orders");
    await topics.create("orders", "events");
    for (const payload of ["a", "b", "c", "d"]) {
      await messages.send("orders", "events", [{
        payload,
      }]);
    }
    const poll = async (options: Parameters<typeof messages.poll>[2]) =>
      texts(await messages.poll("orders", "events", { consumer: "biller", ...options }));
    assertEquals(await poll({ offset: 2 }), ["c", "d"]);
    assertEquals(await poll({ from: "first", count: 1 }), ["a"]);
    assertEquals(await poll({ from: "last", count: 2 }), ["c", "d"]);
    const [, second] = await messages.poll("orders", "events", { offset: 0 });
    const since = await poll({ timestamp: second.timestamp });
    assertEquals(since.slice(-2), ["c", "d"]);
    assertEquals(await poll({ from: "next", count: 3, autoCommit: true }), ["a", "b", "c"]);
    assertEquals(await poll({}), ["d"]);
    assertEquals(await poll({ offset: 4 }), []);
    assertEquals(await codeOf(messages.poll("orders", "events", { partitionId: 9 })), 3007);
    assertEquals(await codeOf(messages.poll("orders", "bills")), 2010);
  },
);

forEachFraming(
  "A prepared batch is sent many times at once, and polled as bytes",
  async ({ client }) => {
    const { streams, topics, messages } = client;
    await streams.create("orders");
    await topics.create("orders", "events");
    const payload = new Uint8Array(1000).fill(7);
    const batch = messages.prepare(Array.from({ length: 100 }, () => ({ payload })));
    await Promise.all(
      Array.from(
        { length: 20 },
        () => messages.send("orders", "events", batch, { partitionId: 0 }),
      ),
    );
    let count = 0;
    let bytes = 0;
    while (count < 2000) {
      const options = { offset: count, count: 300 };
      count += await messages.pollBytes("orders", "events", options, (polled) => {
        bytes += polled.bytes.length;
        return polled.count;
      });
    }
    assertEquals(count, 2000);
    assert(bytes > 2_000_000);
    const all = await messages.poll("orders", "events", { offset: 0, count: 2000 });
    assertEquals(
      Array.from(all, ({ offset }) => offset),
      Array.from({ length: 2000 }, (_, at) => at),
    );
  },
);

forEachFraming("Sends without waiting take effect in their order", async ({ client }) => {
  const { streams, topics, messages } = client;
  await streams.create("orders");
  await topics.create("orders", "events");
  const payloads = Array.from({ length: 300 }, (_, at) => `message ${at}`);
  await Promise.all(
    payloads.map((payload) => messages.send("orders", "events", [{ payload }])),
  );
  const polled = await messages.poll("orders", "events", { offset: 0, count: 300 });
  assertEquals(texts(polled), payloads);
});

forEachFraming("Messages are flushed on demand", async ({ client }) => {
  await client.streams.create("orders");
  await client.topics.create("orders", "events");
  await client.messages.send("orders", "events", [{ payload: "a" }]);
  await client.messages.flush("orders", "events", 0, { fsync: true });
});

forEachFraming("Offsets are stored, found and deleted", async ({ client }) => {
  const { streams, topics, messages, offsets } = client;
  await streams.create("orders");
  await topics.create("orders", "events");
  await messages.send("orders", "events", ["a", "b", "c"].map((payload) => ({ payload })));
  const biller = { consumer: "biller", partitionId: 0 };
  assertEquals(await offsets.find("orders", "events", biller), undefined);
  await offsets.store("orders", "events", 1, biller);
  assertEquals(await offsets.find("orders", "events", biller), {
    partitionId: 0,
    currentOffset: 2,
    storedOffset: 1,
  });
  assertEquals(texts(await messages.poll("orders", "events", biller)), ["c"]);
  assertEquals(await codeOf(offsets.store("orders", "events", 3, biller)), 4100);
  await offsets.delete("orders", "events", biller);
  assertEquals(await offsets.find("orders", "events", biller), undefined);
  assertEquals(await codeOf(offsets.delete("orders", "events", biller)), 3021);
});

forEachFraming(
  "Groups are created, found, listed, joined, left and deleted",
  async ({ client }) => {
    const { streams, topics, groups } = client;
    await streams.create("orders");
    await topics.create("orders", "events", { partitionsCount: 3 });
    const workers = await groups.create("orders", "events", "workers");
    assertEquals([workers.name, workers.partitionsCount, workers.membersCount], ["workers", 3, 0]);
    assertEquals(await codeOf(groups.create("orders", "events", "workers")), 5004);
    await groups.join("orders", "events", "workers");
    const joined = await groups.find("orders", "events", workers.id);
    assertEquals(joined?.members.map(({ partitions }) => partitions), [[0, 1, 2]]);
    assertEquals((await groups.list("orders", "events")).map(({ name }) => name), ["workers"]);
    assertEquals((await client.me()).consumerGroups.length, 1);
    await groups.leave("orders", "events", "workers");
    assertEquals(await codeOf(groups.leave("orders", "events", "workers")), 5006);
    await groups.delete("orders", "events", "workers");
    assertEquals(await groups.find("orders", "events", "workers"), undefined);
  },
);

forEachFraming(
  "Members of a group share its partitions, and take over who leaves",
  async ({ client: producer, connect }) => {
    // A VSR member hears of a change with a heartbeat (VSR.md section 10).
    await using client = await connect({ heartbeatMs: 10 });
    await using other = await connect();
    await client.streams.create("orders");
    await client.topics.create("orders", "events", { partitionsCount: 2 });
    await client.groups.create("orders", "events", "workers");
    await client.groups.join("orders", "events", "workers");
    await other.groups.join("orders", "events", "workers");
    for (const partitionId of [0, 1]) {
      const payload = `in ${partitionId}`;
      await producer.messages.send("orders", "events", [{ payload }], { partitionId });
    }
    const group = { group: "workers", autoCommit: true };
    const mine = texts(await client.messages.poll("orders", "events", group));
    const theirs = texts(await other.messages.poll("orders", "events", group));
    assertEquals([...mine, ...theirs].sort(), ["in 0", "in 1"]);
    await other.groups.leave("orders", "events", "workers");
    for (const partitionId of [0, 1]) {
      const payload = `more in ${partitionId}`;
      await producer.messages.send("orders", "events", [{ payload }], { partitionId });
    }
    const taken: string[] = [];
    await eventually("One member reads both partitions", async () => {
      taken.push(...texts(await client.messages.poll("orders", "events", group)));
      return taken.length === 2;
    });
    assertEquals(taken.sort(), ["more in 0", "more in 1"]);
  },
);

forEachFraming(
  "consume() reads a whole topic as a group, and again as a consumer of its own",
  async ({ client }) => {
    await client.streams.create("orders");
    await client.topics.create("orders", "events", { partitionsCount: 3 });
    const sent = Array.from({ length: 30 }, (_, at) => `message ${at}`);
    await using producer = client.producer({
      stream: "orders",
      topic: "events",
      batchMessagesMax: 5,
    });
    await Promise.all(sent.map((payload) => producer.send({ payload })));
    const take = async (who: { group?: string; consumer?: string }) => {
      const taken: string[] = [];
      for await (const message of client.consume({ stream: "orders", topic: "events", ...who })) {
        taken.push(message.text());
        if (taken.length === sent.length) break;
      }
      return taken.sort();
    };
    assertEquals(await take({ group: "workers" }), sent.toSorted());
    assertEquals(await take({ consumer: "biller" }), sent.toSorted());
  },
);

forEachFraming(
  "Users are created, found, listed, updated and deleted, and may do what they may",
  async ({ client, connect }) => {
    const { users, streams } = client;
    const anna = await users.create("anna", "secret");
    assertEquals([anna.username, anna.status, anna.permissions], ["anna", "active", undefined]);
    assertEquals(await codeOf(users.create("anna", "secret")), 46);
    await streams.create("orders");
    {
      await using hers = await connect({ username: "anna", password: "secret" });
      assertEquals(await codeOf(hers.streams.delete("orders")), 41);
      await users.updatePermissions("anna", { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() });
      await hers.streams.delete("orders");
    }
    assertEquals((await users.find("anna"))?.permissions?.global, ALL_GLOBAL_PERMISSIONS);
    await users.changePassword("anna", "secret", "better");
    assertEquals(await codeOf(connect({ username: "anna", password: "secret" })), 42);
    await users.update("anna", { username: "berta", status: "inactive" });
    assertEquals((await users.list()).map(({ username }) => username), ["iggy", "berta"]);
    assertEquals((await users.find("berta"))?.status, "inactive");
    await users.delete("berta");
    assertEquals(await users.find(anna.id), undefined);
  },
);

forEachFraming(
  "Tokens are created, listed and deleted, and log in",
  async ({ client, connect }) => {
    const personalAccessToken = await client.tokens.create("deploy");
    assertEquals(await client.tokens.list(), [{ name: "deploy", expiryAt: undefined }]);
    assertEquals(await codeOf(client.tokens.create("deploy")), 51);
    const noPassword = { username: undefined, password: undefined };
    {
      await using deployer = await connect({ ...noPassword, personalAccessToken });
      assertEquals((await deployer.me()).userId, 0);
    }
    await client.tokens.create("short", { expiryMicros: 60_000_000 });
    const [, short] = await client.tokens.list();
    assert(short.expiryAt! > Date.now() * 1000);
    await client.tokens.delete("deploy");
    const refused = await codeOf(connect({ ...noPassword, personalAccessToken }));
    assert(refused === 20 || refused === 53);
    assertEquals(await codeOf(client.tokens.delete("deploy")), 20);
  },
);

forEachFraming(
  "The node tells about itself and who is connected",
  async ({ node, client, connect }) => {
    await client.ping();
    await client.streams.create("orders");
    const stats = await client.stats();
    assertEquals([stats.streamsCount, stats.clientsCount], [1, 1]);
    await using other = await connect();
    const me = await other.me();
    assertEquals([me.transport, me.userId], ["tcp", 0]);
    assertEquals((await client.clients()).length, 2);
    assertEquals((await client.findClient(me.clientId))?.address, me.address);
    assertEquals(await client.findClient(4_000_000_000), undefined);
    const { nodes } = await client.clusterMetadata();
    assertEquals(nodes.map(({ endpoints }) => endpoints.tcp), [node.port]);
    // A ZIP file begins so.
    assertEquals(new TextDecoder().decode((await client.snapshot()).subarray(0, 2)), "PK");
  },
);

forEachFraming(
  "A login lasts until the logout, and may be another user's next",
  async ({ client, connect }) => {
    await using guest = await connect({ username: undefined, password: undefined });
    await guest.ping();
    assertEquals(await codeOf(guest.streams.list()), 40);
    assertEquals(await codeOf(guest.streams.create("orders")), 40);
    await client.users.create("anna", "secret");
    const anna = await guest.login({ username: "anna", password: "secret" });
    assertEquals((await guest.me()).userId, anna);
    assertEquals(await guest.login({ username: "iggy", password: "iggy" }), 0);
    await guest.streams.create("orders");
    await guest.logout();
    assertEquals(await codeOf(guest.streams.list()), 40);
    assertEquals(await codeOf(guest.login({ username: "iggy", password: "wrong" })), 42);
    await guest.login({ username: "iggy", password: "iggy" });
    assertEquals((await guest.streams.list()).length, 1);
  },
);

forEachFraming(
  "A client whose socket breaks connects again, and is a member again",
  async ({ client, connect }) => {
    const dialled: Duplex[] = [];
    const dial = async (address: Parameters<typeof connectTcp>[0]) => {
      dialled.push(await connectTcp(address));
      return dialled.at(-1)!;
    };
    await client.streams.create("orders");
    await client.topics.create("orders", "events");
    await client.groups.create("orders", "events", "workers");
    await client.messages.send("orders", "events", [{ payload: "a" }]);
    await using member = await connect({ dial });
    await member.groups.join("orders", "events", "workers");
    const before = await member.me();
    dialled[0].close();
    const after = await member.me();
    assertEquals(dialled.length, 2);
    assert(after.clientId !== before.clientId);
    assertEquals(after.consumerGroups.length, 1);
    assertEquals(texts(await member.messages.poll("orders", "events", { group: "workers" })), [
      "a",
    ]);
  },
);

Deno.test("A client goes on after its node was stopped and started anew", async () => {
  for (const framing of ["classic", "vsr"] as const) {
    const directory = await Deno.makeTempDir({ prefix: "whippet-test-" });
    try {
      const first = await startNode({ directory });
      let { port } = first;
      const dial = () => connectTcp({ hostname: "127.0.0.1", port });
      await using client = await IggyClient.connect({ ...rootOf(first, framing), dial });
      await client.streams.create("orders");
      await client.topics.create("orders", "events");
      await client.messages.send("orders", "events", [{ payload: "a" }]);
      await first.stop();
      await using second = await startNode({ directory });
      port = second.port;
      assertEquals(texts(await client.messages.poll("orders", "events", { offset: 0 })), ["a"]);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  }
});

Deno.test("describeOptions() names the options of topics (vsr)", async () => {
  await using node = await startNode();
  await using client = await IggyClient.connect(rootOf(node, "vsr"));
  const keys = (await client.describeOptions("topic")).map(({ key }) => key);
  assert(keys.includes("durability") && keys.includes("segment_size"));
  assertEquals(await client.describeOptions("stream"), []);
});

Deno.test("Each framing polls what the other sent", async () => {
  await using node = await startNode();
  await using classic = await IggyClient.connect(rootOf(node, "classic"));
  await using vsr = await IggyClient.connect(rootOf(node, "vsr"));
  await classic.streams.create("orders");
  await classic.topics.create("orders", "events");
  const headers = { type: "text" };
  await classic.messages.send("orders", "events", [{ payload: "from classic", headers }]);
  await vsr.messages.send("orders", "events", [{ payload: "from vsr", headers }]);
  for (const client of [classic, vsr]) {
    const polled = await client.messages.poll("orders", "events", { offset: 0 });
    assertEquals(texts(polled), ["from classic", "from vsr"]);
    assertEquals(Array.from(polled, (message) => message.header("type")), ["text", "text"]);
  }
  const [a, b] = [classic, vsr].map((client) =>
    client.messages.poll("orders", "events", { offset: 0 })
  );
  assertEquals(Array.from(await a, ({ id }) => id), Array.from(await b, ({ id }) => id));
});
