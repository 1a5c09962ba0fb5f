/**
 * `deno task test:binary [--only TEXT] [--idle SECONDS]`: compiles for this machine and tries the
 * program that comes out: what it links, its start, HTTP, the dashboard, a crash, each command and its
 * help, its memory, locked down as nobody, on an emulated ARM, whom it talks to in an idle hour, and
 * published SDKs. `--only` holds the trials whose names have TEXT in them.
 *
 * A trial that this machine lacks the tools for says so. The last line counts them.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { BUILD_TRIALS } from "./binary/build_trials.ts";
import { Candidate } from "./binary/candidate.ts";
import { COMMAND_LINE_TRIALS } from "./binary/command_line_trials.ts";
import { idleTrial } from "./binary/idle_trial.ts";
import { MEMORY_TRIALS } from "./binary/memory_trials.ts";
import { INTEROP_TRIALS, SERVING_TRIALS } from "./binary/serving_trials.ts";
import { SURROUNDINGS_TRIALS } from "./binary/surroundings_trials.ts";
import { holdAll, type Trial } from "./binary/trials.ts";

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      idle: { type: "string", default: "60" },
      only: { type: "string", default: "" },
    },
  });
  const trials: readonly Trial[] = [
    ...BUILD_TRIALS,
    ...SERVING_TRIALS,
    ...COMMAND_LINE_TRIALS,
    ...MEMORY_TRIALS,
    ...SURROUNDINGS_TRIALS,
    idleTrial(Number(values.idle)),
    ...INTEROP_TRIALS,
  ];
  using candidate = new Candidate();
  return await holdAll(trials.filter(({ name }) => name.includes(values.only)), candidate);
}

if (import.meta.main) Deno.exit(await main());
