import { assertStringIncludes } from "@std/assert";
import { testDashboard } from "../../../../support/dashboard.ts";

Deno.test("CLIENTS lists who is connected, as whom and how", async () => {
  await using dashboard = await testDashboard();
  const { broker } = dashboard;
  broker.topic(1);
  const group = broker.catalog.groups.create("orders", "events", "workers");
  const client = broker.connect();
  broker.groups.join(group, client.id, 1, 0);
  broker.connect(undefined, "websocket");
  const html = await dashboard.page("/ui/clients");
  assertStringIncludes(html, "2 connections");
  assertStringIncludes(html, client.address);
  assertStringIncludes(html, "WebSocket");
  assertStringIncludes(html, "not signed in");
  assertStringIncludes(html, '<a href="/ui/groups/0/0/0">workers</a>');
});

Deno.test("CLIENTS of an idle node says how to connect", async () => {
  await using dashboard = await testDashboard();
  assertStringIncludes(await dashboard.page("/ui/clients"), "IggyClient.connect");
});
