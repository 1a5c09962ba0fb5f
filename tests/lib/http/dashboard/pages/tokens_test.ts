import { assertFalse, assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import { Tokens } from "../../../../../lib/http/dashboard/pages/tokens.tsx";
import { testBroker } from "../../../../support/broker.ts";
import { visitOf } from "../../../../support/dashboard.ts";

Deno.test("Tokens() shows a secret in the dialog that made it, and nowhere else", async () => {
  await using broker = await testBroker();
  const visit = visitOf(broker);
  const html = await htmlOf(Tokens({ visit, user: visit.user }));
  assertStringIncludes(html, 'data-reveal="token"');
  assertStringIncludes(html, "<code></code>");
  assertFalse(html.includes("hash"));
});
