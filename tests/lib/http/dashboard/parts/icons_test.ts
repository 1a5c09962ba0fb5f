import { assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import { Icon } from "../../../../../lib/http/dashboard/parts/icons.tsx";

Deno.test("Icon() is decoration to a screen reader", async () => {
  assertStringIncludes(await htmlOf(Icon({ name: "search" })), 'aria-hidden="true"');
});
