/**
 * What tlsfuzzer's scripts print, read and judged: failing probes in, verdicts and a table out.
 *
 * @module
 */

/** Probes that fail for a reason that is known: a pattern of names, and why. */
export type Reasons = readonly (readonly [RegExp, string])[];

/** What is known of a script before it runs. */
export interface Expectations {
  /** Concern what the engine does not have, on purpose: TLS 1.2, FFDHE, X448, CCM, Brainpool. */
  readonly outOfScope?: Reasons;
  /** Ask for something else than RFC 8446, or than BoringSSL's suite, which is followed then. */
  readonly argued?: Reasons;
}

/** A script that ended, or was ended. */
export interface Run {
  readonly output: string;
  /** Why there is no summary, where there is none. */
  readonly end?: string;
}

export type Verdict = "clean" | "argued" | "unclean";

/** What came of a script. */
export interface Outcome {
  readonly name: string;
  readonly verdict: Verdict;
  readonly probes: number;
  readonly outOfScope: readonly string[];
  readonly argued: readonly string[];
  /** Failing probes that nothing excuses, each once. */
  readonly bad: readonly string[];
}

/** Judges a run. One without a summary is unclean, whatever it was going to say. */
export function judge(name: string, run: Run, expectations: Expectations): Outcome {
  const failed = [...new Set(failedIn(run.output))];
  const known = (reasons: Reasons = []) => (probe: string) =>
    probe !== "sanity" && reasons.some(([pattern]) => pattern.test(probe));
  const outOfScope = failed.filter(known(expectations.outOfScope));
  const inScope = failed.filter((probe) => !outOfScope.includes(probe));
  const argued = inScope.filter(known(expectations.argued));
  const bad = inScope.filter((probe) => !argued.includes(probe));
  const probes = totalIn(run.output);
  if (run.end !== undefined) bad.push(run.end);
  else if (probes === undefined) bad.push(`no summary; the last line: ${lastLine(run.output)}`);
  const verdict = bad.length > 0 ? "unclean" : argued.length > 0 ? "argued" : "clean";
  return { name, verdict, probes: probes ?? 0, outOfScope, argued, bad };
}

/** Rows of a table, one a script, under a head. */
export function tableOf(outcomes: readonly Outcome[]): string[] {
  const width = Math.max(6, ...outcomes.map(({ name }) => name.length));
  const row = (name: string, ...cells: (string | number)[]) =>
    `${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(14)).join("")}`;
  return [
    row("", "probes", "out of scope", "argued", "bad", "verdict"),
    ...outcomes.map(({ name, probes, outOfScope, argued, bad, verdict }) =>
      row(name, probes, outOfScope.length, argued.length, bad.length, verdict)
    ),
  ];
}

/** `28 of 32 clean, 4 argued, 0 unclean`. */
export function summaryOf(outcomes: readonly Outcome[]): string {
  const count = (verdict: Verdict) => outcomes.filter((each) => each.verdict === verdict).length;
  return `${count("clean")} of ${outcomes.length} clean, ${count("argued")} argued, ` +
    `${count("unclean")} unclean`;
}

/** The names under `FAILED:`, which are written as Python writes strings. */
function failedIn(output: string): string[] {
  const [, list] = /^FAILED:\n((?:\t.*\n?)*)/m.exec(output) ?? [];
  if (list === undefined) return [];
  return list.trimEnd().split("\n").map((line) => line.trim().slice(1, -1));
}

function totalIn(output: string): number | undefined {
  const [, total] = /^TOTAL: (\d+)$/m.exec(output) ?? [];
  return total === undefined ? undefined : Number(total);
}

function lastLine(output: string): string {
  return output.trimEnd().split("\n").at(-1) || "nothing";
}
