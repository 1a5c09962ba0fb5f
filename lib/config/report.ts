/**
 * A configuration as text: for people with the origin of each value, and for harnesses as the
 * `current_config.toml` that tells the bound ports.
 *
 * @module
 */
import type { Config } from "../config.ts";
import type { Address } from "../ports.ts";
import { type Transport, TRANSPORTS } from "./keys.ts";
import { tableOf } from "./known.ts";
import { describeOrigin, MASK } from "./reading.ts";
import { type Setting, summarizeIgnored } from "./settings.ts";
import { formatAddress, quoted } from "./values.ts";

/** Where each transport really listens; one that does not is left out. */
export type BoundAddresses = Readonly<Partial<Record<Transport, Address>>>;

/**
 * What `whippet config` prints: every setting in force and its origin, secrets masked. The text is
 * TOML, so that it can be pasted into a file.
 */
export function describeConfig(config: Config): string {
  const used = config.settings.filter((setting) => setting.used);
  const assignments = used.map(({ path, literal }) => `${path} = ${literal}`);
  const width = Math.max(...assignments.map((line) => line.length));
  const lines = used.map(({ origin }, index) =>
    `${assignments[index].padEnd(width)}  # ${describeOrigin(origin)}`
  );
  const ignored = summarizeIgnored(config.settings);
  if (ignored.length > 0) lines.push("", `# Ignored by this node: ${ignored.join(", ")}`);
  lines.push("", `# ${describeRoot(config)}`);
  return lines.join("\n") + "\n";
}

/**
 * `{system.path}/runtime/current_config.toml`: what is in force in Iggy's shape, with the addresses
 * that were really bound (CONFIG-CLI.md sections 2 and 3). A transport that does not listen is
 * shown as not enabled.
 */
export function renderCurrentConfig(config: Config, bound: BoundAddresses): string {
  const tables = new Map<string, string[]>();
  for (const setting of config.settings.filter(({ used }) => used)) {
    const table = tableOf(setting.path);
    const name = setting.path.slice(table === "" ? 0 : table.length + 1);
    const lines = tables.get(table) ?? [];
    lines.push(`${name} = ${currentLiteral(setting, bound)}`);
    tables.set(table, lines);
  }
  return [...tables]
    .map(([table, lines]) => (table === "" ? "" : `[${table}]\n`) + lines.join("\n") + "\n")
    .join("\n");
}

function describeRoot({ root }: Config): string {
  const user = `Root at the first start: user ${quoted(root.username)}`;
  return root.password === undefined
    ? `${user}, a random password that is printed once`
    : `${user}, password ${MASK} (${describeOrigin(root.origin)})`;
}

function currentLiteral({ path, literal }: Setting, bound: BoundAddresses): string {
  for (const transport of TRANSPORTS) {
    const address = bound[transport];
    if (path === `${transport}.enabled`) return String(address !== undefined);
    if (path === `${transport}.address` && address) return quoted(formatAddress(address));
  }
  return literal;
}
