import { assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";

const PATH = "/streams/orders/topics/events/consumer-groups";

Deno.test("…/consumer-groups creates, lists, finds and deletes groups", async () => {
  await using app = await testApp();
  app.broker.topic(3);
  const group = { id: 0, name: "readers", partitions_count: 3, members_count: 0 };
  assertEquals(await app.expect(200, "GET", PATH), []);
  assertEquals(await app.expect(201, "POST", PATH, { body: { name: "readers" } }), {
    ...group,
    members: [],
  });
  assertEquals(await app.expect(200, "GET", PATH), [group]);
  assertEquals(await app.expect(200, "GET", `${PATH}/readers`), { ...group, members: [] });
  await app.expect(204, "DELETE", `${PATH}/0`);
  await app.expect(404, "DELETE", `${PATH}/0`);
});

Deno.test("GET …/consumer-groups/{group_id} shows members and what they read", async () => {
  await using app = await testApp();
  app.broker.topic(3);
  await app.expect(201, "POST", PATH, { body: { name: "readers" } });
  const { id } = app.broker.connect();
  app.broker.groups.join({ streamId: 0, topicId: 0, id: 0 }, id, 3, 0);
  const found = await app.expect(200, "GET", `${PATH}/0`) as Record<string, unknown>;
  assertEquals(found.members_count, 1);
  assertEquals(found.members, [{ id: 0, partitions_count: 3, partitions: [0, 1, 2] }]);
});

Deno.test("…/consumer-groups refuses names that cannot be, and what is not there", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const code = async (status: number, method: string, path: string, body?: unknown) =>
    (await app.expect(status, method, path, { body }) as { id: number }).id;
  await app.expect(201, "POST", PATH, { body: { name: "readers" } });
  assertEquals(await code(400, "POST", PATH, { name: "readers" }), 5004);
  assertEquals(await code(400, "POST", PATH, { name: "" }), 5005);
  assertEquals(await code(404, "GET", `${PATH}/9`), 5000);
  assertEquals(await code(404, "GET", "/streams/orders/topics/9/consumer-groups"), 2010);
});
