import { specifyCall } from "../../support/scripted_client.ts";

const TOPIC = { streamId: "orders", topicId: "events" };
const WORKERS = { id: 1, partitionsCount: 3, membersCount: 0, name: "workers" };

specifyCall("Groups.create() gives the new group", {
  call: (client) => client.groups.create("orders", "events", "workers"),
  asks: "createConsumerGroup",
  with: { ...TOPIC, name: "workers" },
  answered: WORKERS,
});

specifyCall("Groups.find() gives the group with its members", {
  call: (client) => client.groups.find("orders", "events", 1),
  asks: "getConsumerGroup",
  with: { ...TOPIC, groupId: 1 },
  answered: { ...WORKERS, membersCount: 1, members: [{ id: 0, partitions: [0, 1, 2] }] },
});

specifyCall("Groups.find() gives nothing when there is no such group", {
  call: (client) => client.groups.find("orders", "events", "workers"),
  asks: "getConsumerGroup",
  with: { ...TOPIC, groupId: "workers" },
  answered: undefined,
});

specifyCall("Groups.list() gives all groups of a topic", {
  call: (client) => client.groups.list("orders", "events"),
  asks: "getConsumerGroups",
  with: TOPIC,
  answered: [WORKERS],
});

specifyCall("Groups.join() names the group", {
  call: (client) => client.groups.join("orders", "events", "workers"),
  asks: "joinConsumerGroup",
  with: { ...TOPIC, groupId: "workers" },
  answered: undefined,
});

specifyCall("Groups.leave() names the group", {
  call: (client) => client.groups.leave("orders", "events", "workers"),
  asks: "leaveConsumerGroup",
  with: { ...TOPIC, groupId: "workers" },
  answered: undefined,
});

specifyCall("Groups.delete() names the group", {
  call: (client) => client.groups.delete("orders", "events", "workers"),
  asks: "deleteConsumerGroup",
  with: { ...TOPIC, groupId: "workers" },
  answered: undefined,
});
