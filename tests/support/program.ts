/**
 * main.ts as a user runs it: arguments and environment in, exit code and what it prints out.
 *
 * @module
 */
import { eventually } from "./eventually.ts";

/** How it is run. */
export interface ProgramOptions {
  /** The working directory, to which relative paths belong. */
  readonly directory: string;
  /** Nothing of the test's own configuration gets through. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a run left behind. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to its end. */
export async function runProgram(args: readonly string[], options: ProgramOptions): Promise<Run> {
  const { code, stdout, stderr } = await command(args, options).output();
  return { code, stdout: TEXT.decode(stdout), stderr: TEXT.decode(stderr) };
}

/** A node that was started and serves. Disposing of it kills it. */
export class RunningProgram implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #printed: Promise<string>[];
  #ended = false;

  /** Starts it and waits for the file with its ports, below `dataDirectory`. */
  static async start(
    args: readonly string[],
    options: ProgramOptions,
    dataDirectory = "local_data",
  ): Promise<RunningProgram> {
    const portsFile = `${options.directory}/${dataDirectory}/runtime/current_config.toml`;
    const program = new RunningProgram(command(args, options).spawn());
    await eventually(`${portsFile} is there`, () => program.#ended || exists(portsFile));
    if (!program.#ended) return program;
    throw new Error(`Program ended: ${Deno.inspect(await program.end())}`);
  }

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#printed = [child.stdout, child.stderr].map((stream) => new Response(stream).text());
    child.status.then(() => this.#ended = true);
  }

  /** Sends it a signal and waits for its end. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Run> {
    if (!this.#ended) this.#child.kill(signal);
    return await this.end();
  }

  async end(): Promise<Run> {
    const { code } = await this.#child.status;
    const [stdout, stderr] = await Promise.all(this.#printed);
    return { code, stdout, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}

function command(args: readonly string[], { directory, env = {} }: ProgramOptions): Deno.Command {
  const { PATH = "", HOME = "", DENO_DIR } = Deno.env.toObject();
  return new Deno.Command(Deno.execPath(), {
    args: [...RUN, ...args],
    cwd: directory,
    clearEnv: true,
    env: { PATH, HOME, NO_COLOR: "1", ...DENO_DIR === undefined ? {} : { DENO_DIR }, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The permissions of `deno task dev`. */
const RUN = [
  "run",
  "--quiet",
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  "--allow-sys",
  new URL("../../main.ts", import.meta.url).pathname,
];

const TEXT = new TextDecoder();
