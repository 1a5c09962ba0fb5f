/**
 * The environment: `IGGY_…` names to readings by Iggy's rules (CONFIG-CLI.md section 1), on top of
 * what a `.env` file gives.
 *
 * @module
 */
import { parseDotenv } from "./dotenv.ts";
import { environmentName, KNOWN_PATHS } from "./known.ts";
import { nearest } from "./nearest.ts";
import type { Reading } from "./reading.ts";
import { levelOf } from "./values.ts";

/** One variable; `file` is the `.env` file that set it. */
export interface Variable {
  readonly value: string;
  readonly file?: string;
}

/** Variables by name. As in Iggy, an empty value is as good as none. */
export type Variables = ReadonlyMap<string, Variable>;

/** What the environment says, and which of its names mean nothing. */
export interface EnvironmentReadings {
  readonly readings: readonly Reading[];
  readonly warnings: readonly string[];
}

/** The process's variables over those of the `.env` file: what is really set wins. */
export function mergeVariables(
  process: Readonly<Record<string, string>>,
  dotenv?: { readonly name: string; readonly text: string },
): { readonly variables: Variables; readonly warnings: readonly string[] } {
  const variables = new Map<string, Variable>();
  const warnings: string[] = [];
  if (dotenv !== undefined) {
    const parsed = parseDotenv(dotenv.text);
    for (const [name, value] of parsed.variables) variables.set(name, { value, file: dotenv.name });
    for (const line of parsed.badLines) {
      warnings.push(`${dotenv.name}:${line}: This line is ignored, because it is not NAME=value`);
    }
  }
  for (const [name, value] of Object.entries(process)) variables.set(name, { value });
  for (const [name, { value }] of variables) if (value === "") variables.delete(name);
  return { variables, warnings };
}

/** Finds the settings among the variables; an unknown `IGGY_` or `WHIPPET_` name is a warning, as in Iggy. */
export function readEnvironment(variables: Variables): EnvironmentReadings {
  const readings: Reading[] = [];
  const warnings: string[] = [];
  for (const [name, { value, file }] of variables) {
    if (!/^(IGGY|WHIPPET)_/.test(name)) continue;
    const path = pathOf(name);
    if (path !== undefined) {
      readings.push({
        path,
        candidates: candidatesOf(value),
        origin: file === undefined
          ? { kind: "environment", name }
          : { kind: "environment", name, file },
      });
    } else if (!isReadElsewhere(name)) {
      warnings.push(unknownVariable(name));
    }
  }
  const rustLog = variables.get("RUST_LOG")?.value;
  if (rustLog !== undefined && levelOf(rustLog) === undefined) {
    warnings.push(
      `Environment variable RUST_LOG is ignored, because it holds no level: ${rustLog}`,
    );
  } else if (rustLog !== undefined) {
    readings.push({
      path: "system.logging.level",
      candidates: [rustLog],
      origin: { kind: "environment", name: "RUST_LOG" },
    });
  }
  return { readings, warnings };
}

/**
 * What a variable's text may stand for: `[a, "b"]` a list, `true` or `false` in any letter case a
 * boolean, digits a number; and always the text itself, for keys that hold a text.
 */
function candidatesOf(text: string): readonly unknown[] {
  const trimmed = text.trim();
  if (/^\[.*\]$/s.test(trimmed)) return [listOf(trimmed.slice(1, -1)), text];
  if (/^(true|false)$/i.test(trimmed)) return [trimmed.toLowerCase() === "true", text];
  if (/^[-+]?\d+(\.\d+)?$/.test(trimmed)) return [Number(trimmed), text];
  return [text];
}

/** Items between commas; quotes around an item are dropped and hide the commas in it. */
function listOf(items: string): string[] {
  return [...items.matchAll(/"([^"]*)"|([^,"]+)/g)].flatMap(([, inQuotes, bare]) => {
    const item = inQuotes ?? bare.trim();
    return inQuotes === undefined && item === "" ? [] : [item];
  });
}

function pathOf(name: string): string | undefined {
  const plain = PATHS_BY_NAME.get(name);
  if (plain !== undefined) return plain;
  for (const { pattern, path } of INDEXED) {
    const indexes = pattern.exec(name)?.slice(1);
    if (indexes !== undefined) return path.replaceAll("[]", () => `[${Number(indexes.shift())}]`);
  }
  return undefined;
}

function isReadElsewhere(name: string): boolean {
  return READ_ELSEWHERE.has(name) || ELSEWHERE_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function unknownVariable(name: string): string {
  const similar = nearest(name, PATHS_BY_NAME.keys(), 3);
  const hint = similar.length === 0 ? "" : `; similar names: ${similar.join(", ")}`;
  return `Environment variable ${name} is unknown and ignored${hint}`;
}

const PATHS_BY_NAME: ReadonlyMap<string, string> = new Map(
  KNOWN_PATHS.filter((path) => !path.includes("[]")).map((path) => [environmentName(path), path]),
);

/** Names with an index: `IGGY_CLUSTER_NODES_0_PORTS_TCP`. */
const INDEXED = KNOWN_PATHS.filter((path) => path.includes("[]")).map((path) => ({
  path,
  pattern: new RegExp(
    `^${environmentName(path.replaceAll("[]", "[0]")).replaceAll("_0_", "_(\\d+)_")}$`,
  ),
}));

/** Names that are no settings: read by `lib/config.ts` itself, by Iggy's tools or by its test harness. */
const READ_ELSEWHERE = new Set([
  "IGGY_CI_BUILD",
  "IGGY_CONFIG_PATH",
  "IGGY_DISPLAY_CONFIG",
  "IGGY_ENV_PATH",
  "IGGY_HOME",
  "IGGY_PASSWORD",
  "IGGY_ROOT_PASSWORD",
  "IGGY_ROOT_USERNAME",
  "IGGY_SHARD_RUNTIME_CAPACITY",
  "IGGY_USERNAME",
]);

const ELSEWHERE_PREFIXES = ["IGGY_CONNECTORS_", "IGGY_MCP_", "IGGY_TEST_"];
