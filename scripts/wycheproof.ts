/**
 * `deno task wycheproof -- [PATH...]`: Wycheproof's vectors against the providers. Paths are files or
 * folders of `.json` or `.json.gz`; without any, ../shared/tls-vectors/wycheproof. `--provider NAME`
 * asks one provider only. Exits with 1 when an answer is wrong. What is right is decided in
 * wycheproof/verdict.ts.
 *
 * @module
 */
import { reference, referenceParts } from "../tls/provider/reference.ts";
import { simd, simdParts } from "../tls/provider/simd.ts";
import { examine, type Outcome } from "./wycheproof/families.ts";
import { readVectors, type Subject } from "./wycheproof/vectors.ts";

/** What to do, as the command line says. */
export interface Choice {
  readonly subjects: readonly Subject[];
  readonly paths: readonly string[];
}

/** Reads the command line; a string says what is wrong with it. */
export function choiceOf(args: readonly string[]): Choice | string {
  const paths: string[] = [];
  let subjects = SUBJECTS;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === "--") continue;
    if (arg === "--provider" || arg.startsWith("--provider=")) {
      const name = arg.split("=")[1] ?? args[++at];
      subjects = SUBJECTS.filter((subject) => name === "both" || subject.name === name);
      if (subjects.length === 0) {
        return `Provider ${name} is none of ${SUBJECTS.map((subject) => subject.name).join(", ")}`;
      }
    } else if (arg.startsWith("-")) return `Option ${arg} is unknown; there is --provider NAME`;
    else paths.push(arg);
  }
  return { subjects, paths: paths.length > 0 ? paths : [DEFAULT_PATH] };
}

/** The report on one provider, line by line; the last line counts. */
export function reportOn(name: string, outcomes: readonly Outcome[]): string[] {
  const width = Math.max(0, ...outcomes.map((outcome) => outcome.file.length));
  const lines = outcomes.map(({ file, right, asked, skipped }) => {
    const notAsked = [...skipped].map(([why, count]) => `${count} skipped: ${why}`);
    return [`${file.padEnd(width)} ${`${right} of ${asked}`.padStart(12)}`, ...notAsked].join("; ");
  });
  for (const { id, comment, expected, got } of outcomes.flatMap((outcome) => outcome.wrong)) {
    lines.push(`WRONG ${id} (${comment}): should be ${expected}, ${name}: ${got}`);
  }
  const sum = (count: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const notAsked = sum(({ skipped }) => [...skipped.values()].reduce((a, b) => a + b, 0));
  const [right, asked] = [sum((outcome) => outcome.right), sum((outcome) => outcome.asked)];
  lines.push(`${name}: right ${right} of ${asked}; ${notAsked} skipped`);
  return lines;
}

async function main(args: readonly string[]): Promise<number> {
  const choice = choiceOf(args);
  if (typeof choice === "string") {
    console.error(choice);
    return 2;
  }
  const missing = choice.paths.find((path) => !exists(path));
  if (missing !== undefined) {
    console.error(`${missing} does not exist: name files or folders of vectors`);
    return 2;
  }
  const files = await readVectors(choice.paths);
  if (files.length === 0) {
    console.error(`No vectors in ${choice.paths.join(", ")}`);
    return 2;
  }
  let right = true;
  for (const subject of choice.subjects) {
    const outcomes: Outcome[] = [];
    for (const file of files) outcomes.push(await examine(subject, file));
    for (const line of reportOn(subject.name, outcomes)) console.log(line);
    right &&= outcomes.every((outcome) => outcome.wrong.length === 0);
  }
  return right ? 0 : 1;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const SUBJECTS: readonly Subject[] = [
  { name: "reference", provider: reference, parts: referenceParts },
  { name: "simd", provider: simd, parts: simdParts },
];
const DEFAULT_PATH = new URL("../../shared/tls-vectors/wycheproof", import.meta.url).pathname;

if (import.meta.main) Deno.exit(await main(Deno.args));
