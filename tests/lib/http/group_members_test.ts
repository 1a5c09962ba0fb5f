import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { HttpClient } from "../../../lib/http/client.ts";
import { GroupMembers, LEASE_MS } from "../../../lib/http/group_members.ts";
import type { Client } from "../../../lib/handlers/broker.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { testBroker } from "../../support/broker.ts";

const ADDRESS = { streamId: "orders", topicId: "events", groupId: "readers" };

async function scene() {
  const broker = await testBroker();
  broker.topic(2);
  const group = broker.catalog.groups.create("orders", "events", "readers");
  const caller = new HttpClient({ hostname: "127.0.0.1", port: 50_000 }, "localhost");
  caller.login(0);
  return { broker, group, members: new GroupMembers(broker), caller };
}

Deno.test("GroupMembers.join() makes members that share the partitions with all others", async () => {
  const { broker, group, members, caller } = await scene();
  await using _ = broker;
  const first = members.join(caller, group, 2);
  assertEquals(members.heartbeat(caller, ADDRESS, first).partitions, [0, 1]);
  const second = members.join(caller, group, 2);
  assertEquals(first.length, 32);
  assertEquals(members.heartbeat(caller, ADDRESS, second).partitions, [1]);
  const session = broker.connect();
  broker.groups.join(group, session.id, 2, 0);
  assertEquals(broker.groups.membersCount(group), 3);
});

Deno.test("GroupMembers ends a member that is silent, and not one that is heard of", async () => {
  const { broker, group, members, caller } = await scene();
  await using _ = broker;
  const silent = members.join(caller, group, 2);
  const heard = members.join(caller, group, 2);
  broker.clock.advance(LEASE_MS - 1);
  members.heartbeat(caller, ADDRESS, heard);
  broker.clock.advance(1);
  assertEquals([members.count, broker.groups.membersCount(group)], [1, 1]);
  const refuse = () => members.heartbeat(caller, ADDRESS, silent);
  assertEquals(assertThrows(refuse, IggyError).code, 5006);
});

Deno.test("GroupMembers.act() is a sign of life from beginning to end", async () => {
  const { broker, group, members, caller } = await scene();
  await using _ = broker;
  const id = members.join(caller, group, 2);
  const work = Promise.withResolvers<void>();
  const acting = members.act(caller, ADDRESS, id, () => work.promise);
  broker.clock.advance(10 * LEASE_MS);
  assertEquals(members.count, 1);
  work.resolve();
  await acting;
  broker.clock.advance(LEASE_MS);
  assertEquals(members.count, 0);
});

Deno.test("GroupMembers knows a member by its user, its group and its number only", async () => {
  const { broker, group, members, caller } = await scene();
  await using _ = broker;
  broker.catalog.groups.create("orders", "events", "others");
  const id = members.join(caller, group, 2);
  const code = async (as: Client = caller, address = ADDRESS, memberId = id) =>
    (await assertRejects(() => members.act(as, address, memberId, () => 0), IggyError)).code;
  assertEquals(await code(broker.connectUser("somebody")), 5006);
  assertEquals(await code(caller, { ...ADDRESS, groupId: "others" }), 5006);
  assertEquals(await code(caller, ADDRESS, "0".repeat(32)), 5006);
  assertEquals(await code(caller, { ...ADDRESS, groupId: "none" }), 5000);
  members.leave(caller, ADDRESS, id);
  assertEquals(await code(), 5006);
  assertEquals(broker.clock.timers, 0);
});

Deno.test("GroupMembers forgets the members of a group that is deleted", async () => {
  const { broker, group, members, caller } = await scene();
  await using _ = broker;
  members.join(caller, group, 2);
  broker.catalog.groups.delete("orders", "events", "readers");
  broker.groups.deleted(group, group.id);
  broker.clock.advance(LEASE_MS);
  assertEquals([members.count, broker.clock.timers], [0, 0]);
});
