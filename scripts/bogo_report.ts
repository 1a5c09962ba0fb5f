/**
 * BoGo's tests and what came of them: the list with what it says of each test in, sums out.
 *
 * @module
 */

/** A test as the list has it; see ../shared/tls-vectors/bogo/README. */
export interface BogoTest {
  readonly name: string;
  /** What the shim plays. */
  readonly role: string;
  readonly class: string;
  /** One of the 1,675 that bars are set for. */
  readonly isCore: boolean;
}

export type Verdict = "passed" | "unimplemented" | "failed" | "disabled";

/** Sums of one group of tests. */
export type Sums = Record<Verdict | "tests", number>;

/** Reads the list: tab-separated columns under a line of names. */
export function parseTests(text: string): BogoTest[] {
  const [head, ...lines] = text.trimEnd().split("\n");
  const columns = head.split("\t");
  return lines.map((line) => {
    const cells = line.split("\t");
    const cell = (name: string) => cells[columns.indexOf(name)];
    return {
      name: cell("name"),
      role: cell("role"),
      class: cell("class"),
      isCore: cell("in_core") === "1",
    };
  });
}

/** Reads a line that the runner prints for a test with `-pipe`; `undefined` for any other line. */
export function verdictIn(line: string): { name: string; verdict: Verdict } | undefined {
  const [, word, name] = /^(PASSED|FAILED|UNIMPLEMENTED) \((.*)\)$/.exec(line) ?? [];
  return word === undefined ? undefined : { name, verdict: word.toLowerCase() as Verdict };
}

/** The reason for which a glob of the shim's configuration leaves a test out. */
export function disabledBy(
  name: string,
  disabled: Readonly<Record<string, string>>,
): string | undefined {
  return Object.entries(disabled).find(([glob]) => matches(name, glob))?.[1];
}

/** Whether a name is what a glob of `*` and `?` stands for. */
export function matches(name: string, glob: string): boolean {
  const pattern = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(
    /\?/g,
    ".",
  );
  return new RegExp(`^${pattern}$`).test(name);
}

/** Sums by `groupOf`, in the order of the groups' size. A test without a verdict has failed. */
export function sumsBy(
  tests: readonly BogoTest[],
  verdicts: ReadonlyMap<string, Verdict>,
  groupOf: (test: BogoTest) => string,
): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const test of tests) {
    const group = groupOf(test);
    const row = sums.get(group) ??
      { tests: 0, passed: 0, unimplemented: 0, failed: 0, disabled: 0 };
    row.tests++;
    row[verdicts.get(test.name) ?? "failed"]++;
    sums.set(group, row);
  }
  return new Map([...sums].sort(([, a], [, b]) => b.tests - a.tests));
}

/** A table of sums, a line each under a line of names. */
export function tableOf(sums: ReadonlyMap<string, Sums>): string[] {
  const width = Math.max(...[...sums.keys()].map((group) => group.length));
  const columns = ["tests", "passed", "unimplemented", "failed", "disabled"] as const;
  const head = columns.map((column) => column.padStart(COLUMN)).join("");
  return [
    "".padEnd(width) + head,
    ...[...sums].map(([group, row]) =>
      group.padEnd(width) + columns.map((column) => String(row[column]).padStart(COLUMN)).join("")
    ),
  ];
}

const COLUMN = 15;
