/**
 * The far side of serve.ts: the node, on a thread with its own permissions.
 *
 * @module
 */
import type { Config } from "../config.ts";
import { Node } from "../node.ts";
import type { NewRoot } from "../node/root_user.ts";
import { systemPorts } from "../os/system_ports.ts";
import { configureLogs, logs } from "../telemetry.ts";
import { greet } from "./greeting.ts";
import type { NodeFolders } from "./permissions.ts";

/** What the node is told: to start, first and once; then to stop, which it does when what is under way is done. */
export type Order =
  | {
    readonly kind: "start";
    readonly config: Config;
    readonly folders: NodeFolders;
    /** For a new data directory. */
    readonly root: NewRoot | undefined;
  }
  | { readonly kind: "stop"; readonly signal: string };

/** What becomes of it: `ready` to serve, then `stopped`; or `failed`, which the log explains. */
export type Report = "ready" | "stopped" | "failed";

/** The global scope of a worker, which the checker takes for a window's. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Order>) => void;
  postMessage(report: Report): void;
}

const scope = globalThis as unknown as WorkerScope;
let starting: Promise<Node>;

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage(await obey(data));
  } catch (error) {
    logs.node.fatal("{error}", { error: error instanceof Error ? error.message : error });
    scope.postMessage("failed");
  }
};

async function obey(order: Order): Promise<Report> {
  if (order.kind === "start") {
    await (starting = start(order));
    return "ready";
  }
  logs.node.info("{signal}: draining", { signal: order.signal });
  await (await starting).drain();
  logs.node.info("Stopped");
  return "stopped";
}

async function start({ config, folders, root }: Order & { kind: "start" }): Promise<Node> {
  await configureLogs(config.logLevel, (line) => Deno.stderr.writeSync(UTF8.encode(line)));
  for (const warning of config.warnings) logs.node.warn("{warning}", { warning });
  const node = await Node.start(config, systemPorts(folders.data, folders.bridge), root);
  greet(config, node);
  return node;
}

const UTF8 = new TextEncoder();
