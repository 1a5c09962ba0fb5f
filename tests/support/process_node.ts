/**
 * A node in a process of its own, with a data directory that outlives it: to be killed, stopped and
 * started again. Root is `iggy` / `iggy`.
 *
 * @module
 */
import { type NodeProcess, startNode } from "../../scripts/node_process.ts";

/** See the module comment. Disposing of it kills the process and removes the directory. */
export class ProcessNode implements AsyncDisposable {
  /** The data directory. */
  readonly directory: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #logFile: string;
  #process: NodeProcess | undefined;
  #logStart = 0;

  /** Configuration by Iggy's names: `{ IGGY_HEARTBEAT_INTERVAL: "1 s" }`. */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<ProcessNode> {
    const node = new ProcessNode(environment);
    await node.start();
    return node;
  }

  private constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
    this.directory = Deno.makeTempDirSync({ prefix: "whippet-process-" });
    this.#logFile = `${this.directory}/printed.log`;
  }

  /** Port of the binary protocols (and of everything else). */
  get port(): number {
    return Number(this.#running.address.split(":").at(-1));
  }

  get pid(): number {
    return this.#running.pid;
  }

  /** What it printed since it was last started. */
  get printed(): string {
    return Deno.readTextFileSync(this.#logFile).slice(this.#logStart);
  }

  /** Starts it on the same directory; resolves when it is ready. */
  async start(): Promise<void> {
    this.#logStart = this.#process === undefined ? 0 : Deno.readTextFileSync(this.#logFile).length;
    this.#process = await startNode({
      dataDirectory: this.directory,
      logFile: this.#logFile,
      env: this.#environment,
    });
  }

  /** Ends it at once: SIGKILL. */
  async kill(): Promise<void> {
    await this.#running.kill();
  }

  /** Asks it to end, SIGTERM; gives its exit code. */
  async stop(): Promise<number> {
    return await this.#running.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.kill();
    await Deno.remove(this.directory, { recursive: true });
  }

  get #running(): NodeProcess {
    if (this.#process === undefined) throw new Error("Node was never started");
    return this.#process;
  }
}
