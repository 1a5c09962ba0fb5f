/**
 * Stand-in for `jsr:@std/toml` where JSR is out of reach: the same names with the same meaning, over
 * `npm:smol-toml`. Both give objects without a prototype.
 *
 * @module
 */
import * as smol from "smol-toml";

/**
 * Parses a TOML document; an integer beyond 2^53 comes as a bigint.
 *
 * @throws {SyntaxError} whose message says `on line L, column C`
 */
export function parse(tomlString: string): Record<string, unknown> {
  try {
    return smol.parse(tomlString, { integersAsBigInt: "asNeeded" });
  } catch (cause) {
    if (!(cause instanceof smol.TomlError)) throw cause;
    const reason = cause.message.split("\n")[0].replace(/^Invalid TOML document: /, "");
    throw new SyntaxError(
      `Parse error on line ${cause.line}, column ${cause.column}: ${reason}`,
      { cause },
    );
  }
}

/** Writes a value as a TOML document. */
export function stringify(obj: Record<string, unknown>): string {
  return smol.stringify(obj);
}
