/**
 * The program under trial, compiled from this checkout, and room for its data.
 *
 * @module
 */
import { compile, ownTarget } from "../compile.ts";
import { type NodeOptions, type NodeProcess, startNode } from "../node_process.ts";

/** See the module comment. Disposing of it removes its folder. */
export class Candidate implements Disposable {
  /** All that a trial writes is below it. */
  readonly folder: string;
  /** The path of the program. */
  readonly binary: string;
  #directories = 0;

  /** Compiles it. */
  constructor() {
    this.folder = Deno.makeTempDirSync({ prefix: "whippet-binary-" });
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

  /** Runs `work` with a node that is killed after it. What it prints is in `dataDirectory` with `.log` behind it. */
  async withNode<Result>(
    options: Partial<NodeOptions>,
    work: (node: NodeProcess, dataDirectory: string) => Promise<Result>,
  ): Promise<Result> {
    const dataDirectory = options.dataDirectory ?? this.directory();
    const logFile = `${dataDirectory}.log`;
    const node = await startNode({ program: [this.binary], ...options, dataDirectory, logFile });
    try {
      return await work(node, dataDirectory);
    } finally {
      await node.kill();
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** The environment of a node that serves HTTP too. */
export const HTTP_ON = { IGGY_HTTP_ENABLED: "true", IGGY_HTTP_ADDRESS: "127.0.0.1:0" };
