/**
 * `deno task churn`: a node process and a consumer group of eight members that join, leave and die all
 * the time; first without deaths, where every message has to be read exactly once.
 *
 * @module
 */
import { churn, type ChurnReport } from "../tests/support/group_churn.ts";
import { ProcessNode } from "../tests/support/process_node.ts";
import { Random } from "../tests/support/random.ts";

const HELP = `deno task churn [--seconds N] [--seed N]

  --seconds N    how long each of the two runs sends (60)
  --seed N       what members decide; of the clock when left out

Exits with 1 when a partition has two owners, a message is unread, or one is read twice though
nobody died.`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const seconds = Number(valueOf(args, "--seconds") ?? 60);
  const seed = Number(valueOf(args, "--seed") ?? Date.now() % 2 ** 31);
  let failed = false;
  for (const deaths of [false, true]) {
    console.log(`members ${deaths ? "leave and die" : "leave"}: seed ${seed}, ${seconds} s`);
    await using node = await ProcessNode.start();
    const random = new Random(seed);
    const report = await churn({ port: node.port, random, seconds, deaths });
    print(report);
    const { faults, unread, repeated } = report;
    failed ||= faults.length > 0 || unread > 0 || (!deaths && repeated > 0);
  }
  console.log(failed ? "FAILED" : "no fault");
  return failed ? 1 : 0;
}

function print({ faults, ...figures }: ChurnReport): void {
  const texts = Object.entries(figures).map(([name, figure]) => `${figure} ${name}`);
  console.log(`  ${texts.join(", ")}`);
  for (const fault of faults.slice(0, FAULTS_SHOWN)) console.log(`  FAULT ${fault}`);
}

function valueOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

const FAULTS_SHOWN = 20;

if (import.meta.main) Deno.exit(await main(Deno.args));
