/**
 * `deno task test`: runs `deno test` and ends with one line, `N passed, M failed`. Arguments go to
 * `deno test`: files, folders, `--filter=...`; without any, all tests and all doc examples run.
 * `--brief` prints nothing of the tests that pass.
 *
 * @module
 */

/** What one run of `deno test` counted; steps inside a test are not counted. */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

/**
 * Reads the closing line of `deno test` out of all it printed. The JUnit report would be the obvious
 * source, but it leaves out every file that fails while it loads.
 *
 * @returns `undefined` when the run broke off before its closing line (a type error, a crash)
 */
export function summaryOf(output: string): Summary | undefined {
  const last = [...output.replaceAll(ANSI_COLOUR, "").matchAll(CLOSING_LINE)].at(-1);
  if (last === undefined) return undefined;
  const [passed, failed, ignored] = last.slice(1).map((count) => Number(count ?? 0));
  return { passed, failed, ignored };
}

/** The counts to report: a run that fails without a failed test still counts as one failure. */
export function verdict(summary: Summary | undefined, success: boolean): Summary {
  const counted = summary ?? { passed: 0, failed: 0, ignored: 0 };
  return success || counted.failed > 0 ? counted : { ...counted, failed: 1 };
}

async function main(): Promise<number> {
  const brief = Deno.args.includes("--brief");
  const args = Deno.args.filter((arg) => arg !== "--brief");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", ...FLAGS, ...(args.length > 0 ? args : EVERYTHING)],
    env: Deno.stdout.isTerminal() ? { FORCE_COLOR: "1" } : {},
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = await textOf(child.stdout, brief ? undefined : print);
  const { success } = await child.status;
  const { passed, failed, ignored } = verdict(summaryOf(output), success);
  if (brief && !success) print(new TextEncoder().encode(failuresOf(output)));
  if (ignored > 0) console.log(`${ignored} ignored`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Reads a stream to its end, handing on each chunk as it comes. */
async function textOf(
  stream: ReadableStream<Uint8Array>,
  onChunk?: (chunk: Uint8Array) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    onChunk?.(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

function print(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** What `deno test` prints after the list of tests, or all of it when it broke off before. */
function failuresOf(output: string): string {
  const at = output.search(/^.*\bERRORS\b/m);
  return at === -1 ? output : output.slice(at);
}

const FLAGS = [
  "--parallel",
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  "--allow-sys",
  "--allow-run",
];

const EVERYTHING = ["--doc", "tests", "mod.ts", "protocol", "lib"];

// deno-lint-ignore no-control-regex
const ANSI_COLOUR = /\x1b\[[0-9;]*m/g;
const CLOSING_LINE =
  /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/gm;

if (import.meta.main) Deno.exit(await main());
