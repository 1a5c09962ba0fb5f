import { assertMatch } from "@std/assert";
import { IDLE_MB_MAX, LOADED_MB_MAX, READY_MS_MAX } from "../../../scripts/binary/ceilings.ts";

function document(path: string): string {
  return Deno.readTextFileSync(new URL(`../../../${path}`, import.meta.url));
}

Deno.test("docs/install.md states the ceilings that the binary is held to", () => {
  const page = document("docs/install.md");
  assertMatch(page, new RegExp(`idle node +\\| ${IDLE_MB_MAX} MB`));
  assertMatch(page, new RegExp(`at full speed +\\| ${LOADED_MB_MAX} MB`));
  assertMatch(page, new RegExp(`an idle core \\| ${READY_MS_MAX} ms`));
});

Deno.test("README.md states the same ceilings of memory", () => {
  const stated = `memory at most ${IDLE_MB_MAX} MB idle, ${LOADED_MB_MAX} MB under load`;
  assertMatch(document("README.md"), new RegExp(stated));
});
