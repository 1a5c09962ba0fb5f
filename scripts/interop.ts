/**
 * `deno task interop [--ws] [--tls] [NAME...|all]`: starts a node on a free port, runs the interop programs, each a
 * published Iggy SDK doing real work, against it, and prints a table of SDKs and steps. The programs
 * are not part of the repository: they lie beside it in `../shared/interop`, or where INTEROP_DIR says.
 * With `--tls` the node takes TLS only, and the programs verify it by name and by its own authority.
 * Some are, in `tests/interop`: `cross`, which sets two SDKs against each other and runs when both do, and
 * those of `--ws`, for the programs beside the repository dial TCP. With `--ws` each runs over WebSocket, on
 * the port for that and on the one for everything; `python-0.9` is `ws-python-0.9` then.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { report, type Run } from "./interop_report.ts";
import { type NodeProcess, startNode } from "./node_process.ts";

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      keep: { type: "boolean" },
      tls: { type: "boolean" },
      verbose: { type: "boolean" },
      ws: { type: "boolean" },
    },
  });
  const isTls = values.tls ?? false;
  const programs = values.ws ? selectedForWebSocket(positionals) : selected(positionals, isTls);
  const folder = Deno.makeTempDirSync({ prefix: "whippet-interop-" });
  console.log(`logs and data: ${folder}`);
  const node = await startNode({
    dataDirectory: `${folder}/data`,
    logFile: `${folder}/node.log`,
    env: isTls ? { IGGY_TCP_TLS_ENABLED: "true", IGGY_WEBSOCKET_TLS_ENABLED: "true" } : {},
  }).catch((error: Error) => fail(error.message));
  console.log(`node ${node.pid} listens on ${node.address}${isTls ? ", TLS only" : ""}`);
  const tls = isTls ? tlsSettings(folder) : { IGGY_TLS: "0" };
  Deno.addSignalListener("SIGINT", () => interrupt(node));

  const runs: Run[] = [];
  for (const sdk of programs) {
    runs.push(await run(sdk, { node, folder, tls }, values.verbose ?? false));
  }
  const code = await node.stop();
  const { table, remarks, passed, failed } = report(runs);
  console.log(`\n${[...table, "", ...remarks].join("\n")}`);
  if (code !== 0) console.log(`FAIL node: exit code ${code} when it was asked to stop`);
  const failures = failed + (code === 0 ? 0 : 1);
  if (failures > 0 || values.keep) console.log(`logs and data are kept: ${folder}`);
  else Deno.removeSync(folder, { recursive: true });
  console.log(`${passed} passed, ${failures} failed`);
  return failures === 0 ? 0 : 1;
}

/** How the programs speak TLS: by the name that the node's own certificate has, and its authority. */
function tlsSettings(folder: string): Record<string, string> {
  return {
    IGGY_TLS: "1",
    IGGY_TLS_CA: `${folder}/data/tls/ca.pem`,
    IGGY_TLS_DOMAIN: "localhost",
  };
}

/** The programs asked for, checked to be there; without TLS in their SDK, they are left out of it. */
function selected(names: readonly string[], isTls: boolean): readonly string[] {
  const there = available();
  if (there.length === 0) {
    fail(
      `No interop programs in ${INTEROP_DIR}: they are not part of this repository; ` +
        "put them beside it or name their folder in INTEROP_DIR",
    );
  }
  const wanted = names.length === 0 ? EVERY_DAY : names.includes("all") ? EVERY_ONE : names;
  const programs = wanted.filter((name) => !isTls || !PLAIN_ONLY.has(name));
  const missing = programs.filter((name) => !there.includes(name));
  if (missing.length > 0) {
    fail(`No program ${missing.join(", ")} in ${INTEROP_DIR}; there are ${there.join(", ")}`);
  }
  const crosses = !isTls && CROSSED.every((name) => programs.includes(name));
  return crosses ? [...new Set([...programs, CROSS])] : programs;
}

/** The programs for WebSocket, with or without their prefix; they need the SDKs only. */
function selectedForWebSocket(names: readonly string[]): readonly string[] {
  if (names.includes("all")) return WEB_SOCKET;
  if (names.length === 0) return WEB_SOCKET.filter((name) => name.startsWith("ws-python"));
  const programs = names.map((name) => name.startsWith("ws-") ? name : `ws-${name}`);
  const missing = programs.filter((name) => !WEB_SOCKET.includes(name));
  if (missing.length > 0) {
    fail(`No program ${missing.join(", ")}: that SDK has no WebSocket; there are ${WEB_SOCKET}`);
  }
  return programs;
}

function available(): string[] {
  try {
    const names = [...Deno.readDirSync(INTEROP_DIR)].map(({ name }) => name);
    return [...names.filter(isProgram).sort(), CROSS];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function isProgram(name: string): boolean {
  try {
    return Deno.statSync(programOf(name)).isFile;
  } catch {
    return false;
  }
}

/** The program's path. */
function programOf(name: string): string {
  return `${name === CROSS || WEB_SOCKET.includes(name) ? OWN_DIR : INTEROP_DIR}/${name}/run`;
}

/** What the programs run against. */
interface Place {
  readonly node: NodeProcess;
  /** For logs. */
  readonly folder: string;
  /** The settings of TLS for the programs. */
  readonly tls: Readonly<Record<string, string>>;
}

/** Runs one program to its end or its time limit; `detached` makes it and its children one group. */
async function run(sdk: string, { node, folder, tls }: Place, verbose: boolean): Promise<Run> {
  const start = performance.now();
  console.log(`${sdk} ...`);
  const child = new Deno.Command(programOf(sdk), {
    env: {
      IGGY_ADDR: node.address,
      IGGY_WS_ADDR: node.webSocketAddress,
      IGGY_USERNAME: "iggy",
      IGGY_PASSWORD: "iggy",
      ...tls,
      INTEROP_CACHE: Deno.env.get("INTEROP_CACHE") ?? "/tmp/interop-cache",
      INTEROP_DIR,
    },
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  running = child.pid;
  const limit = timeLimit(sdk);
  let end: string | undefined;
  const timer = setTimeout(() => {
    end = `stopped after ${limit} s`;
    killGroup(child.pid);
  }, limit * 1000);
  using log = Deno.openSync(`${folder}/${sdk}.log`, { create: true, append: true });
  const [out, err] = await Promise.all([
    record(child.stdout, log, verbose),
    record(child.stderr, log, verbose),
  ]);
  const { success, code } = await child.status;
  clearTimeout(timer);
  running = undefined;
  if (!success) end ??= `exit code ${code}`;
  const output = out || err;
  const { passed, failed } = report([{ sdk, output, end }]);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`  ${passed} passed, ${failed} failed in ${seconds} s`);
  return { sdk, output, end };
}

/** Copies a program's output to its log, and to the terminal when asked; gives all of it. */
async function record(
  stream: ReadableStream<Uint8Array>,
  log: Deno.FsFile,
  verbose: boolean,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length;) at += log.writeSync(chunk.subarray(at));
    const piece = decoder.decode(chunk, { stream: true });
    if (verbose) console.log(piece.trimEnd().replace(/^/gm, "  "));
    text += piece;
  }
  return text;
}

/** Seconds; a first run installs the SDK, and for Rust that is a build of many minutes. */
function timeLimit(sdk: string): number {
  const given = Number(Deno.env.get("IGGY_RUN_TIMEOUT"));
  return given > 0 ? given : sdk.includes("rust-") || sdk === "cli" ? 1800 : 300;
}

async function interrupt(node: NodeProcess): Promise<never> {
  if (running !== undefined) killGroup(running);
  await node.kill();
  Deno.exit(130);
}

function killGroup(leader: number): void {
  try {
    Deno.kill(-leader, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function fail(message: string): never {
  console.error(message);
  console.log("0 passed, 1 failed");
  Deno.exit(1);
}

/** The process group of the program under way. */
let running: number | undefined;

const INTEROP_DIR = Deno.env.get("INTEROP_DIR") ??
  new URL("../../shared/interop", import.meta.url).pathname;

const OWN_DIR = new URL("../tests/interop", import.meta.url).pathname;

/** The program that needs what the programs of both SDKs install. */
const CROSS = "cross";
const CROSSED = ["python-0.8", "python-0.9"];

/** Their SDKs, or what they do, know no TLS (INTEROP's README). */
const PLAIN_ONLY: ReadonlySet<string> = new Set(["go-0.7", "cli", CROSS]);

/** The SDKs that speak WebSocket; those of Go, Java and the command line client do not, or dial TCP only. */
const WEB_SOCKET: readonly string[] = [
  "ws-python-0.7",
  "ws-python-0.8",
  "ws-python-0.9",
  "ws-rust-0.10",
  "ws-rust-0.11",
];

const EVERY_DAY = ["python-0.8", "python-0.9", "python-0.7", "go-0.8", "go-0.7"];
const EVERY_ONE = [...EVERY_DAY, "java-0.8", "java-0.7", "rust-0.10", "rust-0.11"];

if (import.meta.main) Deno.exit(await main());
