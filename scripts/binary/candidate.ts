/**
 * The program under trial, compiled from this checkout, and room for its data.
 *
 * @module
 */
import { VERSION } from "../../lib/version.ts";
import { compile, ownTarget } from "../compile.ts";
import { binaryName, runtimeFor, type Target } from "../compile/targets.ts";
import { type NodeOptions, type NodeProcess, startNode } from "../node_process.ts";
import { LeftOut } from "./trials.ts";

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
    // What is named for this machine lies beside those for the others, if they are there.
    const denort = Deno.env.get("DENORT_BIN")?.replaceAll(ownTarget().name, "{target}");
    if (denort !== undefined) Deno.env.set("DENORT_BIN", denort);
    [this.binary] = compile({ targets: [ownTarget()], output: `${this.folder}/dist` });
  }

  /** The path of the program for that machine. Throws a {@link LeftOut} where there is no runtime to embed. */
  binaryFor(target: Target): string {
    if (target.name === ownTarget().name) return this.binary;
    const denort = Deno.env.get("DENORT_BIN");
    if (denort !== undefined) {
      const runtime = denort.includes("{target}") ? runtimeFor(denort, target) : undefined;
      if (runtime === undefined || !isThere(runtime)) {
        throw new LeftOut(`there is no ${runtime ?? "{target} in DENORT_BIN"} to compile with`);
      }
    }
    const path = `${this.folder}/${target.name}/${binaryName(VERSION, target)}`;
    if (!isThere(path)) compile({ targets: [target], output: `${this.folder}/${target.name}` });
    return path;
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

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The environment of a node that serves HTTP too. */
export const HTTP_ON = { IGGY_HTTP_ENABLED: "true", IGGY_HTTP_ADDRESS: "127.0.0.1:0" };
