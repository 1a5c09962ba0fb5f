import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../lib/http/dashboard/page_response.ts";
import { renderDocument, renderLive } from "../../../../lib/http/dashboard/render.tsx";
import type { Page } from "../../../../lib/http/dashboard/visit.ts";
import { UNAUTHORIZED } from "../../../../protocol/error_codes.ts";
import { IggyError } from "../../../../protocol/errors.ts";
import { testBroker } from "../../../support/broker.ts";
import { visitOf } from "../../../support/dashboard.ts";

const page = (render: Page["render"]): Page => (
  { path: "", section: "streams", title: () => "Something", render }
);

Deno.test("renderDocument() puts a page into its frame, with the section marked", async () => {
  await using broker = await testBroker();
  const { document, status } = await renderDocument(page(() => "here"), visitOf(broker), "t0ken");
  const html = await htmlOf(document);
  assertEquals(status, 200);
  assertStringIncludes(html, "<title>Something · whippet</title>");
  assertStringIncludes(html, '<meta name="csrf-token" content="t0ken"');
  assertStringIncludes(html, 'href="/ui/streams" aria-current="page"');
});

Deno.test("renderLive() puts a refusal in the page's place, and lets a bug through", async () => {
  await using broker = await testBroker();
  const refused = await renderLive(
    page(() => {
      throw new IggyError(UNAUTHORIZED, "User 5 lacks the right read_streams");
    }),
    visitOf(broker),
  );
  assertEquals(refused.status, 403);
  assertStringIncludes(await htmlOf(refused.content), "User 5 lacks the right read_streams.");
  const broken = page(() => Promise.reject(new TypeError("a bug")));
  await assertRejects(() => renderLive(broken, visitOf(broker)), TypeError, "a bug");
});
