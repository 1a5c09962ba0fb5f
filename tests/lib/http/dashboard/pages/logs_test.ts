import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { recentLogs } from "../../../../../lib/telemetry.ts";
import { sessionCookieOf, testDashboard } from "../../../../support/dashboard.ts";

Deno.test("LOGS shows lines as text, by level, part and what they say", async () => {
  await using dashboard = await testDashboard();
  const line = { atMs: 0, category: "http" } as const;
  recentLogs.add({ ...line, level: "warning", message: "logs-test <b>one</b>" });
  recentLogs.add({ ...line, level: "debug", message: "logs-test two" });
  const html = await dashboard.page("/ui/logs?text=LOGS-TEST");
  assertStringIncludes(html, "logs-test &lt;b&gt;one&lt;/b&gt;");
  assertFalse(html.includes("logs-test two"));
  const all = await dashboard.page("/ui/logs?level=debug&category=http&text=logs-test");
  assertStringIncludes(all, "logs-test two");
  const none = await dashboard.page("/ui/logs?category=catalog&text=logs-test");
  assertStringIncludes(none, "No such lines");
});

Deno.test("The log lines can be had as a file by those who may read the node", async () => {
  await using dashboard = await testDashboard();
  recentLogs.add({ atMs: 0, category: "http", level: "info", message: "download-test" });
  const { headers, text } = await dashboard.ask("GET", "/ui/logs/download");
  assertEquals(headers.get("content-disposition"), 'attachment; filename="whippet.log"');
  assertStringIncludes(text, "INFO  http: download-test\n");
  const { userId } = dashboard.broker.connectUser("visitor");
  const cookie = sessionCookieOf(await dashboard.app.tokenOf(userId!));
  for (const path of ["/ui/logs/download", "/ui/logs"]) {
    assertEquals((await dashboard.ask("GET", path, { cookie })).status, 403);
  }
});
