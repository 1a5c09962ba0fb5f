import { assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";

const TOPIC = "/streams/orders/topics/events";
const MEMBERS = `${TOPIC}/consumer-groups/readers/members`;
const TEXT = { "content-type": "text/plain" };

Deno.test("A member over HTTP joins, polls its partitions, commits and leaves", async () => {
  await using app = await testApp();
  app.broker.topic(2);
  const groups = `${TOPIC}/consumer-groups`;
  await app.expect(201, "POST", groups, { body: { name: "readers" } });
  const joined = await app.expect(201, "POST", MEMBERS) as Record<string, unknown>;
  const member = joined.member_id as string;
  assertEquals([joined.partitions, joined.lease_ms], [[0, 1], 30_000]);
  await app.expect(201, "POST", `${TOPIC}/messages?partition_id=0`, { body: "a", headers: TEXT });
  await app.expect(201, "POST", `${TOPIC}/messages?partition_id=1`, { body: "b", headers: TEXT });
  const query = `consumer_group=readers&member=${member}`;
  const poll = async () => {
    const polled = await app.expect(200, "GET", `${TOPIC}/messages?${query}`) as {
      partition_id: number;
      messages: { payload: string }[];
    };
    return [polled.partition_id, ...polled.messages.map(({ payload }) => atob(payload))];
  };
  assertEquals([await poll(), await poll()], [[0, "a"], [1, "b"]]);
  const offset = { consumer_group: "readers", member, partition_id: 0, offset: 0 };
  await app.expect(204, "PUT", `${TOPIC}/consumer-offsets`, { body: offset });
  assertEquals([await poll(), await poll()], [[0], [1, "b"]]);
  const path = `${TOPIC}/consumer-offsets?consumer_group=readers`;
  const stored = await app.expect(200, "GET", path) as Record<string, unknown>;
  assertEquals(stored.stored_offset, 0);
  await app.expect(200, "PUT", `${MEMBERS}/${member}`);
  await app.expect(204, "DELETE", `${MEMBERS}/${member}`);
  await app.expect(404, "GET", `${TOPIC}/messages?${query}`);
  await app.expect(404, "PUT", `${MEMBERS}/${member}`);
});

Deno.test("asMember() refuses a group without a member, and a member without a group", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  await app.expect(400, "GET", `${TOPIC}/messages?consumer_group=readers`);
  await app.expect(400, "GET", `${TOPIC}/messages?member=x`);
  await app.expect(404, "GET", `${TOPIC}/messages?consumer_group=readers&member=x`);
  await app.expect(404, "POST", MEMBERS);
});
