/**
 * Configuration sources made of literals, for the tests of `lib/config`.
 *
 * @module
 */
import { type Config, ConfigError, type ConfigSource, loadConfig } from "../../lib/config.ts";
import type { ServeFlags } from "../../lib/config.ts";
import { NO_FLAGS } from "../../lib/config/flags.ts";

/** The file that is read when nobody names one. */
export const DEFAULT_FILE = "core/server/config.toml";

/** A source that holds `files` by their path and `environment`. */
export function configSource(
  files: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): ConfigSource {
  return { readText: (path) => files[path], environment };
}

/** Loads a configuration from a file, an environment and flags, each of which may say nothing. */
export function load(
  toml = "",
  environment: Readonly<Record<string, string>> = {},
  flags: Partial<ServeFlags> = {},
): Config {
  const source = configSource({ [DEFAULT_FILE]: toml }, environment);
  return loadConfig(source, { ...NO_FLAGS, ...flags });
}

/** The problems of a configuration that cannot stand; none for one that can. */
export function problemsOf(...layers: Parameters<typeof load>): readonly string[] {
  try {
    load(...layers);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
