/**
 * `deno task bench`: sends and polls through real sockets, in both framings, beside the floor of the
 * machine. `--help` says what can be asked for, docs/benchmark.md how to read what comes.
 *
 * @module
 */
import { type Contender, type Phase, PHASES, type Sample, takeTurn } from "./bench/contender.ts";
import { figuresOf, type Series, tableOf, type Volume } from "./bench/figures.ts";
import { FileFloor, FloorServer, SocketFloor } from "./bench/floor.ts";
import { NodeContender } from "./bench/node_contender.ts";
import {
  type BenchOptions,
  HELP,
  parseOptions,
  requestsPerConnection,
  UsageError,
} from "./bench/options.ts";
import { benchTls } from "./bench/tls.ts";
import { Watcher } from "./bench/watcher.ts";
import type { NewTopicOptions } from "../mod.ts";
import { type NodeProcess, startNode } from "./node_process.ts";

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === "tls") return await tls(args.slice(1));
  const options = optionsOf(args);
  if (typeof options === "number") return options;
  const folder = Deno.makeTempDirSync({ prefix: "whippet-bench-", dir: options.directory });
  try {
    const before = load();
    const results = await measure(options, folder);
    const conditions = { ...CONDITIONS, load: { before, after: load() } };
    if (options.json) console.log(JSON.stringify({ options, conditions, results }, undefined, 2));
    else print(options, conditions, results);
    return 0;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function tls(args: readonly string[]): Promise<number> {
  try {
    await benchTls(args);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\ndeno task bench tls --help tells what can be asked for`);
    return 2;
  }
}

function optionsOf(args: readonly string[]): BenchOptions | number {
  try {
    const options = parseOptions(args);
    if (options !== "help") return options;
    console.log(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\ndeno task bench --help tells what can be asked for`);
    return 2;
  }
}

/** What was measured with one window in one direction. */
interface Result {
  readonly window: number;
  readonly phase: Phase;
  readonly series: readonly Series[];
}

async function measure(options: BenchOptions, folder: string): Promise<Result[]> {
  await using processes = new AsyncDisposableStack();
  const contenders = await startAll(options, folder, processes);
  const requests = requestsPerConnection(options);
  for (const contender of contenders) {
    progress(`${contender.name} warms up`);
    await takeTurn(contender, Math.min(requests, WARM_UP_REQUESTS), 1);
  }
  const results = options.windows.flatMap((window) =>
    PHASES.map((phase) => ({ window, phase, samples: contenders.map((): Sample[] => []) }))
  );
  for (let round = 1; round <= options.rounds; round++) {
    for (const window of options.windows) {
      for (const [at, contender] of contenders.entries()) {
        progress(`round ${round} of ${options.rounds}, window ${window}: ${contender.name}`);
        const taken = await takeTurn(contender, requests, window);
        for (const result of results) {
          if (result.window === window) result.samples[at].push(taken[result.phase]);
        }
      }
    }
  }
  progress("");
  return results.map(({ window, phase, samples }) => ({
    window,
    phase,
    series: contenders.map(({ name, isFloor }, at) => ({ name, isFloor, samples: samples[at] })),
  }));
}

/** Everybody, in the order of their turns; the floor that has both is the last of the floors. */
async function startAll(
  options: BenchOptions,
  folder: string,
  processes: AsyncDisposableStack,
): Promise<Contender[]> {
  const server = processes.use(await FloorServer.start(`${folder}/socket`));
  const contenders: Contender[] = [
    new SocketFloor(server, options, false),
    new FileFloor(`${folder}/file`, options),
    new SocketFloor(server, options, true),
  ];
  const nodes: [suffix: string, node: NodeProcess, topicOptions: NewTopicOptions][] = [];
  for (const [at, checkout] of [undefined, ...options.against].entries()) {
    const node = await startNode({
      dataDirectory: `${folder}/node-${at}`,
      logFile: `${folder}/node-${at}.log`,
      checkout,
      env: checkout === undefined ? options.env : {},
    });
    processes.defer(async () => void await node.stop());
    if (checkout === undefined && options.watched) {
      processes.use(await Watcher.start(node));
    }
    if (checkout === undefined) nodes.push(["", node, topicOptionsOf(options)]);
    else nodes.push([` (${checkout})`, node, {}]);
  }
  for (const framing of options.framings) {
    for (const [suffix, node, topicOptions] of nodes) {
      const name = `${framing}${suffix}`;
      contenders.push(new NodeContender(name, node, framing, options, topicOptions));
    }
  }
  return contenders;
}

function topicOptionsOf({ deduplication }: BenchOptions): NewTopicOptions {
  if (deduplication === undefined) return {};
  return { deduplicationWindow: 60_000_000, deduplicationMaxEntries: deduplication };
}

function print(
  options: BenchOptions,
  { cores, deno, load }: Conditions,
  results: readonly Result[],
): void {
  const { batch, size, connections, rounds, durability } = options;
  const requests = requestsPerConnection(options) * connections;
  const messages = requests * batch;
  const volume: Volume = { bytes: messages * size, messages, requests };
  console.log(
    `${requests} requests of ${batch} x ${size} B, ${connections} connection(s), ${durability}, ` +
      `${rounds} round(s); Deno ${deno}, ${cores} cores, ` +
      `load ${load.before} before and ${load.after} after`,
  );
  for (const { window, phase, series } of results) {
    console.log(`\n${phase}, ${window} request(s) under way`);
    for (const line of tableOf(figuresOf(series, volume))) console.log(line);
  }
}

/** One line on a terminal, written over by the next; nothing elsewhere. */
function progress(text: string): void {
  if (!Deno.stderr.isTerminal()) return;
  Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
}

/** How busy the machine is: the average number of threads that ran or wanted to in the last minute. */
function load(): number {
  return Deno.loadavg()[0];
}

interface Conditions {
  readonly cores: number;
  readonly deno: string;
  readonly load: { readonly before: number; readonly after: number };
}

const CONDITIONS = { cores: navigator.hardwareConcurrency, deno: Deno.version.deno };
/** Enough for hot code to be compiled. */
const WARM_UP_REQUESTS = 100;

if (import.meta.main) Deno.exit(await main(Deno.args));
