import { assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";
import { someMessages } from "../../../support/messages.ts";
import { send } from "../../../support/sends_and_polls.ts";

const PATH = "/streams/orders/topics/events/consumer-offsets";

Deno.test("…/consumer-offsets stores, tells and forgets an offset", async () => {
  await using app = await testApp();
  app.broker.topic(2);
  const to = { partitioning: { kind: "partition_id", partitionId: 1 } } as const;
  await send(app.broker, app.broker.connect(), "vsr_0_11", someMessages(3), to);
  await app.expect(204, "PUT", PATH, { body: { consumer_id: "7", partition_id: 1, offset: 2 } });
  const info = { partition_id: 1, current_offset: 2, stored_offset: 2 };
  assertEquals(await app.expect(200, "GET", `${PATH}?consumer_id=7&partition_id=1`), info);
  await app.expect(204, "DELETE", `${PATH}/7?partition_id=1`);
  await app.expect(404, "GET", `${PATH}?consumer_id=7&partition_id=1`);
  const gone = await app.expect(404, "DELETE", `${PATH}/7?partition_id=1`);
  assertEquals((gone as { id: number }).id, 3021);
});

Deno.test("…/consumer-offsets means partition 0 and consumer 1 where none is named", async () => {
  await using app = await testApp();
  app.broker.topic(2);
  await send(app.broker, app.broker.connect(), "vsr_0_11", someMessages(1));
  await app.expect(204, "PUT", PATH, { body: { consumer_id: 1, partition_id: null, offset: 0 } });
  const info = { partition_id: 0, current_offset: 0, stored_offset: 0 };
  assertEquals(await app.expect(200, "GET", PATH), info);
});

Deno.test("…/consumer-offsets refuses what is not there, and u64s at their edges", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  await send(app.broker, app.broker.connect(), "vsr_0_11", someMessages(1));
  const refused = async (change: object) => {
    const body = { consumer_id: 1, offset: 0, ...change };
    const { status, json } = await app.ask("PUT", PATH, { body });
    return [status, (json as { id: number } | undefined)?.id];
  };
  assertEquals(await refused({ offset: 18446744073709551615n }), [400, 4100]);
  assertEquals(await refused({ offset: 18446744073709551616n }), [422, undefined]);
  assertEquals(await refused({ partition_id: 9 }), [404, 3007]);
  assertEquals(await refused({ consumer_id: "" }), [422, undefined]);
  assertEquals(await refused({ consumer_id: true }), [422, undefined]);
});
