/**
 * Trials of the binary: each is a name and what has to come true, told and counted as it goes.
 *
 * @module
 */

/** Thrown by a trial that this machine cannot hold; the message says what it lacks. */
export class LeftOut extends Error {
  override readonly name = "LeftOut";
}

/** See the module comment. */
export class Trials {
  #passed = 0;
  #failed = 0;

  /** Runs one; `work` may give a figure to print beside it. Never rejects. */
  async run(name: string, work: () => Promise<string | void> | string | void): Promise<void> {
    try {
      const figure = await work();
      this.#passed++;
      console.log(`ok    ${name}${figure ? `: ${figure}` : ""}`);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof LeftOut) return console.log(`-     ${name}: left out, ${message}`);
      this.#failed++;
      console.log(`FAIL  ${name}: ${message}`);
    }
  }

  /** The last line, and the exit code that goes with it. */
  conclude(): 0 | 1 {
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 ? 0 : 1;
  }
}

/** Throws with `message` unless it holds. */
export function hold(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws a {@link LeftOut} unless the program is there. */
export function need(program: string, origin: string): void {
  const { success } = new Deno.Command("sh", { args: ["-c", `command -v ${program}`] })
    .outputSync();
  if (!success) throw new LeftOut(`there is no ${program} (${origin})`);
}
