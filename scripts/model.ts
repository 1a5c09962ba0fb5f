/**
 * `deno task model`: random sequences of commands of both protocols, to the node and to a model of a
 * broker; their answers have to be the same. tests/model/README.md says how it works.
 *
 * @module
 */
import { runModel } from "../tests/model/run.ts";

const HELP = `deno task model [OPTION...]

  --runs N       how many sequences (10000)
  --seconds N    ends after the sequences under way at that time
  --seed N       the same seed gives the same sequences; of the clock when left out
  --path TEXT    with --seed: takes one failure again, as it was printed

Exits with 1 when the answers differ: prints the seed, the path and the shrunk sequence.`;

interface Options {
  readonly runs: number;
  readonly seconds: number;
  readonly seed: number;
  readonly path: string | undefined;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (typeof options === "string") {
    console.log(options);
    return options === HELP ? 0 : 2;
  }
  const { runs, seconds, seed, path } = options;
  console.log(`model: seed ${seed}`);
  const startedMs = performance.now();
  const elapsed = () => (performance.now() - startedMs) / 1000;
  let [done, printed] = [0, 0];
  while (done < runs && elapsed() < seconds) {
    const count = path === undefined ? Math.min(CHUNK, runs - done) : runs;
    const report = await runModel({ seed: seed + done, runs: count, path });
    if (report !== undefined) {
      console.log(`FAILED after ${done} sequences\n${report}`);
      return 1;
    }
    done += count;
    if (elapsed() - printed < PROGRESS_S && done < runs) continue;
    printed = elapsed();
    console.log(`  ${done} sequences in ${printed.toFixed(0)} s`);
  }
  console.log(`${done} sequences, no difference`);
  return 0;
}

/** Gives what to print when there is nothing to run. */
function parse(args: readonly string[]): Options | string {
  const given: Record<string, string> = {};
  for (let at = 0; at < args.length; at += 2) {
    if (args[at] === "--help") return HELP;
    const name = args[at].replace(/^--/, "");
    if (!NAMES.includes(name)) return `Option ${args[at]} is unknown\n\n${HELP}`;
    if (args[at + 1] === undefined) return `Option ${args[at]} needs a value`;
    given[name] = args[at + 1];
  }
  const { runs = "10000", seconds = "Infinity", seed = String(Date.now() % 2 ** 31) } = given;
  return { runs: Number(runs), seconds: Number(seconds), seed: Number(seed), path: given.path };
}

const NAMES = ["runs", "seconds", "seed", "path"];
const CHUNK = 50;
const PROGRESS_S = 5;

if (import.meta.main) Deno.exit(await main(Deno.args));
