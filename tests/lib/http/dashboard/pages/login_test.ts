import { assertFalse, assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import { LoginPage } from "../../../../../lib/http/dashboard/pages/login.tsx";

Deno.test("LoginPage() tells what went wrong and what to do, as text", async () => {
  const html = await htmlOf(LoginPage({
    next: '/ui/"><script>',
    hostname: "<host>",
    fault: { reason: "No <b>", advice: "Do" },
    isTls: true,
    theme: undefined,
  }));
  assertStringIncludes(html, "No &lt;b&gt;.");
  assertStringIncludes(html, "Sign in to &lt;host&gt;");
  assertFalse(html.includes('"><script>'));
  assertFalse(html.includes("not encrypted"));
});

Deno.test("LoginPage() says when others could listen", async () => {
  const html = await htmlOf(LoginPage({ next: "/ui", hostname: "h", isTls: false, theme: "dark" }));
  assertStringIncludes(html, "not encrypted");
});
