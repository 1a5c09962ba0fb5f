import { assertEquals, assertRejects } from "@std/assert";
import type { Call } from "../../../lib/client/calls.ts";
import { PartitionChoice } from "../../../lib/client/partition_choice.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { SimClock } from "../../support/sim_clock.ts";

/** A choice for topics with so many partitions, or none of which exists. */
function scene(partitionsCount: number | undefined) {
  const scene = { partitionsCount, lookUps: 0, clock: new SimClock() };
  const call = (() => {
    scene.lookUps++;
    const { partitionsCount } = scene;
    return Promise.resolve(partitionsCount === undefined ? undefined : { partitionsCount });
  }) as unknown as Call;
  return Object.assign(scene, { choice: new PartitionChoice(call, scene.clock) });
}

const BALANCED = { kind: "balanced" } as const;
const keyed = (key: string) =>
  ({ kind: "messages_key", key: new TextEncoder().encode(key) }) as const;

Deno.test("PartitionChoice.choose() takes the partitions in turn", async () => {
  const { choice } = scene(3);
  const chosen = [];
  for (let send = 0; send < 5; send++) {
    chosen.push(await choice.choose("orders", "events", BALANCED));
  }
  assertEquals(chosen, [0, 1, 2, 0, 1]);
});

Deno.test("PartitionChoice.choose() counts each topic by itself", async () => {
  const { choice } = scene(3);
  assertEquals(await choice.choose("orders", "events", BALANCED), 0);
  assertEquals(await choice.choose("orders", "bills", BALANCED), 0);
  assertEquals(await choice.choose(1, "events", BALANCED), 0);
  // A number and a name that look alike are two.
  assertEquals(await choice.choose("1", "events", BALANCED), 0);
});

Deno.test("PartitionChoice.choose() sends a key where every other client sends it", async () => {
  // CLASSIC.md section 3.5, check vectors.
  const three = scene(3).choice;
  assertEquals(await three.choose(1, 1, keyed("user-1")), 0);
  assertEquals(await three.choose(1, 1, keyed("hello")), 1);
  assertEquals(await scene(10).choice.choose(1, 1, keyed("user-1")), 7);
});

Deno.test("PartitionChoice.choose() keeps to a partition that is named, without looking", async () => {
  const { choice, lookUps } = scene(undefined);
  assertEquals(await choice.choose(1, 1, { kind: "partition_id", partitionId: 9 }), 9);
  assertEquals(lookUps, 0);
});

Deno.test("PartitionChoice.choose() looks once for many sends, and again after a while", async () => {
  const topic = scene(2);
  await Promise.all([
    topic.choice.choose(1, 1, BALANCED),
    topic.choice.choose(1, 1, BALANCED),
    topic.choice.choose(1, 1, keyed("user-1")),
  ]);
  assertEquals(topic.lookUps, 1);
  topic.clock.advance(10_000);
  topic.partitionsCount = 5;
  assertEquals(await topic.choice.choose(1, 1, BALANCED), 2);
  assertEquals(topic.lookUps, 2);
});

Deno.test("PartitionChoice.forget() makes it look again and keeps the turn", async () => {
  const topic = scene(3);
  await topic.choice.choose(1, 1, BALANCED);
  topic.choice.forget();
  assertEquals(await topic.choice.choose(1, 1, BALANCED), 1);
  assertEquals(topic.lookUps, 2);
});

Deno.test("PartitionChoice.choose() refuses a topic that does not exist, until it does", async () => {
  const topic = scene(undefined);
  const missing = await assertRejects(() => topic.choice.choose("orders", 1, BALANCED), IggyError);
  assertEquals(missing.code, 2010);
  assertEquals(missing.message, "Topic 1 of stream orders does not exist");
  topic.partitionsCount = 1;
  assertEquals(await topic.choice.choose("orders", 1, BALANCED), 0);
});

Deno.test("PartitionChoice.choose() refuses a topic without partitions", async () => {
  const error = await assertRejects(() => scene(0).choice.choose(1, 1, BALANCED), IggyError);
  assertEquals(error.code, 3007);
});
