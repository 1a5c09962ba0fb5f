import { assertFalse, assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import { STREAM_PAGES } from "../../../../../lib/http/dashboard/pages/streams.tsx";
import { testBroker } from "../../../../support/broker.ts";
import { NO_RIGHTS, testDashboard, visitOf } from "../../../../support/dashboard.ts";

Deno.test("The page of streams lists them and all topics", async () => {
  await using dashboard = await testDashboard();
  dashboard.broker.topic(3);
  const html = await dashboard.page("/ui/streams");
  assertStringIncludes(html, 'data-href="/ui/streams/0"');
  assertStringIncludes(html, 'data-href="/ui/streams/0/topics/0"');
});

Deno.test("The page of a stream offers what its user may do, and no more", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const [, stream] = STREAM_PAGES;
  const params = { stream: "0" };
  const ofRoot = await htmlOf(stream.render(visitOf(broker, { params })));
  assertStringIncludes(ofRoot, 'data-rest="delete" data-path="/streams/0"');
  const permissions = { ...NO_RIGHTS, global: { ...NO_RIGHTS.global, readStreams: true } };
  const ofReader = await htmlOf(stream.render(visitOf(broker, { params, permissions })));
  assertStringIncludes(ofReader, "<h1>orders</h1>");
  assertFalse(ofReader.includes("data-rest"));
});

Deno.test("The page of a stream without topics says how to make one", async () => {
  await using dashboard = await testDashboard();
  dashboard.broker.catalog.streams.create("empty", 1);
  assertStringIncludes(
    await dashboard.page("/ui/streams/0"),
    "client.topics.create(&quot;empty&quot;",
  );
});
