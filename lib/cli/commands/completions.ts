/**
 * `whippet completions`: scripts that make shells complete commands and options.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandDefinition, CommandGroup } from "../definition.ts";
import { completionScript, type Shell, SHELLS } from "../completion_scripts.ts";

/** The command, over all commands there are. */
export function completions(
  commands: () => readonly (CommandGroup | CommandDefinition)[],
): CommandDefinition {
  return {
    name: "completions",
    about: "Print the completions for a shell, to be sourced by it",
    parameters: [{ flags: "<shell>", about: "bash, zsh, fish or powershell", choices: SHELLS }],
    examples: SHELLS.map((shell) => ({ line: `completions ${shell}` })),
    run({ output }: CommandContext, [shell]: [Shell]) {
      output.line(completionScript(shell, commands()).trimEnd());
      return Promise.resolve();
    },
  };
}
