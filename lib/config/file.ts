/**
 * The configuration file: TOML text to readings, with every key that nobody knows refused at its
 * line.
 *
 * @module
 */
import { parse } from "@std/toml";
import { formOf, KNOWN_PATHS, KNOWN_TABLES, tableOf, typeAt } from "./known.ts";
import { nearest } from "./nearest.ts";
import type { Origin, Reading } from "./reading.ts";
import { joinPath, keyPositions } from "./toml_positions.ts";

/** What a file says and what is wrong with it. */
export interface FileReadings {
  readonly readings: readonly Reading[];
  readonly problems: readonly string[];
}

/** Reads the text of the file `name`. */
export function readFileText(name: string, toml: string): FileReadings {
  let document: Table;
  try {
    document = parse(toml);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { readings: [], problems: [`${name}: ${error.message}`] };
  }
  const walk = new Walk(name, toml);
  walk.table("", document);
  return walk;
}

type Table = Record<string, unknown>;

class Walk implements FileReadings {
  readonly readings: Reading[] = [];
  readonly problems: string[] = [];
  readonly #name: string;
  readonly #positions: ReturnType<typeof keyPositions>;

  constructor(name: string, toml: string) {
    this.#name = name;
    this.#positions = keyPositions(toml);
  }

  table(path: string, table: Table): void {
    for (const [name, value] of Object.entries(table)) this.#entry(joinPath(path, name), value);
  }

  #entry(path: string, value: unknown): void {
    const form = formOf(path);
    if (typeAt(form) !== undefined) {
      this.readings.push({ path, candidates: [value], origin: this.#originOf(path) });
    } else if (KNOWN_TABLES.has(form)) {
      if (isTable(value)) this.table(path, value);
      else this.#refuse(path, `"${path}" is a table: write [${path}] and its keys below`);
    } else if (KNOWN_TABLES.has(`${form}[]`)) {
      this.#tables(path, value);
    } else {
      this.#refuse(path, isTable(value) ? unknownTable(path) : unknownKey(path));
    }
  }

  #tables(path: string, value: unknown): void {
    if (Array.isArray(value) && value.every(isTable)) {
      value.forEach((entry, index) => this.table(`${path}[${index}]`, entry));
    } else {
      this.#refuse(path, `"${path}" is an array of tables: write [[${path}]] for each entry`);
    }
  }

  #refuse(path: string, problem: string): void {
    const { line, column } = this.#originOf(path);
    this.problems.push(`${this.#name}:${line}:${column}: ${problem}`);
  }

  #originOf(path: string): Origin & { kind: "file" } {
    const position = this.#positions.get(path) ?? { line: 1, column: 1 };
    return { kind: "file", path: this.#name, ...position };
  }
}

function unknownKey(path: string): string {
  const form = formOf(path);
  const [near] = nearest(form, KNOWN_PATHS);
  if (near !== undefined) {
    return `Key "${path}" is unknown; did you mean "${near}", which takes ${typeAt(near)!.form}?`;
  }
  const table = tableOf(form);
  const siblings = KNOWN_PATHS.filter((known) => tableOf(known) === table);
  const names = siblings.map((known) => known.slice(table.length).replace(/^\./, ""));
  const place = table === "" ? "the top level" : `[${table}]`;
  return `Key "${path}" is unknown; ${place} takes ${names.sort().join(", ")}`;
}

function unknownTable(path: string): string {
  const [near] = nearest(formOf(path), KNOWN_TABLES);
  return `Table [${path}] is unknown${near === undefined ? "" : `; did you mean [${near}]?`}`;
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}
