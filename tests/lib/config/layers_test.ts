import { assertEquals } from "@std/assert";
import { NO_FLAGS } from "../../../lib/config/flags.ts";
import { gatherLayers } from "../../../lib/config/layers.ts";
import { configSource, DEFAULT_FILE } from "../../support/config_source.ts";

const TOML = '[system]\npath = "from file"';

function paths(...args: Parameters<typeof configSource>): unknown[] {
  const { readings } = gatherLayers(configSource(...args), NO_FLAGS);
  return readings.map(({ candidates }) => candidates[0]);
}

Deno.test("gatherLayers() reads Iggy's default file when there is one", () => {
  assertEquals(paths({ [DEFAULT_FILE]: TOML }), ["from file"]);
  assertEquals(paths(), []);
});

Deno.test("gatherLayers() reads the file of IGGY_CONFIG_PATH instead", () => {
  const files = { [DEFAULT_FILE]: "[heartbeat]\nenabled = true", "my.toml": TOML };
  assertEquals(paths(files, { IGGY_CONFIG_PATH: "my.toml" }), ["from file"]);
});

Deno.test("gatherLayers() reads the file of --config before that of IGGY_CONFIG_PATH", () => {
  const source = configSource({ "flag.toml": TOML }, { IGGY_CONFIG_PATH: "my.toml" });
  const { readings, warnings } = gatherLayers(source, { ...NO_FLAGS, configPath: "flag.toml" });
  assertEquals(readings.length, 1);
  assertEquals(warnings, []);
});

Deno.test("gatherLayers() takes IGGY_CONFIG_PATH from the .env file too", () => {
  assertEquals(paths({ ".env": "IGGY_CONFIG_PATH=my.toml", "my.toml": TOML }), ["from file"]);
});

Deno.test("gatherLayers() reads the file of IGGY_ENV_PATH instead of .env", () => {
  const files = { ".env": "IGGY_SYSTEM_PATH=a", "other.env": "IGGY_SYSTEM_PATH=b" };
  assertEquals(paths(files), ["a"]);
  assertEquals(paths(files, { IGGY_ENV_PATH: "other.env" }), ["b"]);
});

Deno.test("gatherLayers() goes from file to .env and environment to flags", () => {
  const files = { [DEFAULT_FILE]: TOML, ".env": "IGGY_SYSTEM_PATH=from .env" };
  const flags = { ...NO_FLAGS, dataPath: "from flag" };
  const { readings } = gatherLayers(configSource(files), flags);
  assertEquals(readings.map(({ candidates }) => candidates[0]), [
    "from file",
    "from .env",
    "from flag",
  ]);
  assertEquals(readings.at(-1)?.origin, { kind: "flag", name: "--data" });
});

Deno.test("gatherLayers() warns of files that Iggy's variables name and nobody finds", () => {
  const source = configSource({}, { IGGY_CONFIG_PATH: "a.toml", IGGY_ENV_PATH: "b.env" });
  const { problems, warnings } = gatherLayers(source, NO_FLAGS);
  assertEquals(problems, []);
  assertEquals(warnings, [
    'IGGY_ENV_PATH: There is no file "b.env"',
    'IGGY_CONFIG_PATH: There is no file "a.toml"; built-in values apply',
  ]);
});

Deno.test("gatherLayers() refuses a --config that does not exist", () => {
  const { problems } = gatherLayers(configSource(), { ...NO_FLAGS, configPath: "a.toml" });
  assertEquals(problems, ['flag --config: There is no file "a.toml"']);
});

Deno.test("gatherLayers() refuses a file that cannot be read", () => {
  const readText = (path: string) => {
    if (path === DEFAULT_FILE) throw new Error("Permission denied");
    return undefined;
  };
  const { problems } = gatherLayers({ readText, environment: {} }, NO_FLAGS);
  assertEquals(problems, [`${DEFAULT_FILE}: Permission denied`]);
});
