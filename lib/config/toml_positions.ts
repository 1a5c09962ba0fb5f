/**
 * Where each key of a TOML document stands: the parser gives values without their place, and an
 * error message needs the line. The document is one that the parser accepted, so this scanner only
 * has to find keys and step over values, never to judge them.
 *
 * @module
 */

/** A place in a text, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * The place of the first mention of every key and table. A path is written as `joinPath` writes it,
 * entries of arrays of tables with their index: `cluster.nodes[0].ports.tcp`.
 */
export function keyPositions(toml: string): ReadonlyMap<string, Position> {
  const scanner = new Scanner(toml);
  scanner.scanDocument();
  return positionsOf(toml, scanner.offsets);
}

/** A path one name longer; a name that TOML would have to quote is quoted. */
export function joinPath(path: string, name: string): string {
  const segment = /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
  return path === "" ? segment : `${path}.${segment}`;
}

class Scanner {
  /** Offset of the first mention of each path, in the order of the document. */
  readonly offsets = new Map<string, number>();
  readonly #toml: string;
  /** Entries so far of each array of tables made by `[[headers]]`. */
  readonly #entries = new Map<string, number>();
  #at = 0;

  constructor(toml: string) {
    this.#toml = toml;
  }

  scanDocument(): void {
    let table = "";
    for (this.#skipBlank(); this.#at < this.#toml.length; this.#skipBlank()) {
      if (this.#toml[this.#at] === "[") table = this.#scanHeader();
      else this.#scanPair(table);
    }
  }

  /** `[a.b]` or `[[a.b]]`; gives the path that the pairs below it belong to. */
  #scanHeader(): string {
    const start = this.#at;
    const isArray = this.#toml.startsWith("[[", this.#at);
    this.#at += isArray ? 2 : 1;
    const names = this.#scanKey();
    this.#at += isArray ? 2 : 1;
    let path = "";
    names.forEach((name, index) => {
      path = joinPath(path, name);
      const isNewEntry = isArray && index === names.length - 1;
      if (isNewEntry) this.#entries.set(path, (this.#entries.get(path) ?? 0) + 1);
      this.#note(path, start);
      const entries = this.#entries.get(path);
      if (entries !== undefined) path += `[${entries - 1}]`;
    });
    this.#note(path, start);
    return path;
  }

  /** `a.b = value`, at top level, below a header or in an inline table. */
  #scanPair(table: string): void {
    const start = this.#at;
    let path = table;
    for (const name of this.#scanKey()) {
      path = joinPath(path, name);
      this.#note(path, start);
    }
    this.#at += 1; // the equals sign
    this.#skipSpace();
    this.#scanValue(path);
  }

  /** The names of a dotted key; leaves the cursor behind it and the space that follows. */
  #scanKey(): string[] {
    const names: string[] = [];
    do {
      if (names.length > 0) this.#at += 1; // the dot
      this.#skipSpace();
      names.push(this.#scanName());
      this.#skipSpace();
    } while (this.#toml[this.#at] === ".");
    return names;
  }

  #scanName(): string {
    const start = this.#at;
    const quote = this.#toml[start];
    if (quote === '"' || quote === "'") {
      this.#skipString();
      const content = this.#toml.slice(start + 1, this.#at - 1);
      return quote === '"' ? unescaped(content) : content;
    }
    this.#skipWhile(/[A-Za-z0-9_-]/);
    return this.#toml.slice(start, this.#at);
  }

  #scanValue(path: string): void {
    switch (this.#toml[this.#at]) {
      case '"':
      case "'":
        return this.#skipString();
      case "[":
        return this.#scanArray(path);
      case "{":
        return this.#scanInlineTable(path);
      default:
        return this.#skipWhile(/[^,\]}#\r\n]/);
    }
  }

  #scanArray(path: string): void {
    this.#at += 1;
    for (let index = 0; !this.#closes("]"); index++) this.#scanValue(`${path}[${index}]`);
  }

  #scanInlineTable(path: string): void {
    this.#at += 1;
    while (!this.#closes("}")) this.#scanPair(path);
  }

  /** Steps over blanks and commas to the next item or over the closing bracket. */
  #closes(bracket: string): boolean {
    for (this.#skipBlank(); this.#toml[this.#at] === ","; this.#skipBlank()) this.#at += 1;
    const closes = this.#toml[this.#at] === bracket;
    if (closes) this.#at += 1;
    return closes || this.#at >= this.#toml.length;
  }

  #skipString(): void {
    const quote = this.#toml[this.#at];
    const isLong = this.#toml.startsWith(quote.repeat(3), this.#at);
    const end = isLong ? quote.repeat(3) : quote;
    this.#at += end.length;
    while (this.#at < this.#toml.length && !this.#toml.startsWith(end, this.#at)) {
      this.#at += quote === '"' && this.#toml[this.#at] === "\\" ? 2 : 1;
    }
    this.#at += end.length;
    // A long string may end in one or two quotes of its own: """a"".
    for (let own = 0; isLong && own < 2 && this.#toml[this.#at] === quote; own++) this.#at += 1;
  }

  #skipBlank(): void {
    for (;;) {
      this.#skipWhile(/\s/);
      if (this.#toml[this.#at] !== "#") return;
      this.#skipWhile(/[^\n]/);
    }
  }

  #skipSpace(): void {
    this.#skipWhile(/[ \t]/);
  }

  #skipWhile(pattern: RegExp): void {
    while (this.#at < this.#toml.length && pattern.test(this.#toml[this.#at])) this.#at += 1;
  }

  #note(path: string, offset: number): void {
    if (!this.offsets.has(path)) this.offsets.set(path, offset);
  }
}

/** TOML's escapes are JSON's but for `\U…` and `\e`; a name with those keeps them as they are written. */
function unescaped(content: string): string {
  try {
    return JSON.parse(`"${content}"`);
  } catch {
    return content;
  }
}

/** Offsets into lines and columns in one pass; the map is in document order, so they only grow. */
function positionsOf(
  toml: string,
  offsets: ReadonlyMap<string, number>,
): ReadonlyMap<string, Position> {
  const positions = new Map<string, Position>();
  let line = 1;
  let lineStart = 0;
  for (const [path, offset] of offsets) {
    for (
      let next = toml.indexOf("\n", lineStart);
      next !== -1 && next < offset;
      next = toml.indexOf("\n", lineStart)
    ) {
      line += 1;
      lineStart = next + 1;
    }
    positions.set(path, { line, column: offset - lineStart + 1 });
  }
  return positions;
}
