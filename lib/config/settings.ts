/**
 * Settings: the readings of all layers checked against the table of keys, later layers over earlier
 * ones, each value with its origin.
 *
 * @module
 */
import { IGNORED_KEYS, SECRET_PATHS } from "./ignored_keys.ts";
import { type KeyPath, KEYS, type ValueAt } from "./keys.ts";
import { formOf, isKeyPath, KNOWN_PATHS, tableOf, typeAt } from "./known.ts";
import { describeOrigin, MASK, type Origin, type Reading, showRaw } from "./reading.ts";
import { quoted } from "./values.ts";

/** One line of what is in force. */
export interface Setting {
  /** The key; entries of arrays of tables with their index. */
  readonly path: string;
  /** The value as a TOML literal; `"******"` for a secret. */
  readonly literal: string;
  readonly origin: Origin;
  /** False for a key of Iggy's that this node does not need. */
  readonly used: boolean;
}

/** The value of every key this node reads, and what was set beside them. */
export class Settings {
  /** What cannot stand: a value of the wrong form. */
  readonly problems: readonly string[];
  readonly #values = new Map<string, { value: unknown; origin: Origin }>();

  /** `readings` in rising order of precedence. */
  constructor(readings: readonly Reading[]) {
    const problems: string[] = [];
    for (const reading of readings) {
      const problem = this.#take(reading);
      if (problem !== undefined) problems.push(problem);
    }
    this.problems = problems;
  }

  /** The value in force. */
  value<Path extends KeyPath>(path: Path): ValueAt<Path> {
    const set = this.#values.get(path);
    // The key's own type read the value, and `KEYS` gives that type to `ValueAt`.
    return (set === undefined ? KEYS[path].initial : set.value) as ValueAt<Path>;
  }

  /** The value of a key that this node ignores; `undefined` when nobody set it. */
  ignoredValue(path: string): unknown {
    return this.#values.get(path)?.value;
  }

  /** Where the value in force comes from. */
  origin(path: string): Origin {
    return this.#values.get(path)?.origin ?? { kind: "default" };
  }

  /** Every key this node reads, in the order of the table, then what was set and is ignored. */
  list(): Setting[] {
    const ignored = [...this.#values.keys()].filter((path) => !isKeyPath(path)).sort();
    return [
      ...(Object.keys(KEYS) as KeyPath[]).map((path) => this.#setting(path, this.value(path))),
      ...ignored.map((path) => this.#setting(path, this.ignoredValue(path))),
    ];
  }

  #take({ path, candidates, origin }: Reading): string | undefined {
    const type = typeAt(path)!;
    for (const candidate of candidates) {
      const value = type.read(candidate);
      if (value === undefined) continue;
      this.#values.set(path, { value, origin });
      return undefined;
    }
    const found = showRaw(path, candidates.at(-1));
    return `${describeOrigin(origin)}: "${path}" takes ${type.form}, not ${found}`;
  }

  #setting(path: string, value: unknown): Setting {
    const secret = SECRET_PATHS.has(formOf(path));
    const literal = secret ? quoted(MASK) : typeAt(path)!.write(value);
    return { path, literal, origin: this.origin(path), used: isKeyPath(path) };
  }
}

/** Names for one warning: `quic.*` where all of a table is ignored, `tcp.ipv6` where only some of it is. */
export function summarizeIgnored(settings: readonly Setting[]): string[] {
  const names = settings.filter(({ used }) => !used).map(({ path }) => ignoredName(formOf(path)));
  return [...new Set(names)].sort();
}

function ignoredName(form: string): string {
  let name = form;
  for (let table = tableOf(form); table !== ""; table = tableOf(table)) {
    const below = KNOWN_PATHS.filter((path) => path.startsWith(`${table}.`));
    if (below.some((path) => !IGNORED_KEYS.has(path))) break;
    name = `${table.replace(/\[\]$/, "")}.*`;
  }
  return name;
}
