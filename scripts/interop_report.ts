/**
 * What the interop programs print, read and laid out: one line a step in (`ok STEP`, `FAIL STEP: why`,
 * `skip STEP: why`), a table of steps and SDKs out.
 *
 * @module
 */

/** One program's run. */
export interface Run {
  /** The folder's name, like `python-0.9`. */
  readonly sdk: string;
  /** All it printed. */
  readonly output: string;
  /** How it ended when it did not end well, like `exit code 1`. */
  readonly end?: string;
}

/** Runs, ready to print. */
export interface Report {
  /** Steps down, SDKs across. */
  readonly table: readonly string[];
  /** Failures with their reasons. */
  readonly remarks: readonly string[];
  readonly passed: number;
  readonly failed: number;
}

/** Lays out runs. A program that broke off, or failed without saying at what, fails a step more. */
export function report(runs: readonly Run[]): Report {
  const known = new Set(runs.flatMap(({ output }) => passedIn(output)));
  const columns = runs.map((run) => ({ sdk: run.sdk, steps: stepsOf(run, known) }));
  const marks = columns.flatMap(({ steps }) => steps.map(({ mark }) => mark));
  return {
    table: table(columns),
    remarks: remarks(columns),
    passed: marks.filter((mark) => mark === "ok").length,
    failed: marks.filter((mark) => mark === "FAIL").length,
  };
}

/** How a step ended. */
type Mark = "ok" | "FAIL" | "skip";

interface Step {
  readonly name: string;
  readonly mark: Mark;
  /** Why it failed or was left out. */
  readonly why: string;
}

interface Column {
  readonly sdk: string;
  readonly steps: readonly Step[];
}

function stepsOf({ output, end }: Run, known: ReadonlySet<string>): Step[] {
  const lines = output.split("\n");
  const steps = lines.flatMap((line) => stepOf(line, known) ?? []);
  const closed = lines.some((line) => /^\d+ passed, \d+ failed$/.test(line));
  const explained = steps.some(({ mark }) => mark === "FAIL");
  if (!closed || (end !== undefined && !explained)) {
    const why = `${end ?? "ended"}; the last it said: ${lines.findLast(Boolean) ?? "nothing"}`;
    steps.push({ name: "whole program", mark: "FAIL", why });
  }
  return steps;
}

/** `known` are names of steps that passed somewhere: they tell where a name with a colon ends. */
function stepOf(line: string, known: ReadonlySet<string>): Step | undefined {
  if (line.startsWith("ok ")) return { name: line.slice(3), mark: "ok", why: "" };
  const [, mark, rest] = /^(FAIL|skip) (.*)$/.exec(line) ?? [];
  if (mark === undefined) return undefined;
  const name = [...known].find((each) => rest.startsWith(`${each}: `)) ?? rest.split(": ", 1)[0];
  return { name, mark: mark as Mark, why: rest.slice(name.length + 2) };
}

function passedIn(output: string): string[] {
  return output.split("\n").filter((line) => line.startsWith("ok ")).map((line) => line.slice(3));
}

function table(columns: readonly Column[]): string[] {
  const names = rowNames(columns);
  const wide = Math.max(0, ...names.map((name) => name.length));
  const heads = columns.map(({ sdk }) => sdk.split("-"));
  const widths = heads.map((head) => Math.max(5, ...head.map((part) => part.length)) + 2);
  const row = (first: string, cells: readonly string[]) =>
    (first.padEnd(wide) + cells.map((cell, i) => cell.padStart(widths[i])).join("")).trimEnd();
  return [
    row("", heads.map(([language]) => language)),
    row("", heads.map(([, ...version]) => version.join("-"))),
    ...names.map((name) => row(name, columns.map((column) => markOf(column, name)))),
  ];
}

function markOf({ steps }: Column, name: string): string {
  return steps.find((step) => step.name === name)?.mark ?? "";
}

/** All step names; one that only some programs have comes right after the step before it. */
function rowNames(columns: readonly Column[]): string[] {
  const names: string[] = [];
  for (const { steps } of columns) {
    let at = 0;
    for (const { name } of steps) {
      const known = names.indexOf(name);
      if (known === -1) names.splice(at++, 0, name);
      else at = known + 1;
    }
  }
  return names;
}

function remarks(columns: readonly Column[]): string[] {
  return columns.flatMap(({ sdk, steps }) =>
    steps.filter(({ mark }) => mark === "FAIL")
      .map(({ name, why }) => `FAIL ${sdk}: ${name}: ${why}`)
  );
}
