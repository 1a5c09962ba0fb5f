/**
 * The program as a command line: run in a folder that is its home too, with nothing of this user's
 * configuration; and the examples that a help shows.
 *
 * @module
 */

/** What a run left behind. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** See the module comment. */
export class CommandLine {
  readonly #binary: string;
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;

  /** `env` is all of the environment but for the folders. */
  constructor(binary: string, folder: string, env: Readonly<Record<string, string>> = {}) {
    this.#binary = binary;
    this.#folder = folder;
    this.#env = env;
  }

  /** Runs it to its end, which is forced after {@link RUN_MS_MAX}. */
  async run(words: readonly string[], input = ""): Promise<Outcome> {
    const child = this.#command(words, "piped").spawn();
    const fed = new Blob([input]).stream().pipeTo(child.stdin).catch((error) => {
      // It need not read to the end, nor at all.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    });
    const [{ code, stdout, stderr }] = await Promise.all([child.output(), fed]);
    return { code, out: TEXT.decode(stdout), err: TEXT.decode(stderr) };
  }

  /**
   * Runs it as a node: `work` gets the `host:port` that it says it serves, then it is asked to end.
   * Gives its exit code.
   */
  async serve(words: readonly string[], work: (address: string) => Promise<void>): Promise<number> {
    const child = this.#command(words, "null").spawn();
    let said = "";
    try {
      const lines = child.stderr.pipeThrough(new TextDecoderStream());
      for await (const chunk of lines.values({ preventCancel: true })) {
        said += chunk;
        if (SERVES.test(said)) break;
      }
      const [, address] = SERVES.exec(said) ?? [];
      if (address === undefined) throw new Error(`It does not serve: ${said}`);
      void lines.pipeTo(new WritableStream());
      await work(address);
      child.kill("SIGTERM");
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    } finally {
      await child.stdout.cancel();
      await child.status;
    }
    return (await child.status).code;
  }

  #command(words: readonly string[], stdin: "piped" | "null"): Deno.Command {
    return new Deno.Command(this.#binary, {
      args: [...words],
      cwd: this.#folder,
      clearEnv: true,
      env: {
        HOME: this.#folder,
        USERPROFILE: this.#folder,
        XDG_CONFIG_HOME: this.#folder,
        ...this.#env,
      },
      stdin,
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(RUN_MS_MAX),
    });
  }
}

/** An example of a help: `NAME=value whippet words`. */
export interface ShownExample {
  /** The words behind the program's name, as one line. */
  readonly line: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The examples in a help: lines set in by two, up to the remark that two spaces divide from them. */
export function examplesIn(help: string): ShownExample[] {
  const lines = help.matchAll(/^ {2}((?:[A-Z_]+=\S+ )*)whippet(?: (\S.*?))?(?: {2,}.*)?$/gm);
  return Array.from(lines, ([, settings, line = ""]) => ({
    line,
    env: Object.fromEntries(
      settings.trim().split(" ").filter(Boolean).map((setting) => {
        const at = setting.indexOf("=");
        return [setting.slice(0, at), setting.slice(at + 1)];
      }),
    ),
  }));
}

const SERVES = /serves tcp ([^\s,]+)/;
const TEXT = new TextDecoder();

/** Generous: most commands take a fifth of a second, `bench` some seconds. */
const RUN_MS_MAX = 60_000;
