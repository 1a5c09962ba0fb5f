import { assertEquals } from "@std/assert";
import { renderSampleConfig, SAMPLE_PATH } from "../../scripts/sample_config.ts";
import { KEYS } from "../../lib/config/keys.ts";
import { load } from "../support/config_source.ts";

Deno.test("docs/whippet.toml is what scripts/sample_config.ts writes", () => {
  const written = Deno.readTextFileSync(new URL(`../../${SAMPLE_PATH}`, import.meta.url));
  assertEquals(
    written,
    renderSampleConfig(),
    "Run deno run --allow-write scripts/sample_config.ts",
  );
});

Deno.test("renderSampleConfig() sets every key to its built-in value", () => {
  const sampled = load(renderSampleConfig());
  const untouched = load();
  const literals = ({ settings }: typeof sampled) =>
    settings.map((each) => [each.path, each.literal]);
  assertEquals(literals(sampled), literals(untouched));
  const set = sampled.settings.filter(({ origin }) => origin.kind === "file");
  assertEquals(set.map(({ path }) => path), Object.keys(KEYS));
  assertEquals(sampled.warnings, []);
});
