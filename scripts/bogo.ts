/**
 * `deno task bogo -- --runner PATH`: BoringSSL's test runner, which is not part of this repository,
 * against the shim in `tests/bogo`. Prints what came of the TLS 1.3 tests in total, per role and per
 * class, and the names of those that failed. docs/tls-exams.md says how to read that.
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  type BogoTest,
  disabledBy,
  matches,
  parseTests,
  sumsBy,
  tableOf,
  type Verdict,
  verdictIn,
} from "./bogo_report.ts";

const HELP = `deno task bogo -- --runner PATH [OPTION...]

  --runner PATH    the runner, built by whoever wants to run it
  --tests FILE     the list of TLS 1.3 tests, gzipped (default: that of ../shared)
  --test GLOBS     only those tests; globs with ; between them
  --all            all TLS 1.3 tests of the list, not only the core
  --provider NAME  the cryptography: reference (default) or simd
  --workers N      how many tests at once
  --json FILE      verdicts by name, for comparing two runs
  --verbose        what the runner says of each failure`;

interface Options {
  readonly runner: string;
  readonly tests: string;
  readonly globs?: string;
  readonly all: boolean;
  readonly provider: string;
  readonly workers: string;
  readonly json?: string;
  readonly verbose: boolean;
}

async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (options === undefined) {
    console.error(HELP);
    return 2;
  }
  const tests = chosen(parseTests(await readGzipped(options.tests)), options);
  const folder = Deno.makeTempDirSync({ prefix: "whippet-bogo-" });
  try {
    const shim = await bundleShim(folder, options.provider);
    const verdicts = await examine(tests, options, shim);
    print(tests, verdicts);
    if (options.json !== undefined) {
      Deno.writeTextFileSync(options.json, JSON.stringify(Object.fromEntries(verdicts), null, 1));
    }
    return tests.some(({ name }) => isFailure(verdicts.get(name))) ? 1 : 0;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function optionsOf(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: args.filter((each) => each !== "--"),
    options: {
      runner: { type: "string" },
      tests: { type: "string", default: TESTS },
      test: { type: "string" },
      all: { type: "boolean", default: false },
      provider: { type: "string", default: "reference" },
      workers: { type: "string", default: String(navigator.hardwareConcurrency) },
      json: { type: "string" },
      verbose: { type: "boolean", default: false },
    },
  });
  const { runner, test: globs, ...rest } = values;
  return runner === undefined ? undefined : { runner: pathOf(runner), globs, ...rest };
}

function pathOf(runner: string): string {
  try {
    return Deno.realPathSync(runner);
  } catch {
    console.error(`No runner at ${runner}: build BoringSSL's ssl/test/runner, outside of here`);
    Deno.exit(2);
  }
}

function chosen(tests: readonly BogoTest[], { all, globs }: Options): BogoTest[] {
  return tests.filter(({ name, isCore }) =>
    (all || isCore) && (globs === undefined || globs.split(";").some((glob) => matches(name, glob)))
  );
}

async function readGzipped(path: string): Promise<string> {
  const file = await Deno.open(path).catch(() => {
    throw new Error(`No list of tests at ${path}: name it with --tests`);
  });
  return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
}

/**
 * The shim is started once for each test: as one file, whose compiled code Deno keeps, it starts in a
 * third of the time.
 */
async function bundleShim(folder: string, provider: string): Promise<string> {
  const program = SHIMS[provider];
  if (program === undefined) throw new Error(`No provider ${provider}: reference or simd`);
  const bundle = `${folder}/shim.js`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--output", bundle, relative(program)],
    cwd: relative("."),
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Shim cannot be bundled: ${new TextDecoder().decode(stderr)}`);
  const shim = `${folder}/shim`;
  const flags = "--allow-all --quiet --no-check --no-config --no-lock --no-npm --no-remote";
  Deno.writeTextFileSync(
    shim,
    `#!/bin/sh\nexec '${Deno.execPath()}' run ${flags} '${bundle}' "$@"\n`,
  );
  Deno.chmodSync(shim, 0o755);
  return shim;
}

async function examine(
  tests: readonly BogoTest[],
  options: Options,
  shim: string,
): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  const config = JSON.parse(Deno.readTextFileSync(CONFIG));
  const toRun: string[] = [];
  for (const { name } of tests) {
    if (disabledBy(name, config.DisabledTests) !== undefined) verdicts.set(name, "disabled");
    else toRun.push(name);
  }
  if (toRun.length === 0) return verdicts;
  const runner = new Deno.Command(options.runner, {
    args: [
      `-shim-path=${shim}`,
      `-shim-config=${CONFIG}`,
      `-num-workers=${options.workers}`,
      `-test=${toRun.join(";")}`,
      "-allow-unimplemented",
      "-pipe",
    ],
    cwd: options.runner.slice(0, options.runner.lastIndexOf("/")),
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  await collect(runner.stdout, verdicts, options.verbose);
  await runner.status;
  return verdicts;
}

async function collect(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
  verdicts: Map<string, Verdict>,
  verbose: boolean,
): Promise<void> {
  let rest = "";
  let last: Verdict | undefined;
  for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const found = verdictIn(line);
      if (found !== undefined) verdicts.set(found.name, last = found.verdict);
      if (verbose && last === "failed") console.log(line);
    }
    if (Deno.stderr.isTerminal()) {
      Deno.stderr.writeSync(new TextEncoder().encode(`\r${verdicts.size} done `));
    }
  }
}

function print(tests: readonly BogoTest[], verdicts: ReadonlyMap<string, Verdict>): void {
  const failed = tests.filter(({ name }) => isFailure(verdicts.get(name)));
  for (
    const group of [(test: BogoTest) => test.class, (test: BogoTest) => test.role, () => "all"]
  ) {
    console.log(`\n${tableOf(sumsBy(tests, verdicts, group)).join("\n")}`);
  }
  if (failed.length === 0) return;
  console.log("\nfailed:");
  for (const { name, class: group } of failed) console.log(`  ${name}  (${group})`);
}

/** No verdict: the runner ended before. */
function isFailure(verdict: Verdict | undefined): boolean {
  return verdict === undefined || verdict === "failed";
}

/** A path in the repository. */
function relative(path: string): string {
  return new URL(`../${path}`, import.meta.url).pathname;
}

const SHIMS: Readonly<Record<string, string>> = {
  reference: "tests/bogo/shim.ts",
  simd: "tests/bogo/shim_simd.ts",
};
const CONFIG = relative("tests/bogo/config.json");
const TESTS = relative("../shared/tls-vectors/bogo/tls13-tests.tsv.gz");

if (import.meta.main) Deno.exit(await main(Deno.args));
