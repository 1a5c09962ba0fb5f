import { specifyCall } from "../../support/scripted_client.ts";

const ORDERS = {
  id: 3,
  createdAt: 1_700_000_000_000_000,
  topicsCount: 0,
  sizeBytes: 0,
  messagesCount: 0,
  name: "orders",
};

specifyCall("Streams.create() gives the new stream", {
  call: (client) => client.streams.create("orders"),
  asks: "createStream",
  with: { name: "orders" },
  answered: ORDERS,
});

specifyCall("Streams.find() gives the stream with its topics", {
  call: (client) => client.streams.find(3),
  asks: "getStream",
  with: { streamId: 3 },
  answered: { ...ORDERS, topics: [] },
});

specifyCall("Streams.find() gives nothing when there is no such stream", {
  call: (client) => client.streams.find("orders"),
  asks: "getStream",
  with: { streamId: "orders" },
  answered: undefined,
});

specifyCall("Streams.list() gives all streams", {
  call: (client) => client.streams.list(),
  asks: "getStreams",
  with: undefined,
  answered: [ORDERS],
});

specifyCall("Streams.rename() changes the name", {
  call: (client) => client.streams.rename("orders", "bills"),
  asks: "updateStream",
  with: { streamId: "orders", name: "bills" },
  answered: undefined,
});

specifyCall("Streams.purge() names the stream", {
  call: (client) => client.streams.purge("orders"),
  asks: "purgeStream",
  with: { streamId: "orders" },
  answered: undefined,
});

specifyCall("Streams.delete() names the stream", {
  call: (client) => client.streams.delete("orders"),
  asks: "deleteStream",
  with: { streamId: "orders" },
  answered: undefined,
});
