import { assertStringIncludes } from "@std/assert";
import { testDashboard } from "../../../../support/dashboard.ts";

Deno.test("SETTINGS shows what is in force, and of which node", async () => {
  await using dashboard = await testDashboard();
  const html = await dashboard.page("/ui/settings");
  assertStringIncludes(html, "test-host");
  assertStringIncludes(html, "8090");
});
