import { assertFalse, assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import { MESSAGES_PAGE } from "../../../../../lib/http/dashboard/pages/messages.tsx";
import { testBroker } from "../../../../support/broker.ts";
import { NO_RIGHTS, testDashboard, visitOf } from "../../../../support/dashboard.ts";

Deno.test("MESSAGES_PAGE tells its script where the messages are, and leaves the rest to it", async () => {
  await using dashboard = await testDashboard();
  dashboard.broker.topic(3);
  const html = await dashboard.page("/ui/streams/0/topics/0/messages");
  assertStringIncludes(
    html,
    'data-resource="/streams/0/topics/0" data-partitions="0,1,2" data-checked=""',
  );
  assertStringIncludes(html, "/messages/tail?format=ndjson");
});

Deno.test("MESSAGES_PAGE calls no message checked where the node does not check what it reads", async () => {
  await using broker = await testBroker({ logPolicy: { validatesChecksums: false } });
  broker.topic(1);
  const params = { stream: "0", topic: "0" };
  const html = await htmlOf(MESSAGES_PAGE.render(visitOf(broker, { params })));
  assertFalse(html.includes("data-checked"));
});

Deno.test("MESSAGES_PAGE offers to produce to those who may send", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const params = { stream: "0", topic: "0" };
  const permissions = { ...NO_RIGHTS, global: { ...NO_RIGHTS.global, readTopics: true } };
  const html = await htmlOf(MESSAGES_PAGE.render(visitOf(broker, { params, permissions })));
  assertFalse(html.includes("produce-form"));
});
