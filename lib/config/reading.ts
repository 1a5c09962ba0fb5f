/**
 * A reading: one value that somebody set, with the place it was set at. Files, environment and
 * flags each give a list of them.
 *
 * @module
 */
import { formOf } from "./known.ts";
import { SECRET_PATHS } from "./ignored_keys.ts";
import { quoted } from "./values.ts";

/** Where a value comes from. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly path: string; readonly line: number; readonly column: number }
  | { readonly kind: "environment"; readonly name: string; readonly file?: string }
  | { readonly kind: "flag"; readonly name: string };

/** One value as it was found, not yet checked. */
export interface Reading {
  /** The key; entries of arrays of tables with their index. */
  readonly path: string;
  /** What may stand for the value, the likeliest first (an environment variable `1` is a number or a text). */
  readonly candidates: readonly unknown[];
  readonly origin: Origin;
}

/** The origin in words: `config.toml:12:1`, `environment IGGY_TCP_ADDRESS`, `flag --data`. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "default":
      return "default";
    case "file":
      return `${origin.path}:${origin.line}:${origin.column}`;
    case "environment":
      return `environment ${origin.name}${origin.file === undefined ? "" : ` in ${origin.file}`}`;
    case "flag":
      return `flag ${origin.name}`;
  }
}

/** A found value for a message: short, and hidden when its key is a secret. */
export function showRaw(path: string, raw: unknown): string {
  if (SECRET_PATHS.has(formOf(path))) return MASK;
  const shown = typeof raw === "string"
    ? quoted(raw)
    : JSON.stringify(raw, (_, value) => typeof value === "bigint" ? String(value) : value);
  return shown.length > SHOWN_LENGTH_MAX ? `${shown.slice(0, SHOWN_LENGTH_MAX)}...` : shown;
}

/** What stands for a secret. */
export const MASK = "******";

const SHOWN_LENGTH_MAX = 80;
