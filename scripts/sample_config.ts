/**
 * Writes docs/whippet.toml, the sample configuration, from the table of keys: each with what it
 * does, the form it takes, its environment name and its built-in value. A test holds the two equal.
 *
 * Run: `deno run --allow-write scripts/sample_config.ts`
 *
 * @module
 */
import { IGNORED_KEYS } from "../lib/config/ignored_keys.ts";
import { KEYS } from "../lib/config/keys.ts";
import { environmentName, tableOf } from "../lib/config/known.ts";
import type { ValueType } from "../lib/config/values.ts";

/** Where the sample is kept. */
export const SAMPLE_PATH = "docs/whippet.toml";

/** The text of the sample. */
export function renderSampleConfig(): string {
  const lines = [HEADER];
  let table = "";
  for (const [path, { type, initial, meaning }] of Object.entries(KEYS)) {
    lines.push("");
    if (tableOf(path) !== table) {
      table = tableOf(path);
      lines.push(`[${table}]`);
    }
    const name = path.slice(table === "" ? 0 : table.length + 1);
    lines.push(`# ${meaning}.`);
    lines.push(`# Takes ${type.form}. Environment: ${environmentName(path)}`);
    lines.push(`${name} = ${(type as ValueType<unknown>).write(initial)}`);
  }
  lines.push("", IGNORED_HEADER, ...[...IGNORED_KEYS.keys()].sort().map((path) => `# ${path}`), "");
  return lines.join("\n");
}

const HEADER = `\
# whippet's configuration: every key this node reads, with its built-in value.
#
# Whippet reads the file named by --config, else by IGGY_CONFIG_PATH, else core/server/config.toml if
# there is one. Names and meanings are those of Apache Iggy up to 0.9; [limits] and tls are whippet's
# own. The environment wins over the file; a .env file counts as environment, below what is really set.
# \`whippet config\` prints what is in force and where each value comes from.`;

const IGNORED_HEADER = `\
# Keys of iggy-server that this node accepts and does not need; setting them gives one warning.
# Entries of arrays of tables are written [].
#`;

if (import.meta.main) Deno.writeTextFileSync(SAMPLE_PATH, renderSampleConfig());
