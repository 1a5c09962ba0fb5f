/**
 * `deno task tlsfuzzer -- --dir PATH`: tlsfuzzer's scripts for TLS 1.3, which are not part of this
 * repository, against the engine behind a socket (`tests/tlsfuzzer`). Prints which scripts are
 * clean, and the failing probes of those that are not. docs/tls-exams.md says how to read that.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type ListeningServer, serve } from "../tests/tlsfuzzer/server.ts";
import {
  configOf,
  type Setup,
  type SetupName,
  SETUPS,
  writeClient,
} from "../tests/tlsfuzzer/setups.ts";
import { judge, type Outcome, type Run, summaryOf, tableOf } from "./tlsfuzzer/report.ts";
import { FURTHER, PLAIN, type Script } from "./tlsfuzzer/scripts.ts";

const HELP = `deno task tlsfuzzer -- --dir PATH [OPTION...] [NAME...]

  --dir PATH       a work tree of tlsfuzzer
  --python PATH    an interpreter that has its packages (default: python3)
  --probes N       probes of a script at most, a sample; 0 for all (default: 40)
  --further        the scripts that need another set-up too, not only those that apply to any server
  --workers N      how many scripts at once (default: 2)
  --seconds N      for a script at most (default: 600)
  --logs FOLDER    keeps what the scripts print
  NAME...          those scripts only: conversation for test-tls13-conversation.py`;

interface Options {
  readonly dir: string;
  readonly python: string;
  readonly probes: string;
  readonly further: boolean;
  readonly workers: number;
  readonly seconds: number;
  readonly logs?: string;
  readonly names: readonly string[];
}

async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (options === undefined) {
    console.error(HELP);
    return 2;
  }
  const folder = Deno.makeTempDirSync({ prefix: "whippet-tlsfuzzer-" });
  const servers = new Servers();
  try {
    const scripts = chosen(options);
    const outcomes = await examine(scripts, options, servers, folder);
    print(outcomes);
    return outcomes.some(({ verdict }) => verdict === "unclean") ? 1 : 0;
  } finally {
    await servers.close();
    Deno.removeSync(folder, { recursive: true });
  }
}

function optionsOf(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: args.filter((each) => each !== "--"),
    allowPositionals: true,
    options: {
      dir: { type: "string" },
      python: { type: "string", default: "python3" },
      probes: { type: "string", default: "40" },
      further: { type: "boolean", default: false },
      workers: { type: "string", default: "2" },
      seconds: { type: "string", default: "600" },
      logs: { type: "string" },
    },
  });
  const { dir, workers, seconds, ...rest } = values;
  if (dir === undefined) return undefined;
  return { ...rest, dir, workers: Number(workers), seconds: Number(seconds), names: positionals };
}

function chosen({ names, further }: Options): readonly Script[] {
  if (names.length === 0) return further ? [...PLAIN, ...FURTHER] : PLAIN;
  return names.map((name) => {
    const script = [...PLAIN, ...FURTHER].find((each) => each.name === name);
    if (script === undefined) throw new Error(`No script ${name} in the table of those that apply`);
    return script;
  });
}

/** One server for each set-up, started when it is asked for. */
class Servers {
  readonly #servers = new Map<SetupName, Promise<ListeningServer>>();

  async portOf(name: SetupName): Promise<number> {
    const server = this.#servers.get(name) ?? this.#start(SETUPS[name]);
    this.#servers.set(name, server);
    return (await server).port;
  }

  async #start(setup: Setup): Promise<ListeningServer> {
    const report = (error: unknown) => console.error("Server failed:", error);
    return serve(await configOf(setup), setup.echoes ? "echo" : "page", report);
  }

  async close(): Promise<void> {
    for (const server of this.#servers.values()) (await server).close();
  }
}

async function examine(
  scripts: readonly Script[],
  options: Options,
  servers: Servers,
  folder: string,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = scripts.entries();
  const work = async () => {
    for (const [place, script] of waiting) {
      const start = performance.now();
      const args = await argsOf(script, options, servers, folder);
      const ended = await run(options, args);
      if (options.logs !== undefined) {
        Deno.writeTextFileSync(`${options.logs}/${script.name}.log`, ended.output);
      }
      outcomes[place] = judge(script.name, ended, script);
      const seconds = Math.round((performance.now() - start) / 1000);
      console.error(`${script.name}: ${outcomes[place].verdict} after ${seconds} s`);
    }
  };
  await Promise.all(Array.from({ length: options.workers }, work));
  return outcomes;
}

async function argsOf(
  { name, setup, args = [], client, isWhole }: Script,
  { probes }: Options,
  servers: Servers,
  folder: string,
): Promise<string[]> {
  const port = await servers.portOf(setup);
  const files = client === undefined ? undefined : await writeClient(client, folder);
  return [
    `scripts/test-tls13-${name}.py`,
    ...["-h", "127.0.0.1", "-p", String(port)],
    ...(isWhole ? [] : ["-n", probes]),
    ...(files === undefined ? [] : ["-k", files.key, "-c", files.certificate]),
    ...args,
  ];
}

/** Runs a script to its end or its time limit. */
async function run({ dir, python, seconds }: Options, args: readonly string[]): Promise<Run> {
  const child = new Deno.Command(python, {
    args: [...args],
    cwd: dir,
    env: { PYTHONPATH: "." },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let end: string | undefined;
  const timer = setTimeout(() => {
    end = `stopped after ${seconds} s`;
    child.kill("SIGKILL");
  }, seconds * 1000);
  const { stdout, stderr } = await child.output();
  clearTimeout(timer);
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { output: output + errors, end };
}

function print(outcomes: readonly Outcome[]): void {
  console.log(tableOf(outcomes).join("\n"));
  for (const { name, argued, bad } of outcomes) {
    for (const probe of argued) console.log(`argued ${name}: ${probe}`);
    for (const probe of bad) console.log(`FAIL ${name}: ${probe}`);
  }
  console.log(summaryOf(outcomes));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
