/**
 * The program: arguments, configuration, node, signals, drain, exit code.
 *
 * ```text
 * whippet [serve] [FLAGS]    run the node until SIGTERM or SIGINT
 * whippet config [FLAGS]     print each setting in force and where it comes from
 * whippet cert COMMAND       make certificates, look at them, judge them
 * whippet COMMAND            ask a node, or tell it what to do (lib/cli)
 * ```
 *
 * Exit codes: 0 stopped as asked, 1 could not start or failed, 2 wrong arguments or configuration;
 * docs/cli.md has those of the commands.
 *
 * @module
 */
import {
  type Config,
  ConfigError,
  type ConfigSource,
  describeConfig,
  loadConfig,
  parseServeFlags,
  type ServeFlags,
} from "./lib/config.ts";
import { serve } from "./lib/service/serve.ts";
import { configureLogs, logs } from "./lib/telemetry.ts";
import { VERSION } from "./lib/version.ts";

async function main(args: readonly string[]): Promise<number> {
  const isForNode = args[0] === "config" || args[0] === "serve";
  const code = isForNode || args.length === 0 ? undefined : await runIfCommand(args);
  if (code !== undefined) return code;
  const [command, rest] = isForNode ? [args[0], args.slice(1)] : ["serve", args];
  const parsed = parseServeFlags(rest);
  switch (parsed.kind) {
    case "help":
      return await help(parsed.text);
    case "version":
      console.log(`whippet ${VERSION}`);
      return 0;
    case "error":
      console.error(`${parsed.message}\nRun \`whippet --help\` for what there is.`);
      return 2;
    case "serve":
      return await withConfig(command, parsed.flags);
  }
}

/** Runs what is no matter of a node here; `undefined` when it is. Loaded when asked for: a node needs none of it. */
async function runIfCommand(args: readonly string[]): Promise<number | undefined> {
  const output = { print, complain: console.error };
  const { systemClientCliPorts, systemCliPorts } = await import("./lib/os/cli_ports.ts");
  if (args[0] === "cert") {
    const { runCert } = await import("./lib/cli/cert.ts");
    return await runCert(args.slice(1), systemCliPorts(output));
  }
  const { isForCommands, runCommand } = await import("./lib/cli/program.ts");
  return isForCommands(args) ? await runCommand(args, systemClientCliPorts(output)) : undefined;
}

async function help(ofServe: string): Promise<number> {
  const { commandList } = await import("./lib/cli/program.ts");
  console.log(`${ofServe.trimEnd()}\n\nCommands, each with --help:\n${commandList()}`);
  return 0;
}

async function withConfig(command: string, flags: ServeFlags): Promise<number> {
  let config: Config;
  try {
    config = loadConfig(systemSource(), flags);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return 2;
  }
  if (command === "config") {
    console.log(describeConfig(config).trimEnd());
    return 0;
  }
  await configureLogs(config.logLevel, (line) => Deno.stderr.writeSync(UTF8.encode(line)));
  if (config.display) console.log(describeConfig(config));
  try {
    return await serve(config, flags);
  } catch (error) {
    logs.node.fatal("{error}", { error: error instanceof Error ? error.message : error });
    return 1;
  }
}

function systemSource(): ConfigSource {
  return {
    readText(path) {
      try {
        return Deno.readTextFileSync(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
    environment: Deno.env.toObject(),
  };
}

/** Writes a line, and ends the program where nobody reads any more, as behind `whippet tail | head`. */
function print(text: string): void {
  const bytes = UTF8.encode(`${text}\n`);
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(0);
    throw error;
  }
}

const UTF8 = new TextEncoder();

if (import.meta.main) Deno.exit(await main(Deno.args));
