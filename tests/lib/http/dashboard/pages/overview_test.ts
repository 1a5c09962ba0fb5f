import { assertFalse, assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import { OVERVIEW } from "../../../../../lib/http/dashboard/pages/overview.tsx";
import { testBroker } from "../../../../support/broker.ts";
import { NO_RIGHTS, testDashboard, visitOf } from "../../../../support/dashboard.ts";
import { someMessages } from "../../../../support/messages.ts";
import { send } from "../../../../support/sends_and_polls.ts";

Deno.test("OVERVIEW tells whether the node is healthy and who is behind", async () => {
  await using dashboard = await testDashboard();
  const { broker } = dashboard;
  broker.topic(1);
  broker.catalog.groups.create("orders", "events", "workers");
  await send(broker, broker.connect(), "vsr_0_11", someMessages(9));
  const html = await dashboard.page("/ui");
  assertStringIncludes(html, "<h1>Healthy. Group workers is behind by 9 messages.</h1>");
  assertStringIncludes(html, 'data-href="/ui/groups/0/0/0"');
  assertStringIncludes(html, ">Latency<");
});

Deno.test("OVERVIEW of an empty node says how to begin", async () => {
  await using dashboard = await testDashboard();
  assertStringIncludes(await dashboard.page("/ui"), "curl http://localhost/streams");
});

Deno.test("OVERVIEW keeps the node's figures from those who may not read them", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const html = await htmlOf(OVERVIEW.render(visitOf(broker, { permissions: NO_RIGHTS })));
  assertFalse(html.includes("Memory") || html.includes("events"));
});
