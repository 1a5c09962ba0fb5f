import { assertEquals } from "@std/assert";
import { assertRefuses, AT, openCatalog, openOrders } from "./fixtures.ts";

Deno.test("Streams.create() numbers streams from 0 and never reuses a number", async () => {
  const { streams } = await openCatalog();
  assertEquals(streams.create("a", AT).id, 0);
  assertEquals(streams.create("b", AT).id, 1);
  streams.delete("b");
  assertEquals(streams.create("b", AT).id, 2);
});

Deno.test("Streams.create() refuses a taken name with 1012", async () => {
  const { streams } = await openOrders();
  assertRefuses(1012, () => streams.create("orders", AT));
});

Deno.test("Streams.require() refuses unknown numbers and names with 1009", async () => {
  const { streams } = await openOrders();
  assertRefuses(1009, () => streams.require(1));
  assertRefuses(1009, () => streams.require("0"));
  assertRefuses(1009, () => streams.rename("x", "y"));
  assertRefuses(1009, () => streams.purge("x"));
  assertRefuses(1009, () => streams.delete("x"));
});

Deno.test("Streams.rename() refuses another's name with 1012 and takes its own", async () => {
  const { streams } = await openOrders();
  streams.create("other", AT);
  assertRefuses(1012, () => streams.rename("orders", "other"));
  streams.rename("orders", "orders");
  streams.rename("orders", "sales");
  assertEquals(streams.find("orders"), undefined);
  assertEquals(streams.find("sales")?.id, 0);
});

Deno.test("Streams.purge() starts new lives in all topics and keeps groups", async () => {
  const { sequence, streams, topics } = await openOrders();
  streams.purge("orders");
  const topic = topics.require(0, 0);
  assertEquals(
    new Set(topic.partitions.map(({ incarnation }) => incarnation)),
    new Set([sequence + 1]),
  );
  assertEquals(topic.groups.size, 1);
});

Deno.test("Streams.delete() gives back what is no more", async () => {
  const { streams } = await openOrders();
  assertEquals(streams.delete("orders").topics.find("events")?.partitions.length, 3);
  assertEquals(streams.size, 0);
});
