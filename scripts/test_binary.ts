/**
 * `deno task test:binary [--idle SECONDS]`: compiles for this machine and tries the program that comes
 * out: SDKs over TLS, HTTP, the dashboard, a crash, each command's help, what it links and maps, its
 * start, its memory, locked down as nobody, on an emulated ARM, and whom it talks to when idle.
 * A trial that this machine lacks the tools for says so. The last line counts them.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { compile, ownTarget } from "./compile.ts";
import { binaryName, targetNamed } from "./compile/targets.ts";
import { VERSION } from "../lib/version.ts";
import { IDLE_MB_MAX, LOADED_MB_MAX, READY_MS_MAX } from "./binary/ceilings.ts";
import { BATCH, countLoaded, load, openDashboard, produceAndPollByHttp } from "./binary/serving.ts";
import {
  emulated,
  ioUringFilter,
  lockedDown,
  reachingOut,
  statusBytes,
  traced,
} from "./binary/surroundings.ts";
import { hold, LeftOut, need, Trials } from "./binary/trials.ts";
import { type NodeOptions, type NodeProcess, startNode } from "./node_process.ts";

/** One program under trial, and room for its data. */
class Bench {
  readonly trials = new Trials();
  readonly folder = Deno.makeTempDirSync({ prefix: "whippet-binary-" });
  readonly binary: string;
  #directories = 0;

  constructor() {
    // Nobody has to come by on the way to a data directory.
    Deno.chmodSync(this.folder, 0o755);
    [this.binary] = compile({ targets: [ownTarget()], output: `${this.folder}/dist` });
  }

  /** An empty directory. */
  directory(): string {
    const path = `${this.folder}/data-${++this.#directories}`;
    Deno.mkdirSync(path);
    return path;
  }

  /** Runs `work` with a node that is killed after it. */
  async withNode(
    options: Partial<NodeOptions>,
    work: (node: NodeProcess, dataDirectory: string) => Promise<string | void>,
  ): Promise<string | void> {
    const dataDirectory = options.dataDirectory ?? this.directory();
    const logFile = `${dataDirectory}.log`;
    const node = await startNode({ program: [this.binary], ...options, dataDirectory, logFile });
    try {
      return await work(node, dataDirectory);
    } finally {
      await node.kill();
    }
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ args: Deno.args, options: { idle: { type: "string" } } });
  const bench = new Bench();
  const { trials } = bench;
  try {
    await trials.run("Compiled again elsewhere, it is the same byte for byte", () => same(bench));
    await trials.run("It links the C library and nothing else", () => links(bench.binary));
    await trials.run("It answers --help and --version, and each command its --help", () => {
      return helps(bench.binary);
    });
    await trials.run("It tells in five lines what matters", () => greets(bench));
    await trials.run(
      `It is ready in ${READY_MS_MAX} ms on an empty directory`,
      () => starts(bench),
    );
    await trials.run("HTTP: login, create, produce, poll; the dashboard", () => http(bench));
    await trials.run("It keeps what it acknowledged when it is killed", () => crash(bench));
    await trials.run("It maps no OpenSSL, and keeps below its ceilings of memory", () => {
      return memory(bench);
    });
    await trials.run("As nobody, on a read-only root, without io_uring", () => locked(bench));
    await trials.run("The program for 64-bit ARM produces and polls, emulated", () => arm(bench));
    await trials.run("Idle, it talks to nobody", () => idle(bench, Number(values.idle ?? 60)));
    for (const sdk of ["python-0.8", "python-0.9"]) {
      await trials.run(`${sdk} over TLS`, () => interop(bench.binary, sdk));
    }
    return trials.conclude();
  } finally {
    Deno.removeSync(bench.folder, { recursive: true });
  }
}

function same({ binary, folder }: Bench): string {
  const [again] = compile({ targets: [ownTarget()], output: `${folder}/again` });
  const sums = (path: string) => Deno.readTextFileSync(path.replace(/[^/]+$/, "SHA256SUMS"));
  hold(sums(again) === sums(binary), `Sums differ:\n${sums(binary)}${sums(again)}`);
  return `${(Deno.statSync(binary).size / 1e6).toFixed(1)} MB, ${sums(binary).slice(0, 16)}...`;
}

function links(binary: string): string {
  need("ldd", "Debian's libc-bin");
  const { stdout } = new Deno.Command("ldd", { args: [binary] }).outputSync();
  const names = [...new TextDecoder().decode(stdout).matchAll(/^\s*(?:\S*\/)?([\w-]+)\.so/gm)]
    .map(([, name]) => name).sort();
  const others = names.filter((name) => !C_LIBRARY.has(name));
  hold(others.length === 0, `It links ${others.join(", ")}`);
  return names.join(", ");
}

function helps(binary: string): string {
  const ask = (...args: string[]) => {
    const { success, stdout } = new Deno.Command(binary, { args }).outputSync();
    hold(success, `${args.join(" ")} fails`);
    return new TextDecoder().decode(stdout);
  };
  hold(ask("--version") === `whippet ${VERSION}\n`, "--version gives another");
  const listed = ask("--help").split(/^.*[Cc]ommands.*:$/m)[1] ?? "";
  const commands = [...listed.matchAll(/^ +([a-z][\w-]*)/gm)].map(([, name]) => name);
  for (const command of [...commands, "cert", "config"]) ask(command, "--help");
  return `${commands.length} commands listed`;
}

async function greets(bench: Bench): Promise<void> {
  await bench.withNode({ env: HTTP_ON }, async (_node, directory) => {
    const wanted = [
      /serves tcp/,
      /Dashboard http/,
      /verify this node by/,
      /Data directory/,
      /Users/,
    ];
    const told = / (?:INFO|WARN) +node: (?!Keys that this node does not need)/;
    const lines = () =>
      Deno.readTextFileSync(`${directory}.log`).split("\n")
        .filter((line) => told.test(line));
    // The file that says it is ready is there before the lines are.
    for (let tries = 0; lines().length < wanted.length && tries < 100; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const said = lines();
    hold(said.length === wanted.length, `It says ${said.length} lines:\n${said.join("\n")}`);
    wanted.forEach((line, at) => hold(line.test(said[at]), `Line ${at + 1} is ${said[at]}`));
  });
}

/** The best of several, for what else this machine does is not the program's. */
async function starts(bench: Bench): Promise<string> {
  const times: number[] = [];
  for (let round = 0; round < START_ROUNDS; round++) {
    const directory = bench.directory();
    const from = performance.now();
    const child = new Deno.Command(bench.binary, {
      clearEnv: true,
      cwd: directory,
      env: {
        IGGY_SYSTEM_PATH: directory,
        IGGY_TCP_ADDRESS: "127.0.0.1:0",
        IGGY_WEBSOCKET_ADDRESS: "127.0.0.1:0",
        IGGY_HTTP_ADDRESS: "127.0.0.1:0",
      },
      stderr: "piped",
    }).spawn();
    const { value } = await child.stderr.getReader().read();
    times.push(performance.now() - from);
    hold(new TextDecoder().decode(value).includes("serves tcp"), "It says something else first");
    child.kill("SIGKILL");
    await child.status;
  }
  times.sort((one, other) => one - other);
  const [best, median] = [times[0], times[START_ROUNDS >> 1]].map(Math.round);
  const figure = `best ${best} ms, median ${median} ms of ${START_ROUNDS}`;
  hold(best <= READY_MS_MAX, figure);
  return figure;
}

async function http(bench: Bench): Promise<void> {
  await bench.withNode({ env: HTTP_ON }, async ({ httpAddress }) => {
    await produceAndPollByHttp(httpAddress, "rest");
    await openDashboard(httpAddress);
  });
}

async function crash(bench: Bench): Promise<string> {
  const megabytes = 20;
  const dataDirectory = bench.directory();
  await bench.withNode({ dataDirectory }, ({ address }) => load({ address }, "crash", megabytes));
  await bench.withNode({ dataDirectory }, async ({ address }) => {
    const count = await countLoaded({ address }, "crash");
    hold(count === megabytes * BATCH, `${count} of ${megabytes * BATCH} messages are there`);
  });
  return `${megabytes * BATCH} messages`;
}

async function memory(bench: Bench): Promise<string | void> {
  const env = { ...HTTP_ON, IGGY_TCP_TLS_ENABLED: "true" };
  return await bench.withNode({ env }, async ({ address, pid }, directory) => {
    const bytes = (field: "VmRSS" | "VmHWM") =>
      statusBytes(Deno.readTextFileSync(`/proc/${pid}/status`), field) / 1e6;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const idle = bytes("VmRSS");
    const ca = Deno.readTextFileSync(`${directory}/tls/ca.pem`);
    const reach = { address, tls: { ca, serverName: "localhost" } };
    await load(reach, "memory", LOAD_MB);
    const mapped = Deno.readTextFileSync(`/proc/${pid}/maps`);
    hold(!/libssl|libcrypto/.test(mapped), "libssl or libcrypto is mapped");
    const peak = bytes("VmHWM");
    const figure = `idle ${idle.toFixed(0)} MB (ceiling ${IDLE_MB_MAX}), ` +
      `at most ${peak.toFixed(0)} MB over ${LOAD_MB} MB by TLS (ceiling ${LOADED_MB_MAX})`;
    hold(idle <= IDLE_MB_MAX && peak <= LOADED_MB_MAX, figure);
    return figure;
  });
}

async function locked(bench: Bench): Promise<void> {
  need("bwrap", "Debian's bubblewrap");
  const dataDirectory = bench.directory();
  if (Deno.uid() === 0) Deno.chownSync(dataDirectory, 65534, 65534);
  const filter = `${bench.folder}/no_io_uring.bpf`;
  Deno.writeFileSync(filter, ioUringFilter());
  const program = lockedDown(bench.binary, dataDirectory, filter);
  await bench.withNode({ program, dataDirectory, env: HTTP_ON }, async (node) => {
    // bwrap waits for what it runs.
    const [inside] = Deno.readTextFileSync(`/proc/${node.pid}/task/${node.pid}/children`).split(
      " ",
    );
    const status = Deno.readTextFileSync(`/proc/${inside}/status`);
    hold(/^Seccomp:\t2$/m.test(status) && /^Uid:\t65534/m.test(status), "It is not locked down");
    await produceAndPollByHttp(node.httpAddress, "locked");
    await openDashboard(node.httpAddress);
    await load({ address: node.address }, "locked-load", 5);
  });
}

async function arm(bench: Bench): Promise<void> {
  need("qemu-aarch64-static", "Debian's qemu-user-static");
  const denort = Deno.env.get("DENORT_BIN");
  if (denort !== undefined && !denort.includes("{target}")) {
    throw new LeftOut("DENORT_BIN has no {target}");
  }
  const target = targetNamed("aarch64-unknown-linux-gnu");
  const output = `${bench.folder}/arm`;
  compile({ targets: [target], output });
  const program = emulated(`${output}/${binaryName(VERSION, target)}`);
  await bench.withNode({ program, env: HTTP_ON }, async ({ address, httpAddress }) => {
    await produceAndPollByHttp(httpAddress, "arm");
    await load({ address }, "arm-load", 1);
  });
}

async function idle(bench: Bench, seconds: number): Promise<string | void> {
  need("strace", "Debian's strace");
  const trace = `${bench.folder}/network.trace`;
  const program = traced(bench.binary, trace);
  return await bench.withNode({ program, env: { ...HTTP_ON, ...HASTE } }, async () => {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const text = Deno.readTextFileSync(trace);
    hold(text.includes("listen("), "The trace shows not even that it listens");
    const lines = reachingOut(text);
    hold(lines.length === 0, lines.slice(0, 5).join("\n"));
    return `${seconds} s with its intervals shortened, ${text.split("\n").length} calls traced`;
  });
}

function interop(binary: string, sdk: string): string {
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "interop", "--tls", sdk],
    env: { WHIPPET_BINARY: binary, NO_COLOR: "1" },
  }).outputSync();
  const said = new TextDecoder().decode(stdout);
  if (said.includes("No interop programs")) throw new LeftOut("no interop programs are here");
  hold(success, `${said}${new TextDecoder().decode(stderr)}`);
  return said.trimEnd().split("\n").at(-1)!;
}

const HTTP_ON = { IGGY_HTTP_ENABLED: "true", IGGY_HTTP_ADDRESS: "127.0.0.1:0" };
/** What a node does now and then, it does often, so that a minute stands for an hour. */
const HASTE = {
  IGGY_MESSAGE_SAVER_INTERVAL: "1 s",
  IGGY_DATA_MAINTENANCE_MESSAGES_CLEANER_ENABLED: "true",
  IGGY_DATA_MAINTENANCE_MESSAGES_INTERVAL: "1 s",
  IGGY_HEARTBEAT_INTERVAL: "1 s",
};

/** libc, libm, libdl, libpthread, libgcc, and what of the C library else a runtime may name. */
const C_LIBRARY: ReadonlySet<string> = new Set([
  ...["libc", "libm", "libdl", "libpthread", "libgcc_s"],
  ...["librt", "linux-vdso", "ld-linux-x86-64", "ld-linux-aarch64"],
]);

const START_ROUNDS = 9;
const SETTLE_MS = 3000;
const LOAD_MB = 400;

if (import.meta.main) Deno.exit(await main());
