/**
 * What a command found or did, as a table or a sentence for people, as JSON for programs.
 *
 * @module
 */
import { stringifyJson } from "../http/json.ts";

/** How results are written. */
export const OUTPUT_FORMATS = ["table", "list", "json", "ndjson"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** A column of a table: its title, and its text for a row. */
export type Column<Row> = readonly [title: string, text: (row: Row) => unknown];

/** Colours by what they are for. */
export type Paint = "strong" | "faint" | "good" | "warning" | "bad" | "key";

/** How and where. */
export interface OutputOptions {
  readonly format: OutputFormat;
  readonly colours: boolean;
  /** Leaves out sentences that say only that something was done. */
  readonly quiet: boolean;
  print(text: string): void;
}

/** See the module comment. */
export class Output {
  readonly #options: OutputOptions;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  get format(): OutputFormat {
    return this.#options.format;
  }

  /** Whether a program reads it. */
  get isForPrograms(): boolean {
    return this.format === "json" || this.format === "ndjson";
  }

  /** Something was done: a sentence for people, the facts for programs. */
  done(sentence: string, facts: object): void {
    if (this.isForPrograms) this.value(facts);
    else if (!this.#options.quiet) this.#options.print(sentence);
  }

  /** Things of one kind: a table, or for programs the rows as they are. */
  rows<Row extends object>(rows: readonly Row[], columns: readonly Column<Row>[], none: string) {
    if (this.format === "json") return this.value(rows);
    if (this.format === "ndjson") return rows.forEach((row) => this.value(row));
    if (rows.length === 0) return this.#options.print(none);
    const cells = rows.map((row) => columns.map(([, text]) => cellOf(text(row))));
    const titles = columns.map(([title]) => title);
    if (this.format === "list") {
      return this.#options.print(cells.map((row) => pairs(titles, row)).join("\n\n"));
    }
    this.#options.print(this.#table(titles, cells));
  }

  /** One thing with its facts; for programs the thing as it is. */
  record<Thing extends object>(thing: Thing, columns: readonly Column<Thing>[]): void {
    if (this.isForPrograms) return this.value(thing);
    const titles = columns.map(([title]) => title);
    this.#options.print(pairs(titles, columns.map(([, text]) => cellOf(text(thing)))));
  }

  /** A value as JSON, in one line for `ndjson`. */
  value(value: unknown): void {
    const text = stringifyJson(plain(value));
    this.#options.print(this.format === "json" ? indented(text) : text);
  }

  /** A line for people, whatever the format. */
  line(text: string): void {
    this.#options.print(text);
  }

  /** `text` in a colour, where there are any. */
  paint(text: string, paint: Paint): string {
    return this.#options.colours ? `\x1b[${SGR[paint]}m${text}\x1b[0m` : text;
  }

  #table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
    const widths = titles.map((title, at) =>
      Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at])))
    );
    const isNumeric = titles.map((_, at) => rows.every((row) => /^[\d,.]*$/.test(row[at])));
    const line = (cells: readonly string[], paint?: Paint) =>
      cells.map((cell, at) => {
        const space = " ".repeat(widths[at] - widthOf(cell));
        const shown = paint === undefined ? cell : this.paint(cell, paint);
        return isNumeric[at] ? space + shown : shown + space;
      }).join("  ").trimEnd();
    const rule = widths.map((width) => "─".repeat(width)).join("  ");
    return [line(titles, "strong"), this.paint(rule, "faint"), ...rows.map((row) => line(row))]
      .join("\n");
  }
}

/** Bytes as people read them. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  let value = bytes;
  for (; value >= 1024 && at < units.length - 1; at++) value /= 1024;
  return `${at === 0 ? value : value.toFixed(1)} ${units[at]}`;
}

/** When something was, by micros since the Unix epoch. */
export function timeText(micros: number): string {
  return new Date(micros / 1000).toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");
}

function pairs(titles: readonly string[], values: readonly string[]): string {
  const width = Math.max(...titles.map(widthOf));
  return titles
    .map((title, at) => `${title}${" ".repeat(width - widthOf(title))}  ${values[at]}`.trimEnd())
    .join("\n");
}

/** Nothing that comes from a node may move the cursor of a terminal. */
function cellOf(value: unknown): string {
  return printable(value === undefined ? "" : String(value));
}

/** `text` in one line, without control characters. */
export function printable(text: string): string {
  return text.replaceAll(CONTROL, (character) => ESCAPES.get(character) ?? hexEscape(character));
}

function hexEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Columns of a terminal: of East Asian wide characters and emoji, two. */
function widthOf(text: string): number {
  return [...text].reduce((width, character) => width + (WIDE.test(character) ? 2 : 1), 0);
}

/** Maps as objects, bytes as Base64: what JSON has no word for. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.toBase64();
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, part]) => [String(key), plain(part)]));
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** Compact JSON with line breaks; numbers stay the digits that they are. */
function indented(json: string): string {
  let depth = 0;
  const pad = () => `\n${"  ".repeat(depth)}`;
  return json.replaceAll(JSON_TOKEN, (token) => {
    if (token === "{}" || token === "[]" || token.startsWith('"')) return token;
    if (token === "{" || token === "[") return (depth++, token + pad());
    if (token === "}" || token === "]") return (depth--, pad() + token);
    return token === "," ? `,${pad()}` : ": ";
  });
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|\{\}|\[\]|[{}\[\],:]/g;
// deno-lint-ignore no-control-regex -- these are what it is about
const CONTROL = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const ESCAPES: ReadonlyMap<string, string> = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const SGR: Readonly<Record<Paint, string>> = {
  strong: "1",
  faint: "2",
  good: "32",
  warning: "33",
  bad: "31",
  key: "36",
};
