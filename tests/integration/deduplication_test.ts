/**
 * Deduplication as clients meet it: a real node, real sockets, both framings.
 */
import { assert, assertEquals } from "@std/assert";
import { type FramingName, IggyClient } from "../../mod.ts";
import { startNode, type TestNode } from "../support/node.ts";

const FRAMINGS: readonly FramingName[] = ["classic", "vsr"];

Deno.test("A topic drops what was sent before in either framing, also before a restart", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "whippet-test-" });
  try {
    const first = await startNode({ directory });
    await createTopic(first, { deduplicationWindow: 3_600_000_000, deduplicationMaxEntries: 100 });
    assertEquals(await sent(first, "vsr", 1, 2), 0);
    assertEquals(await sent(first, "vsr", 2, 1), undefined);
    assertEquals(await sent(first, "vsr", 2, 3), 2);
    await sent(first, "classic", 3, 4);
    await first.stop();
    await using second = await startNode({ directory });
    assertEquals(await sent(second, "vsr", 4, 3, 5), 4);
    await sent(second, "classic", 1, 5, 6);
    for (const framing of FRAMINGS) {
      assertEquals(await polled(second, framing), [1, 2, 3, 4, 5, 6]);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("A node that is told so gives new topics deduplication, those of classic clients too", async () => {
  await using node = await startNode({
    environment: { IGGY_SYSTEM_MESSAGE_DEDUPLICATION_ENABLED: "true" },
  });
  await using client = await connect(node, "classic");
  await client.streams.create("orders");
  await client.topics.create("orders", "events");
  for (let time = 0; time < 3; time++) await sent(node, "classic", 7, 8);
  assertEquals(await polled(node, "classic"), [7, 8]);
  await using other = await connect(node, "vsr");
  const topic = await other.topics.find("orders", "events");
  assertEquals(topic?.derivedOptions.deduplicationWindow, 60_000_000);
  assertEquals(topic?.derivedOptions.deduplicationMaxEntries, 10_000);
});

Deno.test("A topic without deduplication shows nothing of it, until an update turns it on", async () => {
  await using node = await startNode();
  await createTopic(node, {});
  await using client = await connect(node, "vsr");
  const shown = async () => {
    const { explicitOptions, derivedOptions } = (await client.topics.find("orders", "events"))!;
    return [...Object.keys(explicitOptions), ...Object.keys(derivedOptions)]
      .filter((name) => name.startsWith("deduplication"));
  };
  await sent(node, "vsr", 1, 1);
  assertEquals(await shown(), []);
  await client.topics.update("orders", "events", { name: "events", deduplicationWindow: 1e9 });
  assertEquals(await shown(), ["deduplicationWindow", "deduplicationMaxEntries"]);
  assertEquals(await sent(node, "vsr", 1, 2), 2);
  assertEquals(await polled(node, "vsr"), [1, 1, 2]);
});

Deno.test("A producer that sends everything twice leaves every message once, in every partition", async () => {
  await using node = await startNode();
  await createTopic(node, { deduplicationWindow: 60_000_000, partitionsCount: 3 });
  await using client = await connect(node, "vsr");
  const sends: Promise<unknown>[] = [];
  for (let id = 1n; id <= 300n; id += 3n) {
    const messages = [id, id + 1n, id + 2n].map((each) => ({ id: each, payload: `${each}` }));
    // Without a partition each goes to the next one.
    sends.push(client.messages.send("orders", "events", messages));
    sends.push(client.messages.send("orders", "events", messages));
  }
  await Promise.all(sends);
  const ids: number[] = [];
  for (const partitionId of [0, 1, 2]) {
    const messages = await client.messages.poll("orders", "events", {
      ...{ partitionId, offset: 0, count: 1000 },
    });
    for (const message of messages) ids.push(Number(message.id));
  }
  assertEquals(ids.length, 300);
  assert(new Set(ids).size === 300);
});

async function createTopic(
  node: TestNode,
  options: Parameters<IggyClient["topics"]["create"]>[2],
): Promise<void> {
  await using client = await connect(node, "vsr");
  await client.streams.create("orders");
  await client.topics.create("orders", "events", options);
}

/** Sends messages with those ids to partition 0; gives the offset of the first that was taken. */
async function sent(
  node: TestNode,
  framing: FramingName,
  ...ids: number[]
): Promise<number | undefined> {
  await using client = await connect(node, framing);
  const messages = ids.map((id) => ({ id: BigInt(id), payload: `message ${id}` }));
  const confirmation = await client.messages
    .send("orders", "events", messages, { partitionId: 0 });
  return confirmation?.baseOffset;
}

/** Ids in partition 0. */
async function polled(node: TestNode, framing: FramingName): Promise<number[]> {
  await using client = await connect(node, framing);
  const messages = await client.messages.poll("orders", "events", { offset: 0, count: 1000 });
  return Array.from(messages, ({ id }) => Number(id));
}

function connect(node: TestNode, framing: FramingName): Promise<IggyClient> {
  const address = `127.0.0.1:${node.port}`;
  return IggyClient.connect({ address, framing, username: "iggy", password: "iggy" });
}
