/**
 * The `.env` file: `NAME=value` lines, with `export`, quotes and comments as shells write them.
 *
 * @module
 */

/** What a `.env` file sets, and the lines that set nothing. */
export interface Dotenv {
  readonly variables: ReadonlyMap<string, string>;
  /** Line numbers (from 1) that are neither empty, a comment nor `NAME=value`. */
  readonly badLines: readonly number[];
}

/** Reads a `.env` file; of two lines with one name the first counts, as in Iggy. */
export function parseDotenv(text: string): Dotenv {
  const variables = new Map<string, string>();
  const badLines: number[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (/^\s*(#|$)/.test(line)) return;
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*)$/.exec(line);
    const value = match === null ? undefined : parseValue(match[2]);
    if (match === null || value === undefined) badLines.push(index + 1);
    else if (!variables.has(match[1])) variables.set(match[1], value);
  });
  return { variables, badLines };
}

/** Single quotes take all literally, double quotes know escapes, a bare value ends at ` #`. */
function parseValue(text: string): string | undefined {
  const quote = text[0];
  if (quote === "'") return /^'([^']*)'\s*(?:#.*)?$/.exec(text)?.[1];
  if (quote === '"') return doubleQuoted(text);
  return text.replace(/(^|\s)#.*$/, "").trim();
}

function doubleQuoted(text: string): string | undefined {
  const content = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/.exec(text)?.[1];
  return content?.replace(/\\(.)/g, (_, escaped: string) => ESCAPES.get(escaped) ?? escaped);
}

const ESCAPES = new Map([["n", "\n"], ["r", "\r"], ["t", "\t"]]);
