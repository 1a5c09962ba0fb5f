import { assertEquals, assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import {
  keptFor,
  keptSize,
  TopicSettingsFields,
} from "../../../../../lib/http/dashboard/pages/topic_settings.tsx";
import { TOPIC_DEFAULTS } from "../../../../../lib/catalog/topic_settings.ts";
import { NEVER_EXPIRES, UNLIMITED } from "../../../../../protocol/options.ts";

Deno.test("keptFor() and keptSize() tell what never ends", () => {
  assertEquals([keptFor(NEVER_EXPIRES), keptFor(3_600_000_000n)], ["for ever", "1 h"]);
  assertEquals([keptSize(UNLIMITED), keptSize(5_000_000_000n)], ["no limit", "5.00 GB"]);
});

Deno.test("TopicSettingsFields() offers the value in force, whatever it is", async () => {
  const settings = { ...TOPIC_DEFAULTS, messageExpiry: 90_000_000n };
  const html = await htmlOf(TopicSettingsFields({ settings }));
  assertStringIncludes(html, '<option value="90000000" selected');
  assertStringIncludes(html, "1 min 30 s");
});
