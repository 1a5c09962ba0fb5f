import { assertEquals, assertRejects } from "@std/assert";
import { Tail, type TailStart } from "../../../lib/http/tail.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { type TestBroker, testBroker, type TestClient } from "../../support/broker.ts";
import { eventually } from "../../support/eventually.ts";
import { someMessages } from "../../support/messages.ts";
import { send } from "../../support/sends_and_polls.ts";

const TOPIC = { streamId: "orders", topicId: "events" };
const NOBODY_LEAVES = new AbortController().signal;

function begin(broker: TestBroker, client: TestClient, start: Partial<TailStart> = {}) {
  const whole: TailStart = { from: "latest", resume: new Map(), partitions: undefined, ...start };
  return Tail.begin(broker, client, TOPIC, whole, ({ payload }) => payload[0]);
}

async function places(tail: Tail<number>): Promise<[number, number][]> {
  const found = await tail.next(1000, NOBODY_LEAVES);
  return found.map(({ partitionId, offset }) => [partitionId, offset]);
}

function sendTo(broker: TestBroker, client: TestClient, partitionId: number, count = 1) {
  const partitioning = { kind: "partition_id", partitionId } as const;
  return send(broker, client, "vsr_0_11", someMessages(count), { partitioning });
}

Deno.test("Tail.next() gives what comes after the beginning, of every partition", async () => {
  await using broker = await testBroker();
  broker.topic(2);
  const client = broker.connect();
  await sendTo(broker, client, 0, 2);
  const tail = await begin(broker, client);
  await sendTo(broker, client, 1);
  assertEquals(await places(tail), [[1, 0]]);
  const waiting = places(tail);
  await sendTo(broker, client, 0);
  assertEquals(await waiting, [[0, 2]]);
  assertEquals([...tail.positions()], [[0, 2], [1, 0]]);
});

Deno.test("Tail.begin() starts where it is told, and resumes where a reader was", async (t) => {
  await using broker = await testBroker();
  broker.topic(2);
  const client = broker.connect();
  await sendTo(broker, client, 0, 3);
  const from = async (name: string, start: Partial<TailStart>, wanted: [number, number][]) => {
    await t.step(name, async () => {
      assertEquals(await places(await begin(broker, client, start)), wanted);
    });
  };
  await from("first", { from: "first" }, [[0, 0], [0, 1], [0, 2]]);
  await from("an offset", { from: { kind: "offset", value: 1 } }, [[0, 1], [0, 2]]);
  const now = broker.clock.nowMicros();
  await from("a time", { from: { kind: "timestamp", value: now } }, [[0, 0], [0, 1], [0, 2]]);
  await from("a place", { from: "first", resume: new Map([[0, 1]]) }, [[0, 2]]);
  await from("before the first", { resume: new Map([[0, -1]]) }, [[0, 0], [0, 1], [0, 2]]);
});

Deno.test("Tail.next() gives nothing when nothing came for a while, or when it is told to end", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const tail = await begin(broker, broker.connect());
  const idle = tail.next(1000, NOBODY_LEAVES);
  await eventually("the tail waits", () => broker.clock.timers > 0);
  broker.clock.advance(1000);
  assertEquals(await idle, []);
  const end = new AbortController();
  const ended = tail.next(1000, end.signal);
  end.abort();
  assertEquals(await ended, []);
  assertEquals(broker.clock.timers, 0);
});

Deno.test("Tail.next() goes on behind a purge, and with partitions that are new", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(1);
  const client = broker.connect();
  await sendTo(broker, client, 0);
  const tail = await begin(broker, client, { from: "first" });
  assertEquals(await places(tail), [[0, 0]]);
  const ended = [...topic.partitions];
  broker.catalog.topics.purge("orders", "events");
  broker.partitions.removePartitions(ended);
  await sendTo(broker, client, 0);
  broker.catalog.partitions.create("orders", "events", 1, 0);
  await sendTo(broker, client, 1);
  const found = [...await places(tail), ...await places(tail)];
  assertEquals(found.sort(), [[0, 0], [1, 0]]);
});

Deno.test("Tail.next() is refused when what it reads, or the right to it, is gone", async () => {
  await using broker = await testBroker();
  broker.topic(2);
  const code = async (start: Partial<TailStart>, client = broker.connect()) =>
    (await assertRejects(() => begin(broker, client, start), IggyError)).code;
  assertEquals(await code({ partitions: [9] }), 3007);
  assertEquals(await code({}, broker.connectUser("nobody")), 41);
  const tail = await begin(broker, broker.connect(), { partitions: [1] });
  const refused = assertRejects(() => tail.next(1000, NOBODY_LEAVES), IggyError);
  const deleted = broker.catalog.partitions.delete("orders", "events", 1);
  broker.partitions.removePartitions(deleted);
  assertEquals((await refused).code, 3007);
});

Deno.test("Tail.next() takes turns, so that no partition starves", async () => {
  await using broker = await testBroker();
  broker.topic(2);
  const client = broker.connect();
  const tail = await begin(broker, client, { from: "first" });
  await sendTo(broker, client, 0, 1500);
  await sendTo(broker, client, 1);
  const first = await places(tail);
  const second = await places(tail);
  assertEquals([first[0][0], second[0][0]], [0, 1]);
});
