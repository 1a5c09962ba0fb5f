import { assertStringIncludes } from "@std/assert";
import { testDashboard } from "../../../../support/dashboard.ts";
import { someMessages } from "../../../../support/messages.ts";
import { send } from "../../../../support/sends_and_polls.ts";

Deno.test("TOPIC_PAGE shows partitions with their offsets and who reads them", async () => {
  await using dashboard = await testDashboard();
  const { broker } = dashboard;
  const client = broker.connect();
  broker.topic(2);
  const group = broker.catalog.groups.create("orders", "events", "workers");
  broker.groups.join(group, client.id, 2, 0);
  await send(broker, client, "vsr_0_11", someMessages(4));
  const html = await dashboard.page("/ui/streams/0/topics/0");
  assertStringIncludes(html, "<h2>2 partitions</h2>");
  assertStringIncludes(html, 'data-copy="3"');
  assertStringIncludes(html, "workers: ");
  assertStringIncludes(html, "for ever");
  assertStringIncludes(html, 'data-path="/streams/0/topics/0/purge"');
});
