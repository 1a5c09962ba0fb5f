/**
 * What the examples of the command line's help stand on: the lines that come first, and what of an
 * example is not for everybody's machine.
 *
 * @module
 */
import { COMMANDS } from "../../lib/cli/commands/all.ts";
import { type CommandDefinition, type Example, isGroup } from "../../lib/cli/definition.ts";

/** A command, and the words that call it: `["stream", "create"]`. */
export interface NamedCommand {
  readonly path: readonly string[];
  readonly definition: CommandDefinition;
}

/** Every command of the command line but `serve`, `config` and `cert`, in the order of the help. */
export const NAMED_COMMANDS: readonly NamedCommand[] = COMMANDS.flatMap((entry) =>
  isGroup(entry)
    ? entry.commands.map((each) => ({ path: [entry.name, each.name], definition: each }))
    : [{ path: [entry.name], definition: entry }]
);

/** Lines that have to come before any example. */
export const SCENE: readonly string[] = [
  "stream create orders",
  "topic create orders events 3 none",
  "message send -p 0 orders events one two three",
  "message send -p 1 -H source:string:web orders events four",
  "consumer-group create orders events workers",
  "consumer-offset set reader orders events 0 0",
  "user create alice secret-1",
  "pat create deploy",
];

/**
 * An example with what only a run can know: the number of a client that is connected, since nodes make
 * these up, and a folder that may be written to in place of those in the example.
 */
export function settled(example: Example, clientId: number, folder: string): Example {
  const line = example.line
    .replace(/^client get \d+$/, `client get ${clientId}`)
    .replace(/(?<= )\/(?:tmp|var\/lib\/whippet)\b/, folder);
  return { ...example, line };
}

/** The words of a line, divided by spaces; `"..."` holds words together. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}
