import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { decoded, encoded, hex, specifyCommand } from "../support/codec_laws.ts";

const GROUP = { id: 0, partitionsCount: 3, membersCount: 0, name: "workers" };
const TOPIC = { streamId: "orders", topicId: 0 };

specifyCommand("getConsumerGroup", {
  request: { ...TOPIC, groupId: "workers" },
  response: {
    ...GROUP,
    membersCount: 3,
    members: [{ id: 0, partitions: [0, 2] }, { id: 1, partitions: [1] }, { id: 2, partitions: [] }],
  },
});
specifyCommand("getConsumerGroups", { request: TOPIC, response: [GROUP, { ...GROUP, id: 1 }] });
specifyCommand("createConsumerGroup", { request: { ...TOPIC, name: "workers" }, response: GROUP });
specifyCommand("deleteConsumerGroup", { request: { ...TOPIC, groupId: 0 }, response: undefined });
specifyCommand("joinConsumerGroup", { request: { ...TOPIC, groupId: 0 }, response: undefined });
specifyCommand("leaveConsumerGroup", { request: { ...TOPIC, groupId: 0 }, response: undefined });
specifyCommand("syncConsumerGroup", {
  request: { ...TOPIC, groupId: "workers" },
  response: { generation: 2 ** 40, partitions: [1, 4, 9] },
});

Deno.test("SYNC_CONSUMER_GROUP does not exist in classic", () => {
  assertEquals(COMMANDS.syncConsumerGroup.request.classic, undefined);
  assertEquals(COMMANDS.syncConsumerGroup.response.classic, undefined);
});

Deno.test("SYNC_CONSUMER_GROUP.response tells a member without partitions from no member", () => {
  const vsr = COMMANDS.syncConsumerGroup.response.vsr_0_11!;
  assertEquals(
    encoded(vsr, { generation: 1, partitions: [] }),
    hex("0100000000000000 00000000"),
  );
  assertEquals(decoded(vsr, new Uint8Array()), undefined);
});
