import { assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";
import { someMessages } from "../../../support/messages.ts";
import { send } from "../../../support/sends_and_polls.ts";

Deno.test("GET …/lag tells what each reader has to read yet", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  await send(app.broker, app.broker.connect(), "vsr_0_11", someMessages(3));
  const topic = "/streams/orders/topics/events";
  await app.expect(201, "POST", `${topic}/consumer-groups`, { body: { name: "readers" } });
  await app.expect(204, "PUT", `${topic}/consumer-offsets`, {
    body: { consumer_id: 7, offset: 1 },
  });
  const place = { stream_id: 0, topic_id: 0, partition_id: 0, end_offset: 3 };
  assertEquals(await app.expect(200, "GET", `${topic}/lag`), [
    { ...place, kind: "consumer", id: 7, name: null, stored_offset: 1, lag: 1 },
    { ...place, kind: "consumer_group", id: 0, name: "readers", stored_offset: null, lag: 3 },
  ]);
  await app.expect(404, "GET", "/streams/orders/topics/9/lag");
});
