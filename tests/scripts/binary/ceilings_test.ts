import { assertMatch } from "@std/assert";
import { IDLE_MB_MAX, LOADED_MB_MAX, READY_MS_MAX } from "../../../scripts/binary/ceilings.ts";

Deno.test("docs/install.md states the ceilings that the binary is held to", () => {
  const page = Deno.readTextFileSync(new URL("../../../docs/install.md", import.meta.url));
  assertMatch(page, new RegExp(`idle node +\\| ${IDLE_MB_MAX} MB`));
  assertMatch(page, new RegExp(`at full speed +\\| ${LOADED_MB_MAX} MB`));
  assertMatch(page, new RegExp(`an idle core \\| ${READY_MS_MAX} ms`));
});
