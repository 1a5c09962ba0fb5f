import { specifyCall } from "../../support/scripted_client.ts";

const TOPIC = { streamId: "orders", topicId: "events" };

specifyCall("Partitions.create() says how many to add", {
  call: (client) => client.partitions.create("orders", "events", 3),
  asks: "createPartitions",
  with: { ...TOPIC, partitionsCount: 3 },
  answered: undefined,
});

specifyCall("Partitions.delete() says how many to remove", {
  call: (client) => client.partitions.delete("orders", "events", 2),
  asks: "deletePartitions",
  with: { ...TOPIC, partitionsCount: 2 },
  answered: undefined,
});

specifyCall("Partitions.deleteSegments() names the partition and how many", {
  call: (client) => client.partitions.deleteSegments("orders", "events", 1, 5),
  asks: "deleteSegments",
  with: { ...TOPIC, partitionId: 1, segmentsCount: 5 },
  answered: undefined,
});
