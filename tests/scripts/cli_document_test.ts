import { assertEquals } from "@std/assert";
import { DOCUMENT_PATH, renderCliDocument } from "../../scripts/cli_document.ts";

Deno.test("docs/cli.md is what scripts/cli_document.ts writes, but for where deno fmt breaks lines", () => {
  const written = Deno.readTextFileSync(new URL(`../../${DOCUMENT_PATH}`, import.meta.url));
  const words = (text: string) => text.split(/\s+/).join(" ");
  assertEquals(
    words(written),
    words(renderCliDocument()),
    "Run deno run --allow-write scripts/cli_document.ts && deno fmt docs/cli.md",
  );
});
