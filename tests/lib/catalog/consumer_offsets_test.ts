import { assertEquals } from "@std/assert";
import { assertRefuses, openOrders } from "./fixtures.ts";

Deno.test("ConsumerOffsets.store() keeps consumers and groups apart", async () => {
  const { offsets, partitions } = await openOrders();
  const partition = partitions.require("orders", "events", 0);
  offsets.store(partition, "consumer", 7, 10);
  offsets.store(partition, "consumer_group", 7, 20);
  assertEquals(partition.storedOffset("consumer", 7), 10);
  assertEquals(partition.storedOffset("consumer_group", 7), 20);
  assertEquals(partition.storedOffset("consumer", 8), undefined);
});

Deno.test("ConsumerOffsets.store() goes backwards, too", async () => {
  const { offsets, partitions } = await openOrders();
  const partition = partitions.require("orders", "events", 0);
  offsets.store(partition, "consumer", 7, 10);
  offsets.store(partition, "consumer", 7, 3);
  assertEquals(partition.storedOffset("consumer", 7), 3);
});

Deno.test("ConsumerOffsets.store() writes nothing when the offset is stored already", async () => {
  const catalog = await openOrders();
  const partition = catalog.partitions.require("orders", "events", 0);
  catalog.offsets.store(partition, "consumer", 7, 10);
  const { sequence } = catalog;
  catalog.offsets.store(partition, "consumer", 7, 10);
  assertEquals(catalog.sequence, sequence);
});

Deno.test("ConsumerOffsets.store() refuses one consumer too many with 3024, and goes on for the others", async () => {
  const { offsets, partitions } = await openOrders({ partitionOffsetsMax: 2 });
  const partition = partitions.require("orders", "events", 0);
  offsets.store(partition, "consumer", 1, 0);
  offsets.store(partition, "consumer_group", 0, 0);
  assertRefuses(3024, () => offsets.store(partition, "consumer", 2, 0));
  offsets.store(partition, "consumer", 1, 1);
  offsets.delete(partition, "consumer", 1);
  offsets.store(partition, "consumer", 2, 0);
});

Deno.test("ConsumerOffsets refuses a partition that was purged or deleted meanwhile with 3007", async () => {
  const { offsets, partitions, topics } = await openOrders();
  const purged = partitions.require("orders", "events", 0);
  topics.purge("orders", "events");
  assertRefuses(3007, () => offsets.store(purged, "consumer", 1, 5));
  const [deleted] = partitions.delete("orders", "events", 1);
  assertRefuses(3007, () => offsets.delete(deleted, "consumer", 1));
});

Deno.test("ConsumerOffsets.delete() refuses what is not stored with 3021", async () => {
  const { offsets, partitions } = await openOrders();
  const partition = partitions.require("orders", "events", 0);
  assertRefuses(3021, () => offsets.delete(partition, "consumer", 1));
  offsets.store(partition, "consumer", 1, 5);
  offsets.delete(partition, "consumer", 1);
  assertEquals(partition.storedOffset("consumer", 1), undefined);
});

Deno.test("PartitionView.minStoredOffset() is the smallest of consumers and groups", async () => {
  const { offsets, partitions } = await openOrders();
  const partition = partitions.require("orders", "events", 0);
  assertEquals(partition.minStoredOffset(), undefined);
  offsets.store(partition, "consumer", 1, 9);
  offsets.store(partition, "consumer_group", 0, 4);
  offsets.store(partition, "consumer_group", 1, 6);
  assertEquals(partition.minStoredOffset(), 4);
});

Deno.test("ConsumerOffsets.takeBack() leaves nothing stored beyond the end of the log, in that life only", async () => {
  const { offsets, partitions } = await openOrders();
  const partition = partitions.require("orders", "events", 0);
  offsets.store(partition, "consumer", 1, 9);
  offsets.store(partition, "consumer_group", 1, 4);
  const stored = () => [
    partition.storedOffset("consumer", 1),
    partition.storedOffset("consumer_group", 1),
  ];
  assertEquals([offsets.takeBack(partition, 10), stored()], [0, [9, 4]]);
  const { streamId, topicId, id, incarnation } = partition;
  const other = { streamId, topicId, id, incarnation: incarnation + 1 };
  assertEquals([offsets.takeBack(other, 0), stored()], [0, [9, 4]]);
  assertEquals([offsets.takeBack(partition, 6), stored()], [1, [5, 4]]);
  assertEquals([offsets.takeBack(partition, 0), stored()], [2, [undefined, undefined]]);
});
