/**
 * A node in this process, on free ports of loopback and a data directory of its own, for tests that
 * talk to it through real sockets. Root is `iggy` / `iggy`.
 *
 * @module
 */
import { type Config, loadConfig } from "../../lib/config.ts";
import { Node } from "../../lib/node.ts";
import { systemPorts } from "../../lib/os/system_ports.ts";
import type { NodePorts } from "../../lib/ports.ts";

/** A node that serves. */
export interface TestNode extends AsyncDisposable {
  readonly node: Node;
  readonly config: Config;
  /** Port of the binary protocols (and of everything else). */
  readonly port: number;
  /** The data directory; removed with the node unless the caller named it. */
  readonly directory: string;
  /** Drains and stops; safe to call twice. */
  stop(): Promise<void>;
}

/** What is particular to a test's node. */
export interface TestNodeOptions {
  /** Kept after the node stops. */
  readonly directory?: string;
  /** Configuration by Iggy's names: `{ IGGY_HEARTBEAT_INTERVAL: "1 s" }`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** In place of the system's: a clock that is set by hand, a disk that counts. */
  readonly ports?: Partial<NodePorts>;
}

export async function startNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const directory = options.directory ?? Deno.makeTempDirSync({ prefix: "whippet-test-" });
  const config = loadConfig({
    readText: () => undefined,
    environment: {
      IGGY_SYSTEM_PATH: directory,
      IGGY_TCP_ADDRESS: "127.0.0.1:0",
      IGGY_HTTP_ENABLED: "false",
      IGGY_WEBSOCKET_ENABLED: "false",
      IGGY_ROOT_USERNAME: "iggy",
      IGGY_ROOT_PASSWORD: "iggy",
      ...options.environment,
    },
  });
  const node = await Node.start(config, { ...systemPorts(directory), ...options.ports });
  const stop = async () => {
    await node.drain();
    if (options.directory === undefined) await removeQuietly(directory);
  };
  return { node, config, port: node.bound.tcp!.port, directory, stop, [Symbol.asyncDispose]: stop };
}

async function removeQuietly(directory: string): Promise<void> {
  try {
    await Deno.remove(directory, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
