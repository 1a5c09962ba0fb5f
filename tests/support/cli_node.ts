/**
 * The command line over a real node: lines in, exit codes and texts out. Files and answers are the
 * world's (`cli_world.ts`), the connections and the time are real.
 *
 * @module
 */
import { runCommand } from "../../lib/cli/program.ts";
import { wakefulClock } from "../../lib/os/clock.ts";
import { systemEntropy } from "../../lib/os/entropy.ts";
import { connectTcp } from "../../lib/os/net.ts";
import type { Example } from "../../lib/cli/definition.ts";
import { SCENE, wordsOf } from "./cli_scene.ts";
import { CliWorld } from "./cli_world.ts";
import { startNode, type TestNode, type TestNodeOptions } from "./node.ts";

/** What a line led to. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A node with a command line to it. Disposing of it ends the node. */
export class CliNode implements AsyncDisposable {
  readonly world = new CliWorld();
  readonly node: TestNode;

  /** Starts a node; in its environment root logs in unless a line says otherwise. */
  static async start(options: TestNodeOptions = {}): Promise<CliNode> {
    return new CliNode(await startNode(options));
  }

  private constructor(node: TestNode) {
    this.node = node;
    this.world.answer = connectTcp;
    this.world.environment.IGGY_USERNAME = "iggy";
    this.world.environment.IGGY_PASSWORD = "iggy";
  }

  /** Runs a line, its words divided by spaces; `"..."` holds words together. */
  run(line: string, input?: string): Promise<Outcome> {
    return this.runWords(wordsOf(line), input);
  }

  async runWords(words: readonly string[], input = ""): Promise<Outcome> {
    const { world } = this;
    world.printed.length = world.complaints.length = 0;
    world.input = input;
    // Time and chance are the real ones: a node is at the other end.
    const ports = { ...world, clock: wakefulClock, entropy: systemEntropy };
    const place = ["--tcp-server-address", `127.0.0.1:${this.node.port}`];
    const code = await runCommand([...place, ...words], ports);
    return { code, out: world.printed.join("\n"), err: world.complaints.join("\n") };
  }

  /** Runs lines that must all succeed; gives what the last one printed. */
  async must(...lines: string[]): Promise<string> {
    let out = "";
    for (const line of lines) {
      const outcome = await this.run(line);
      if (outcome.code !== 0) throw new Error(`${line}: ${Deno.inspect(outcome)}`);
      out = outcome.out;
    }
    return out;
  }

  /** What all examples of the command line stand on. */
  async scene(): Promise<void> {
    await this.must(...SCENE);
  }

  /** Runs an example behind what it needs. */
  async example({ line, before = [], input }: Example): Promise<Outcome> {
    await this.must(...before);
    return await this.run(line, input);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.node[Symbol.asyncDispose]();
  }
}
