/**
 * A node in a process of its own, as a user would start it: free ports, a data directory given by the
 * caller, configuration by Iggy's environment names. For scripts and for tests that need the whole.
 *
 * @module
 */
import { parse } from "@std/toml";

/** A node that is ready. */
export interface NodeProcess {
  readonly pid: number;
  /** `host:port` of the binary protocol, both framings. */
  readonly address: string;
  /** `host:port` of WebSocket. */
  readonly webSocketAddress: string;
  /** `host:port` of HTTP; empty unless `env` turns it on. */
  readonly httpAddress: string;
  /** Asks it to drain and stop (SIGTERM) and waits for its end; gives the exit code. */
  stop(): Promise<number>;
  /** Ends it at once (SIGKILL) and waits for its end. */
  kill(): Promise<void>;
}

/** How to start one. */
export interface NodeOptions {
  /** The data directory; made by the node when missing. */
  readonly dataDirectory: string;
  /** Gets what the node prints, appended. */
  readonly logFile: string;
  /** Configuration on top, by Iggy's names: `{ IGGY_SYSTEM_LOGGING_LEVEL: "debug" }`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Flags on top of `--with-default-root-credentials`. */
  readonly args?: readonly string[];
  /** The folder of another checkout to run, in place of this one. */
  readonly checkout?: string;
  /** A program with its first arguments to run, in place of a checkout: WHIPPET_BINARY, if that is set. */
  readonly program?: readonly string[];
}

/** Starts a node and waits until it has written its bound ports; root is `iggy` / `iggy`. */
export async function startNode(options: NodeOptions): Promise<NodeProcess> {
  const portsFile = `${options.dataDirectory}/runtime/current_config.toml`;
  Deno.mkdirSync(options.dataDirectory, { recursive: true });
  remove(portsFile); // that of a node killed before would be taken for the new one's
  const { pid, state, signal } = spawn(options);
  const deadline = Date.now() + READY_MS_MAX;
  for (;;) {
    const bound = boundIn(portsFile);
    if (bound !== undefined) {
      return {
        pid,
        ...bound,
        stop: () => signal("SIGTERM"),
        kill: async () => void await signal("SIGKILL"),
      };
    }
    if (state.code !== undefined) {
      throw new Error(`Node ended with ${state.code}${lastLines(options.logFile)}`);
    }
    if (Date.now() > deadline) {
      await signal("SIGKILL");
      throw new Error(`Node was not ready in ${READY_MS_MAX} ms${lastLines(options.logFile)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
}

/** A node that may not be ready yet; `state.code` is set once it has ended and all is in its log. */
interface Spawned {
  readonly pid: number;
  readonly state: { code?: number };
  /** Sends a signal unless it has ended, and waits for its end. */
  readonly signal: (name: Deno.Signal) => Promise<number>;
}

function spawn(options: NodeOptions): Spawned {
  const [program, ...first] = programOf(options);
  const child = new Deno.Command(program, {
    args: [...first, "--with-default-root-credentials", ...options.args ?? []],
    // A .env in the developer's working directory is not meant for this node.
    cwd: options.dataDirectory,
    clearEnv: true,
    env: {
      ...withoutConfiguration(Deno.env.toObject()),
      IGGY_SYSTEM_PATH: options.dataDirectory,
      IGGY_TCP_ADDRESS: "127.0.0.1:0",
      IGGY_WEBSOCKET_ADDRESS: "127.0.0.1:0",
      IGGY_HTTP_ENABLED: "false",
      IGGY_QUIC_ENABLED: "false",
      ...options.env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const logs = [child.stdout, child.stderr].map((stream) => log(stream, options.logFile));
  const state: { code?: number } = {};
  const ended = Promise.all([child.status, ...logs]).then(([{ code }]) => state.code = code);
  const signal = (name: Deno.Signal) => {
    if (state.code === undefined) send(child, name);
    return ended;
  };
  return { pid: child.pid, state, signal };
}

function programOf({ checkout, program }: NodeOptions): readonly string[] {
  const binary = Deno.env.get("WHIPPET_BINARY");
  if (program !== undefined) return program;
  if (checkout === undefined && binary !== undefined) return [Deno.realPathSync(binary)];
  return [Deno.execPath(), ...RUN_NODE, `${Deno.realPathSync(checkout ?? CHECKOUT)}/main.ts`];
}

/** The process may end between the question and the signal. */
function send(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The bound addresses, once the file is there and whole. */
function boundIn(
  path: string,
): Pick<NodeProcess, "address" | "webSocketAddress" | "httpAddress"> | undefined {
  let document: Record<string, unknown>;
  try {
    document = parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
  const [address, webSocketAddress, httpAddress] = ["tcp", "websocket", "http"].map((section) => {
    const { address } = (document[section] ?? {}) as { address?: unknown };
    return typeof address === "string" ? address : "";
  });
  return address === "" ? undefined : { address, webSocketAddress, httpAddress };
}

function withoutConfiguration(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(IGGY|WHIPPET)_/.test(name)));
}

async function log(stream: ReadableStream<Uint8Array>, path: string): Promise<void> {
  using file = Deno.openSync(path, { append: true, create: true });
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length;) at += file.writeSync(chunk.subarray(at));
  }
}

function lastLines(path: string): string {
  const lines = Deno.readTextFileSync(path).trimEnd().split("\n").slice(-20);
  return `; the end of ${path}:\n${lines.join("\n")}`;
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

const CHECKOUT = new URL("..", import.meta.url).pathname;

/** The permissions of `deno task dev`. */
const RUN_NODE = [
  "run",
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  "--allow-sys",
];

/** Generous: a cold cache on a busy machine still has to type check and compile. */
const READY_MS_MAX = 60_000;
const READY_POLL_MS = 20;
