/**
 * Writes docs/cli.md from the definitions of the command line. A test holds the two equal.
 *
 * Run: `deno run --allow-write scripts/cli_document.ts && deno fmt docs/cli.md`
 *
 * @module
 */
import { COMMANDS } from "../lib/cli/commands/all.ts";
import { IGNORED_OPTIONS, SHARED_OPTIONS } from "../lib/cli/connection_options.ts";
import { type CommandDefinition, isGroup, type Parameter } from "../lib/cli/definition.ts";
import { EXIT_CODE_MEANINGS } from "../lib/cli/exit_codes.ts";

/** Where the document is kept. */
export const DOCUMENT_PATH = "docs/cli.md";

/** The text of the document. */
export function renderCliDocument(): string {
  const codes = EXIT_CODE_MEANINGS.map(([code, meaning]) => `- ${code}: ${meaning}`);
  const sections = COMMANDS.map((entry) => {
    const names = [entry.name, ...entry.aliases ?? []].map((name) => `\`${name}\``).join(" or ");
    const inner = isGroup(entry)
      ? entry.commands.map((command) =>
        `### ${entry.name} ${command.name}\n\n${textOf(command, entry.name)}`
      )
      : [textOf(entry)];
    const head = isGroup(entry) ? `${names}: ${entry.about}.` : `${names}`;
    return `## ${entry.name}\n\n${head}\n\n${inner.join("\n\n")}`;
  });
  return [
    HEADER,
    "## Exit codes",
    codes.join("\n"),
    "## Options of all commands",
    "Ahead of the command; those with a long name also behind it.",
    list(SHARED_OPTIONS),
    `Taken for the sake of scripts made for \`iggy\`, without effect: ${
      IGNORED_OPTIONS.map((flags) => `\`${flags.split(" ")[0]}\``).join(", ")
    }.`,
    ...sections,
  ].join("\n\n") + "\n";
}

function textOf(command: CommandDefinition, group?: string): string {
  const { about, aliases = [], parameters = [], options = [], examples } = command;
  const flags = parameters.map((each) => each.flags);
  const path = ["whippet", ...group === undefined ? [] : [group], command.name];
  const also = group !== undefined && aliases.length > 0
    ? ` Also \`${aliases.join("`, `")}\`.`
    : "";
  return [
    `${about}.${also}`,
    "```sh\n" + [...path, ...options.length > 0 ? ["[OPTIONS]"] : [], ...flags].join(" ") + "\n```",
    ...parameters.length + options.length > 0 ? [list([...parameters, ...options])] : [],
    "```sh\n" + examples.map(({ line }) => `whippet ${line}`).join("\n") + "\n```",
  ].join("\n\n");
}

function list(parameters: readonly Parameter[]): string {
  return parameters.map(({ flags, about, choices, fallback }) => {
    const said = choices?.filter((choice) => !about.includes(choice)) ?? [];
    const taken = said.length > 0 ? ` (${choices!.join(", ")})` : "";
    const initial = fallback === undefined ? "" : `; ${fallback} unless given`;
    return `- \`${flags}\`: ${about}${taken}${initial}`;
  }).join("\n");
}

const HEADER = `# The command line

<!-- Written by scripts/cli_document.ts from the definitions in lib/cli/commands: change those. -->

\`whippet\` or \`whippet serve\` runs the node (\`whippet --help\` has its flags), \`whippet config\` prints
its configuration, \`whippet cert\` makes and judges certificates. All other commands ask a node, or tell it
what to do; their names and arguments are those of Apache Iggy's own \`iggy\` where it has them.

Things are named by number or name. Results are tables for people; \`--output json\` or
\`--output ndjson\` writes them for programs, with whole numbers of any size exact. Colours and
progress are for terminals only; \`NO_COLOR\` and \`--no-color\` turn colours off.

Who logs in: \`-u\` and \`-p\`, \`-t\` or \`-n\`; else IGGY_USERNAME and IGGY_PASSWORD; else the token of the
context in use, which \`whippet login\` makes. Contexts are kept in \`whippet/contexts.json\` of the user's
configuration folder, which nobody else may read.`;

if (import.meta.main) {
  Deno.writeTextFileSync(new URL(`../${DOCUMENT_PATH}`, import.meta.url), renderCliDocument());
}
