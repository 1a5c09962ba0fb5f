/**
 * The command line: commander's commands made of definitions, one of them run, its end told.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { nearest } from "../config/nearest.ts";
import { CommandContext } from "./command_context.ts";
import { COMMANDS } from "./commands/all.ts";
import { IGNORED_OPTIONS, SHARED_OPTIONS, type SharedOptions } from "./connection_options.ts";
import {
  type CommandDefinition,
  type CommandGroup,
  isGroup,
  type Parameter,
} from "./definition.ts";
import { EXIT_CODE_MEANINGS, ExitCode, failureOf } from "./exit_codes.ts";
import type { ClientCliPorts } from "./ports.ts";

/** Runs one command; gives the exit code. */
export async function runCommand(args: readonly string[], ports: ClientCliPorts): Promise<number> {
  let code: number = ExitCode.done;
  const program = commandLine(ports, (conclusion) => code = conclusion);
  let debug = (_error?: unknown) => {};
  program.hook("preAction", (_, command) => {
    const path: string | undefined = command.opts().debug ?? program.opts<SharedOptions>().debug;
    if (path !== undefined) debug = (error) => writeDebug(path, pathOf(command), error, ports);
  });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    // Commander prints its own errors, but not one that a command throws while it runs.
    if (error instanceof InvalidArgumentError) {
      ports.complain(error.message);
      return ExitCode.usage;
    }
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
    }
    const failure = failureOf(error);
    debug(error);
    if (failure === undefined) throw error;
    ports.complain(failure.message);
    return failure.code;
  }
  debug();
  return code;
}

/**
 * Whether the arguments are for {@link runCommand}: the first word that is no shared option, nor the
 * value of one, is a command, or is at least none of the options of the node.
 */
export function isForCommands(args: readonly string[]): boolean {
  const shared = SHARED_OPTIONS.map(({ flags }) => new Option(flags));
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (!arg.startsWith("-")) return true;
    const flag = arg.split("=")[0];
    const option = shared.find(({ short, long }) => flag === short || flag === long);
    if (option === undefined && !IGNORED_OPTIONS.some((each) => each.split(" ")[0] === arg)) {
      return false;
    }
    const takesValue = option?.required ?? true;
    if (takesValue && !arg.includes("=")) at++;
  }
  return false;
}

/** The commands with what they do, for the help of the program. */
export function commandList(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  return COMMANDS.map(({ name, about }) => `  ${name.padEnd(width)}${about}`).join("\n");
}

function commandLine(ports: ClientCliPorts, conclude: (code: number) => void): Command {
  const program = new Command("whippet")
    .description("Asks a node, or tells it what to do.")
    .usage("[OPTIONS] COMMAND")
    .enablePositionalOptions();
  inOurManner(program, ports);
  program.helpCommand("help [command]", "Print the help of a command");
  for (const parameter of SHARED_OPTIONS) program.addOption(optionOf(parameter));
  for (const flags of IGNORED_OPTIONS) program.addOption(new Option(flags).hideHelp());
  program.addHelpText("after", () => `\n${exitCodes()}`);
  for (const entry of COMMANDS) add(program, program, entry, ports, conclude);
  return program;
}

function add(
  root: Command,
  above: Command,
  entry: CommandGroup | CommandDefinition,
  ports: ClientCliPorts,
  conclude: (code: number) => void,
): void {
  const command = above.command(entry.name).description(entry.about)
    .aliases([...entry.aliases ?? []]);
  inOurManner(command, ports);
  if (isGroup(entry)) {
    for (const each of entry.commands) add(root, command, each, ports, conclude);
    return;
  }
  for (const { flags, about, parse, choices } of entry.parameters ?? []) {
    const argument = command.createArgument(flags, about);
    if (choices !== undefined) argument.choices(choices);
    else if (parse !== undefined) argument.argParser(argument.variadic ? gather(parse) : parse);
    command.addArgument(argument);
  }
  const own = (entry.options ?? []).map(optionOf);
  for (const option of own) command.addOption(option);
  for (const option of sharedBehind(own)) command.addOption(option);
  command.addHelpText("after", () => examplesOf(entry));
  command.action(async (...args: unknown[]) => {
    const values = args.slice(0, entry.parameters?.length ?? 0);
    const options = command.opts();
    const ownNames = own.map((option) => option.attributeName());
    const behind = Object.entries(options).filter(([name]) => !ownNames.includes(name));
    const shared = { ...root.opts(), ...Object.fromEntries(behind) };
    if (own.some((option) => option.attributeName() === "output")) {
      shared.output = options.output ?? shared.output;
    }
    await using context = new CommandContext(ports, shared);
    conclude(await entry.run(context, values, options) ?? ExitCode.done);
  });
}

/** Shared options in their long forms, for those who write them behind the command. */
function sharedBehind(own: readonly Option[]): Option[] {
  const taken = new Set(own.map(({ long }) => long));
  return SHARED_OPTIONS
    .map((parameter) => {
      const flags = parameter.flags.replace(/^-\w, /, "");
      // No default of its own: that would hide what stands ahead of the command.
      return optionOf({ ...parameter, flags }).default(undefined).hideHelp();
    })
    .filter(({ long }) => !taken.has(long!));
}

function optionOf({ flags, about, parse, fallback, choices, repeats }: Parameter): Option {
  const option = new Option(flags, about);
  if (choices !== undefined) option.choices(choices);
  else if (repeats) option.argParser(gather(parse ?? ((text) => text)));
  else if (parse !== undefined) option.argParser(parse);
  if (fallback !== undefined) option.default(fallback);
  return option;
}

function gather(parse: (text: string) => unknown) {
  return (text: string, earlier: unknown) => [
    ...(Array.isArray(earlier) ? earlier : []),
    parse(text),
  ];
}

function inOurManner(command: Command, ports: ClientCliPorts): void {
  command
    .helpOption("-h, --help", "Print this help")
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => ports.print(text.trimEnd()),
      writeErr: (text) => ports.complain(inOurGrammar(text, command)),
    });
}

/** commander's "error: unknown option '--x'" as this project writes errors. */
function inOurGrammar(message: string, command: Command): string {
  const path = pathOf(command);
  // A group without a command: commander prints its whole help.
  if (!message.startsWith("error: ")) return message.trimEnd();
  const text = message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ").trim().replace(/\.$/, "");
  const meant = suggestion(text, command);
  const hint = meant === undefined ? "" : `, did you mean ${meant}?`;
  return `${text[0].toUpperCase()}${
    text.slice(1)
  }${hint}\nRun \`${path} --help\` for what there is.`;
}

function suggestion(text: string, command: Command): string | undefined {
  const [, kind, wrong] = /^unknown (command|option) '([^']+)'/.exec(text) ?? [];
  if (wrong === undefined) return undefined;
  const known = kind === "command"
    ? [
      ...command.commands.flatMap((each) => [each.name(), ...each.aliases()]),
      ...command.parent === null ? NODE_COMMANDS : [],
    ]
    : command.options.map(({ long }) => long!);
  return nearest(wrong, known)[0];
}

function pathOf(command: Command): string {
  const above = command.parent === null ? "" : `${pathOf(command.parent)} `;
  return `${above}${command.name()}`;
}

function examplesOf({ examples }: CommandDefinition): string {
  const title = examples.length === 1 ? "Example" : "Examples";
  const lines = examples.map(({ line }) => `  whippet ${line}`);
  return `\n${title}:\n${lines.join("\n")}\n\nWhich node, as whom, how to print: whippet help`;
}

function exitCodes(): string {
  const lines = EXIT_CODE_MEANINGS.map(([code, meaning]) =>
    `  ${String(code).padEnd(5)}${meaning}`
  );
  return `Exit codes:\n${lines.join("\n")}`;
}

/** Never the arguments: there may be a password among them. */
function writeDebug(path: string, command: string, error: unknown, ports: ClientCliPorts): void {
  const end = error instanceof Error ? error.stack ?? error.message : "done";
  const when = new Date(ports.clock.nowMicros() / 1000).toISOString();
  ports.writeFile(path, `${when} ${command}: ${end}\n`, { secret: true, replace: true });
}

/** Those that `main.ts` knows besides. */
const NODE_COMMANDS = ["serve", "config", "cert"];
