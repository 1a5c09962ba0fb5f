/**
 * A command as data: its name, arguments, help and examples, and what it does. `program.ts` makes
 * commander's commands of these, `completions.ts` the completions, scripts/cli_document.ts docs/cli.md.
 *
 * @module
 */
import type { CommandContext } from "./command_context.ts";

/** A word of the command line with commands below it, as `stream`. */
export interface CommandGroup {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly about: string;
  readonly commands: readonly CommandDefinition[];
}

/** One thing to do. */
export interface CommandDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** A sentence without a full stop, in the imperative. */
  readonly about: string;
  readonly parameters?: readonly Parameter[];
  readonly options?: readonly Parameter[];
  /** At least one; each is run by a test, in its scene (tests/support/cli_scene.ts). */
  readonly examples: readonly Example[];
  /** Gives the exit code; nothing for 0. `values` are of `parameters`, in order. */
  run(
    context: CommandContext,
    values: readonly unknown[],
    options: object,
  ): Promise<number | void>;
}

/** An argument or an option. */
export interface Parameter {
  /** In commander's notation: `<stream>`, `[names...]`, `-m, --max <count>`, `--all`. */
  readonly flags: string;
  readonly about: string;
  /** What the text means; throws commander's `InvalidArgumentError`. */
  readonly parse?: (text: string) => unknown;
  /** The value when it is not given. */
  readonly fallback?: unknown;
  /** The only texts it takes. */
  readonly choices?: readonly string[];
  /** An option that may be given again and again; its value is a list. */
  readonly repeats?: true;
}

/** A command line that works, without the program's name. */
export interface Example {
  readonly line: string;
  /** Command lines that have to come first. */
  readonly before?: readonly string[];
  /** What comes from the standard input. */
  readonly input?: string;
}

/** Whether it has commands below it. */
export function isGroup(entry: CommandGroup | CommandDefinition): entry is CommandGroup {
  return "commands" in entry;
}
