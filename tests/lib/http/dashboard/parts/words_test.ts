import { assertEquals, assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import {
  Ago,
  Command,
  Copy,
  Empty,
  Facts,
  Mark,
  Panel,
} from "../../../../../lib/http/dashboard/parts/words.tsx";

Deno.test("Ago() has the exact time on hover and for machines", async () => {
  const html = await htmlOf(Ago({ at: 1_700_000_000_000_000, now: 1_700_000_012_000_000 }));
  assertEquals(
    html,
    '<time class="num" datetime="2023-11-14T22:13:20Z" ' +
      'title="2023-11-14 22:13:20.000000 UTC">12 s ago</time>',
  );
});

Deno.test("Copy() and Command() hold what is copied, escaped", async () => {
  assertStringIncludes(await htmlOf(Copy({ text: 'a"b' })), 'data-copy="a&quot;b"');
  assertStringIncludes(
    await htmlOf(Command({ text: "curl '<x>'" })),
    "curl &#39;&lt;x&gt;&#39;</pre>",
  );
});

Deno.test("Mark() tells a state by its shape and its word", async () => {
  const shapes = await Promise.all(
    (["good", "attention", "broken", "quiet"] as const).map(async (state) =>
      /d="([^"]+)"/.exec(await htmlOf(Mark({ state, children: "word" })))![1]
    ),
  );
  assertEquals(new Set(shapes).size, 4);
});

Deno.test("Panel(), Facts() and Empty() have a heading each", async () => {
  assertStringIncludes(await htmlOf(Panel({ title: "A & B" })), "<h2>A &amp; B</h2>");
  assertStringIncludes(await htmlOf(Facts({ facts: [["a", "1"]] })), "<dt>a</dt><dd>1</dd>");
  assertStringIncludes(await htmlOf(Empty({ title: "None" })), "None");
});
