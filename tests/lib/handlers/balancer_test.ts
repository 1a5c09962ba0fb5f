import { assertEquals } from "@std/assert";
import { Balancer } from "../../../lib/handlers/balancer.ts";
import { testBroker } from "../../support/broker.ts";

Deno.test("Balancer.next() goes through the partitions in turns, from partition 0 on", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(3);
  const balancer = new Balancer();
  assertEquals(Array.from({ length: 7 }, () => balancer.next(topic)), [0, 1, 2, 0, 1, 2, 0]);
});

Deno.test("Balancer.next() keeps a turn of its own for each topic", async () => {
  await using broker = await testBroker();
  const first = broker.topic(2);
  const second = broker.catalog.topics
    .create("orders", { name: "other", partitionsCount: 2, options: {}, at: 0 });
  const balancer = new Balancer();
  assertEquals(
    [first, second, first, second].map((topic) => balancer.next(topic)),
    [0, 0, 1, 1],
  );
});

Deno.test("Balancer.next() stays among the partitions there are when some are deleted or added", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(4);
  const balancer = new Balancer();
  const turns = (count: number) => Array.from({ length: count }, () => balancer.next(topic));
  assertEquals(turns(3), [0, 1, 2]);
  broker.catalog.partitions.delete("orders", "events", 2);
  assertEquals(turns(3), [1, 0, 1]);
  broker.catalog.partitions.create("orders", "events", 1, 0);
  assertEquals(turns(4), [2, 0, 1, 2]);
});
