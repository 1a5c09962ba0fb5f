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
}

/** Starts a node and waits until it has written its bound ports; root is `iggy` / `iggy`. */
export async function startNode(options: NodeOptions): Promise<NodeProcess> {
  const portsFile = `${options.dataDirectory}/runtime/current_config.toml`;
  Deno.mkdirSync(options.dataDirectory, { recursive: true });
  remove(portsFile); // that of a node killed before would be taken for the new one's
  const child = new Deno.Command(Deno.execPath(), {
    args: [...RUN_NODE, "--with-default-root-credentials", ...options.args ?? []],
    // A .env in the developer's working directory is not meant for this node.
    cwd: options.dataDirectory,
    clearEnv: true,
    env: {
      ...withoutIggy(Deno.env.toObject()),
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
  const logs = Promise.all([child.stdout, child.stderr].map((each) => log(each, options.logFile)));
  let exited = false;
  const ended = child.status.then(async ({ code }) => {
    exited = true;
    await logs;
    return code;
  });
  const signal = (name: Deno.Signal) => {
    if (!exited) child.kill(name);
    return ended;
  };

  const deadline = Date.now() + READY_MS_MAX;
  for (let ports = portsIn(portsFile);; ports = portsIn(portsFile)) {
    if (exited) throw new Error(`Node ended with ${await ended}${lastLines(options.logFile)}`);
    if (ports !== undefined) {
      return {
        pid: child.pid,
        address: ports.tcp,
        webSocketAddress: ports.webSocket,
        stop: () => signal("SIGTERM"),
        kill: async () => void await signal("SIGKILL"),
      };
    }
    if (Date.now() > deadline) {
      await signal("SIGKILL");
      throw new Error(
        `Node wrote no ${portsFile} in ${READY_MS_MAX} ms${lastLines(options.logFile)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
}

/** The bound addresses, once the file is there and whole. */
function portsIn(path: string): { tcp: string; webSocket: string } | undefined {
  let document: Record<string, unknown>;
  try {
    document = parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
  const [tcp, webSocket] = ["tcp", "websocket"].map((section) => {
    const { address } = (document[section] ?? {}) as { address?: unknown };
    return typeof address === "string" ? address : "";
  });
  return tcp === "" ? undefined : { tcp, webSocket };
}

function withoutIggy(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("IGGY_")));
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

const ROOT = new URL("..", import.meta.url);

/** The permissions of `deno task dev`. */
const RUN_NODE = [
  "run",
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  "--allow-sys",
  new URL("main.ts", ROOT).pathname,
];

/** Generous: a cold cache on a busy machine still has to type check and compile. */
const READY_MS_MAX = 60_000;
const READY_POLL_MS = 20;
