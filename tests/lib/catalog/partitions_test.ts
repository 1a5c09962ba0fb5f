import { assertEquals } from "@std/assert";
import { Partitions } from "../../../lib/catalog/partitions.ts";
import { CatalogState } from "../../../lib/catalog/state.ts";
import type { Topics } from "../../../lib/catalog/topics.ts";
import { assertRefuses, AT, openOrders } from "./fixtures.ts";

Deno.test("Partitions.create() appends, with a creation number of their own", async () => {
  const catalog = await openOrders();
  const { partitions } = catalog.partitions.create("orders", "events", 2, AT + 1);
  assertEquals(partitions.map(({ id }) => id), [0, 1, 2, 3, 4]);
  assertEquals(partitions[4].incarnation, catalog.sequence);
  assertEquals([partitions[0].createdAt, partitions[4].createdAt], [AT, AT + 1]);
});

Deno.test("Partitions.create() refuses a count that is not 1 to 1000 with 2015", async () => {
  const { partitions } = await openOrders();
  assertRefuses(2015, () => partitions.create("orders", "events", 0, AT));
  assertRefuses(2015, () => partitions.create("orders", "events", 1001, AT));
});

Deno.test("Partitions.create() refuses more than a million partitions with 3013", () => {
  const ledger = { state: new CatalogState(), commit: () => {} };
  const wide = { streamId: 0, id: 0, partitions: new Array(999_001) };
  const topics = { require: () => wide } as unknown as Topics;
  const partitions = new Partitions(ledger, topics);
  partitions.create(0, 0, 999, AT);
  assertRefuses(3013, () => partitions.create(0, 0, 1000, AT));
});

Deno.test("Partitions.delete() takes the last ones and gives them back", async () => {
  const { partitions, topics } = await openOrders();
  assertEquals(partitions.delete("orders", "events", 2).map(({ id }) => id), [1, 2]);
  assertEquals(topics.require("orders", "events").partitions.length, 1);
});

Deno.test("Partitions.delete() refuses none with 2015 and more than there are with 2019", async () => {
  const { partitions } = await openOrders();
  assertRefuses(2015, () => partitions.delete("orders", "events", 0));
  assertRefuses(2019, () => partitions.delete("orders", "events", 4));
});

Deno.test("Partitions.create() gives a new life to a partition that was deleted", async () => {
  const { partitions } = await openOrders();
  const [deleted] = partitions.delete("orders", "events", 1);
  partitions.create("orders", "events", 1, AT);
  assertEquals(partitions.require("orders", "events", 2).incarnation > deleted.incarnation, true);
});

Deno.test("Partitions.require() refuses: 1009, 2010, 3007", async () => {
  const { partitions } = await openOrders();
  assertRefuses(1009, () => partitions.require("x", "events", 0));
  assertRefuses(2010, () => partitions.require("orders", "x", 0));
  assertRefuses(3007, () => partitions.require("orders", "events", 3));
});
