import { assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";

const PATH = "/streams/orders/topics/events/partitions";

Deno.test("POST and DELETE …/partitions add and remove the last ones", async () => {
  await using app = await testApp();
  const topic = app.broker.topic(1);
  await app.expect(201, "POST", PATH, { body: { partitions_count: 3 } });
  assertEquals(topic.partitions.length, 4);
  await app.expect(204, "DELETE", `${PATH}?partitions_count=2`);
  assertEquals(topic.partitions.length, 2);
});

Deno.test("…/partitions refuses counts that cannot be, by status and code", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const refused = async (method: string, path: string, body?: unknown) => {
    const { status, json } = await app.ask(method, path, { body });
    return [status, (json as { id: number } | undefined)?.id];
  };
  assertEquals(await refused("POST", PATH, { partitions_count: 0 }), [400, 2015]);
  assertEquals(await refused("POST", PATH, { partitions_count: 1001 }), [400, 2015]);
  assertEquals(await refused("POST", PATH, { partitions_count: 1.5 }), [422, undefined]);
  assertEquals(await refused("DELETE", `${PATH}?partitions_count=0`), [400, 2015]);
  assertEquals(await refused("DELETE", `${PATH}?partitions_count=2`), [400, 2019]);
  assertEquals(await refused("DELETE", PATH), [400, undefined]);
  assertEquals(await refused("DELETE", `${PATH}?partitions_count=-1`), [400, undefined]);
  assertEquals(await refused("DELETE", `${PATH}?partitions_count=4294967296`), [400, undefined]);
});

Deno.test("DELETE …/partitions/{partition_id} deletes segments", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  await app.expect(204, "DELETE", `${PATH}/0?segments_count=1`);
  const refused = await app.expect(404, "DELETE", `${PATH}/9?segments_count=1`);
  assertEquals((refused as { id: number }).id, 3007);
  await app.expect(400, "DELETE", `${PATH}/x?segments_count=1`);
});
