/**
 * The layers of a configuration, lowest first: file, environment (`.env` below what is really set),
 * flags. Built-in values need no reading: they stand in the table of keys.
 *
 * @module
 */
import { mergeVariables, readEnvironment, type Variables } from "./environment.ts";
import { readFileText } from "./file.ts";
import type { ServeFlags } from "./flags.ts";
import type { Reading } from "./reading.ts";

/** What configuration is read from; the composition root hands in the real one. */
export interface ConfigSource {
  /**
   * The text of a file, `undefined` when there is none; throws when it cannot be read. Relative
   * paths start at the working directory.
   */
  readText(path: string): string | undefined;
  /** The environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
}

/** All that was set, by whom, and what is wrong or odd about the places it was looked for. */
export interface Layers {
  /** In rising order of precedence. */
  readonly readings: readonly Reading[];
  readonly variables: Variables;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads file, environment and flags. */
export function gatherLayers(source: ConfigSource, flags: ServeFlags): Layers {
  const gatherer = new Gatherer(source);
  const variables = gatherer.variables();
  gatherer.file(variables, flags.configPath);
  gatherer.environment(variables);
  if (flags.dataPath !== undefined) {
    const origin = { kind: "flag", name: "--data" } as const;
    gatherer.readings.push({ path: "system.path", candidates: [flags.dataPath], origin });
  }
  return { ...gatherer.found(), variables };
}

class Gatherer {
  readonly readings: Reading[] = [];
  readonly #source: ConfigSource;
  readonly #problems: string[] = [];
  readonly #warnings: string[] = [];

  constructor(source: ConfigSource) {
    this.#source = source;
  }

  found(): Omit<Layers, "variables"> {
    return { readings: this.readings, problems: this.#problems, warnings: this.#warnings };
  }

  variables(): Variables {
    const named = this.#source.environment.IGGY_ENV_PATH;
    const name = named || ".env";
    const text = this.#text(name);
    if (text === undefined && named) this.#warnings.push(`IGGY_ENV_PATH: ${missing(named)}`);
    const dotenv = text === undefined ? undefined : { name, text };
    const merged = mergeVariables(this.#source.environment, dotenv);
    this.#warnings.push(...merged.warnings);
    return merged.variables;
  }

  /** Iggy goes on without the file IGGY_CONFIG_PATH names; the flag is whippet's own and insists. */
  file(variables: Variables, flagPath: string | undefined): void {
    const namedPath = variables.get("IGGY_CONFIG_PATH")?.value;
    const path = flagPath ?? namedPath ?? DEFAULT_CONFIG_PATH;
    const text = this.#text(path);
    if (text !== undefined) {
      const { readings, problems } = readFileText(path, text);
      this.readings.push(...readings);
      this.#problems.push(...problems);
    } else if (flagPath !== undefined) {
      this.#problems.push(`flag --config: ${missing(path)}`);
    } else if (namedPath !== undefined) {
      this.#warnings.push(`IGGY_CONFIG_PATH: ${missing(path)}; built-in values apply`);
    }
  }

  environment(variables: Variables): void {
    const { readings, warnings } = readEnvironment(variables);
    this.readings.push(...readings);
    this.#warnings.push(...warnings);
  }

  #text(path: string): string | undefined {
    try {
      return this.#source.readText(path);
    } catch (error) {
      this.#problems.push(`${path}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }
}

function missing(path: string): string {
  return `There is no file "${path}"`;
}

/** The file that is read when nobody names one, as Iggy does. */
const DEFAULT_CONFIG_PATH = "core/server/config.toml";
