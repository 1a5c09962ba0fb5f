import { assertEquals } from "@std/assert";
import { assertRefuses, AT, openOrders } from "./fixtures.ts";

Deno.test("Groups.create() numbers the groups of each topic from 0 and never reuses a number", async () => {
  const { groups, topics } = await openOrders();
  topics.create("orders", { name: "other", partitionsCount: 1, options: {}, at: AT });
  assertEquals(groups.create("orders", "other", "workers").id, 0);
  groups.delete("orders", "events", "workers");
  assertEquals(groups.create("orders", "events", "workers").id, 1);
});

Deno.test("Groups.create() refuses a taken name with 5004", async () => {
  const { groups } = await openOrders();
  assertRefuses(5004, () => groups.create("orders", "events", "workers"));
});

Deno.test("Groups.require() refuses: 1009, 2010, 5000", async () => {
  const { groups } = await openOrders();
  assertRefuses(1009, () => groups.require("x", "events", 0));
  assertRefuses(2010, () => groups.require("orders", "x", 0));
  assertRefuses(5000, () => groups.require("orders", "events", "x"));
  assertRefuses(5000, () => groups.delete("orders", "events", 1));
});

Deno.test("Groups.delete() removes the offsets of that group only", async () => {
  const { groups, offsets, partitions } = await openOrders();
  groups.create("orders", "events", "others");
  const partition = partitions.require("orders", "events", 1);
  offsets.store(partition, "consumer_group", 0, 5);
  offsets.store(partition, "consumer_group", 1, 6);
  offsets.store(partition, "consumer", 0, 7);
  groups.delete("orders", "events", "workers");
  assertEquals(partition.storedOffset("consumer_group", 0), undefined);
  assertEquals(partition.storedOffset("consumer_group", 1), 6);
  assertEquals(partition.storedOffset("consumer", 0), 7);
});
