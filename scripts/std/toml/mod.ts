/**
 * Stand-in for `jsr:@std/toml` where JSR is out of reach: the same names with the same meaning, over
 * `npm:smol-toml`. Both give objects without a prototype.
 *
 * @module
 */
import * as smol from "smol-toml";

/** Parses a TOML document. Throws a `SyntaxError` that names line and column. */
export function parse(tomlString: string): Record<string, unknown> {
  try {
    return smol.parse(tomlString, { integersAsBigInt: "asNeeded" });
  } catch (cause) {
    if (!(cause instanceof smol.TomlError)) throw cause;
    const reason = cause.message.split("\n")[0];
    throw new SyntaxError(`${reason} on line ${cause.line}, column ${cause.column}`, { cause });
  }
}

/** Writes a value as a TOML document. */
export function stringify(obj: Record<string, unknown>): string {
  return smol.stringify(obj);
}
