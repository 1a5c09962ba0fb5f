/**
 * `deno task fuzz`: changed records, messages and certificates by the million, to what takes them
 * from the network. tests/fuzz/README.md says how it works.
 *
 * @module
 */
import { everyBit } from "../tests/fuzz/every_bit.ts";
import { attempt, type Finding, type Tally } from "../tests/fuzz/fuzzer.ts";
import { TARGETS } from "../tests/fuzz/targets.ts";
import { type Assignment, type Report, SharedInput, targetsOf } from "../tests/fuzz/worker.ts";

const HELP = `deno task fuzz [tls] [x509] [OPTION...]
deno task fuzz bits     every bit of every flight of a handshake changed, one at a time

  --seconds N      how long (60)
  --executions N   how many inputs at most
  --seed N         the same seed gives the same inputs; of the clock when left out
  --canary         plants a bug, which has to be found
  --keep           writes inputs that were refused in a new way to tests/fuzz/corpus
  --replay NAME=HEX  hands one input to one target, and says what came of it

Ctrl-C ends a run early, with its report. Exits with 1 when there is a finding.`;

interface Options {
  readonly names: readonly string[];
  readonly seconds: number;
  readonly executions: number;
  readonly seed: number;
  readonly canary: boolean;
  readonly keep: boolean;
  readonly replay: string | undefined;
}

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === "bits") return await tryEveryBit();
  const options = parse(args);
  if (typeof options === "string") {
    console.log(options);
    return options === HELP ? 0 : 2;
  }
  if (options.replay !== undefined) return replay(options.replay);
  console.log(`fuzz ${options.names.join(" ")}: seed ${options.seed}`);
  const outcome = await run(options);
  print(outcome);
  if (options.keep && outcome.report !== undefined) await keep(options.names, outcome.report);
  return outcome.findings.length > 0 ? 1 : 0;
}

async function tryEveryBit(): Promise<number> {
  let found = 0;
  for await (const { scene, bits, findings } of everyBit()) {
    console.log(`  ${bits.toLocaleString("en").padStart(8)} bits of ${scene}`);
    for (const finding of findings) console.log(`FINDING ${finding}`);
    found += findings.length;
  }
  console.log(`${found} findings`);
  return found > 0 ? 1 : 0;
}

/** What a run came to. */
interface Outcome {
  readonly report: Report | undefined;
  readonly seconds: number;
  readonly findings: readonly string[];
  readonly heapBytesFirst: number;
}

function run(options: Options): Promise<Outcome> {
  const memory = SharedInput.allocate();
  const shared = new SharedInput(memory);
  const worker = new Worker(import.meta.resolve("../tests/fuzz/worker.ts"), { type: "module" });
  const startedMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let report: Report | undefined;
  let heapBytesFirst = 0;
  let [begun, sinceMs, printedMs] = [-1, startedMs, startedMs];
  const stop = () => shared.stop();
  const finish = (findings: readonly string[]) => {
    clearInterval(timer);
    Deno.removeSignalListener("SIGINT", stop);
    worker.terminate();
    resolve({ report, seconds: (performance.now() - startedMs) / 1000, findings, heapBytesFirst });
  };
  const watch = () => {
    const nowMs = performance.now();
    if (shared.begun !== begun) [begun, sinceMs] = [shared.begun, nowMs];
    else if (nowMs - sinceMs > HANG_MS) return finish([hangText(options, shared)]);
    if (nowMs - startedMs > options.seconds * 1000) stop();
    if (nowMs - printedMs < PROGRESS_MS || report === undefined) return;
    printedMs = nowMs;
    console.log(`  ${rateText(report.tally, (nowMs - startedMs) / 1000)}`);
  };
  const timer = setInterval(watch, 250);
  Deno.addSignalListener("SIGINT", stop);
  worker.onmessage = ({ data }: MessageEvent<Report>) => {
    report = data;
    if (heapBytesFirst === 0) heapBytesFirst = data.heapBytes;
    if (data.isOver) finish(findingsOf(data, heapBytesFirst));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    finish([`The fuzzer itself failed: ${event.message}`]);
  };
  worker.postMessage(assignmentOf(options, memory));
  return promise;
}

function assignmentOf(options: Options, memory: SharedArrayBuffer): Assignment {
  return {
    names: options.names,
    seed: options.seed,
    executionsMax: options.executions,
    withCanary: options.canary,
    keep: options.keep ? KEPT_PER_TARGET : 0,
    memory,
  };
}

function findingsOf({ tally, heapBytes }: Report, heapBytesFirst: number): string[] {
  const findings = tally.findings.map(findingText);
  const growth = heapBytes - heapBytesFirst;
  if (heapBytesFirst > 0 && growth > HEAP_GROWTH_BYTES_MAX) {
    findings.push(`Memory grew by ${mib(growth)} MiB`);
  }
  return findings;
}

function findingText({ target, execution, input, error }: Finding): string {
  return `${target}, execution ${execution}: ${error}\n  --replay '${target}=${input.toHex()}'`;
}

function hangText({ names, canary }: Options, shared: SharedInput): string {
  const { target, input } = shared.current();
  const { name } = targetsOf(names, canary)[target];
  const text = `${name} takes more than ${HANG_MS / 1000} s`;
  return `${text}, execution ${shared.begun}\n  --replay '${name}=${input.toHex()}'`;
}

function print({ report, seconds, findings, heapBytesFirst }: Outcome): void {
  if (report !== undefined) {
    const { tally } = report;
    for (const [name, count] of Object.entries(tally.executed)) {
      console.log(`  ${count.toLocaleString("en").padStart(12)}  ${name}`);
    }
    const reasons = Object.entries(tally.reasons).map(([reason, count]) => `${reason} ${count}`);
    console.log(`${reasons.length} reasons of refusal: ${reasons.join(", ")}`);
    console.log(
      `${tally.refusals} different refusals, ${tally.accepted.toLocaleString("en")} taken`,
    );
    console.log(`heap: ${mib(heapBytesFirst)} MiB warm, ${mib(report.heapBytes)} MiB at the end`);
    console.log(rateText(tally, seconds));
  }
  for (const finding of findings) console.log(`FINDING ${finding}`);
  console.log(`${findings.length} findings`);
}

function rateText({ executions }: Tally, seconds: number): string {
  const rate = Math.round(executions / seconds).toLocaleString("en");
  return `${executions.toLocaleString("en")} inputs in ${Math.round(seconds)} s: ${rate} a second`;
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

async function keep(names: readonly string[], { kept }: Report): Promise<void> {
  for (const name of names) {
    const path = new URL(`../tests/fuzz/corpus/${name}.json`, import.meta.url);
    const corpus: Record<string, string[]> = JSON.parse(await Deno.readTextFile(path));
    for (const target of TARGETS[name]) {
      const inputs = new Set([...(corpus[target.name] ?? []), ...(kept[target.name] ?? [])]);
      if (inputs.size > 0) corpus[target.name] = [...inputs];
    }
    await Deno.writeTextFile(path, `${JSON.stringify(corpus, undefined, 2)}\n`);
  }
}

function replay(text: string): number {
  const at = text.lastIndexOf("=");
  const name = text.slice(0, at);
  const target = targetsOf(Object.keys(TARGETS), true).find((each) => each.name === name);
  if (target === undefined) {
    console.log(`No target is named ${name}`);
    return 2;
  }
  const said = attempt(target, Uint8Array.fromHex(text.slice(at + 1)));
  if (said instanceof Error) {
    console.log(`FINDING ${said.stack}`);
    return 1;
  }
  console.log(`${said.isRefusal ? "Refused" : "Taken"}: ${said.text}`);
  return 0;
}

function parse(args: readonly string[]): Options | string {
  const names: string[] = [];
  const values = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === "--help") return HELP;
    if (FLAGS.has(arg)) values.set(arg, "");
    else if (VALUED.has(arg)) values.set(arg, args[++at] ?? "");
    else if (arg in TARGETS) names.push(arg);
    else return `${arg} is neither a target nor an option: deno task fuzz --help lists them`;
  }
  const number = (option: string, otherwise: number) => Number(values.get(option) ?? otherwise);
  const options = {
    names: names.length > 0 ? names : Object.keys(TARGETS),
    seconds: number("--seconds", values.has("--executions") ? Infinity : 60),
    executions: number("--executions", Infinity),
    seed: number("--seed", Date.now() >>> 0),
    canary: values.has("--canary"),
    keep: values.has("--keep"),
    replay: values.get("--replay"),
  };
  const isWrong = [options.seconds, options.executions, options.seed].some(Number.isNaN);
  return isWrong ? `An option wants a number\n\n${HELP}` : options;
}

const FLAGS = new Set(["--canary", "--keep"]);
const VALUED = new Set(["--seconds", "--executions", "--seed", "--replay"]);
const HANG_MS = 20_000;
const PROGRESS_MS = 10_000;
const HEAP_GROWTH_BYTES_MAX = 64 * 2 ** 20;
const KEPT_PER_TARGET = 8;

if (import.meta.main) Deno.exit(await main(Deno.args));
