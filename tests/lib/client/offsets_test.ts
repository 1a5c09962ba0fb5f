import { specifyCall } from "../../support/scripted_client.ts";

const TOPIC = { streamId: "orders", topicId: "events" };

specifyCall("Offsets.store() stores for a group, and waits until it is stored", {
  call: (client) =>
    client.offsets.store("orders", "events", 41, { group: "workers", partitionId: 2 }),
  asks: "storeConsumerOffset",
  with: {
    ...TOPIC,
    consumer: { kind: "consumer_group", id: "workers" },
    partitionId: 2,
    offset: 41,
    ack: "quorum",
  },
  answered: undefined,
});

specifyCall("Offsets.find() gives the offset of consumer 0 when nobody is named", {
  call: (client) => client.offsets.find("orders", "events"),
  asks: "getConsumerOffset",
  with: { ...TOPIC, consumer: { kind: "consumer", id: 0 }, partitionId: undefined },
  answered: { partitionId: 0, currentOffset: 50, storedOffset: 41 },
});

specifyCall("Offsets.find() gives nothing when none is stored", {
  call: (client) => client.offsets.find("orders", "events", { consumer: "biller" }),
  asks: "getConsumerOffset",
  with: { ...TOPIC, consumer: { kind: "consumer", id: "biller" }, partitionId: undefined },
  answered: undefined,
});

specifyCall("Offsets.delete() names consumer and partition", {
  call: (client) => client.offsets.delete("orders", "events", { consumer: 9, partitionId: 1 }),
  asks: "deleteConsumerOffset",
  with: { ...TOPIC, consumer: { kind: "consumer", id: 9 }, partitionId: 1, ack: "quorum" },
  answered: undefined,
});
