import { assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import { Document, Frame, Heading, Live } from "../../../../../lib/http/dashboard/parts/layout.tsx";
import { testBroker } from "../../../../support/broker.ts";
import { visitOf } from "../../../../support/dashboard.ts";

Deno.test("Document() is in the theme that was chosen", async () => {
  const html = await htmlOf(Document({ title: "<", theme: "dark" }));
  assertStringIncludes(html, '<html lang="en" data-theme="dark">');
  assertStringIncludes(html, "<title>&lt; · whippet</title>");
});

Deno.test("Frame() lists sections and keys, and leads past the rail", async () => {
  const html = await htmlOf(Frame({ section: "groups" }));
  assertStringIncludes(html, 'href="#main"');
  assertStringIncludes(html, 'href="/ui/groups" aria-current="page"');
  assertStringIncludes(html, "<kbd>g</kbd><kbd>s</kbd>");
});

Deno.test("Live() says how the node is, and who looks", async () => {
  await using broker = await testBroker();
  const health = { state: "attention", words: "Healthy, 2 groups behind" } as const;
  const html = await htmlOf(Live({ visit: visitOf(broker), health, children: "page" }));
  assertStringIncludes(html, "Healthy, 2 groups behind");
  assertStringIncludes(html, 'href="/ui/users/0">iggy<');
});

Deno.test("Heading() shows where the page is", async () => {
  const html = await htmlOf(Heading({ title: "events", trail: [["a&b", "/ui/streams"]] }));
  assertStringIncludes(html, '<a href="/ui/streams">a&amp;b</a>');
});
