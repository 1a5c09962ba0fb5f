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
import { Node } from "./lib/node.ts";
import { lockDataDirectory } from "./lib/os/data_lock.ts";
import { systemPorts } from "./lib/os/system_ports.ts";
import { emptyDataDirectory } from "./lib/os/fresh.ts";
import { addressText } from "./lib/session/session.ts";
import { configureLogs, logs, ShownOnce } from "./lib/telemetry.ts";
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
  try {
    await serve(config, flags);
    return 0;
  } catch (error) {
    logs.node.fatal("{error}", { error: error instanceof Error ? error.message : error });
    return 1;
  }
}

async function serve(config: Config, flags: ServeFlags): Promise<void> {
  if (config.display) console.log(describeConfig(config));
  for (const warning of config.warnings) logs.node.warn("{warning}", { warning });
  const unlock = await lockDataDirectory(config.system.path);
  if (flags.fresh) emptyDataDirectory(config.system.path);
  const stopping = stopSignal();
  const node = await Node.start(config, systemPorts(config.system.path));
  greet(config, node);
  const signal = await stopping;
  logs.node.info("{signal}: draining", { signal });
  await node.drain();
  unlock();
  logs.node.info("Stopped");
}

/** What matters, in five lines. */
function greet(config: Config, node: Node): void {
  const bound = Object.entries(node.bound)
    .map(([transport, address]) => `${transport} ${addressText(address)}`);
  logs.node.info("whippet {version} serves {bound}", { version: VERSION, bound: bound.join(", ") });
  logs.node.info("Dashboard {at}", { at: dashboardAt(config, node) });
  logs.node.info("TLS clients verify this node by {authority}", {
    authority: node.authorityPath === undefined
      ? "whoever signed the certificates in its configuration"
      : `${config.system.path}/${node.authorityPath}`,
  });
  logs.node.info("Data directory {path}", { path: config.system.path });
  if (node.newRootPassword === undefined) {
    logs.node.info("Users and their passwords are those in the data directory");
  } else {
    logs.node.warn("Root user {username} has the password {password}, shown this once", {
      username: config.root.username,
      password: new ShownOnce(node.newRootPassword),
    });
  }
}

/** Where a browser on this machine finds it, or what to change for that. */
function dashboardAt({ http, httpApi }: Config, { bound }: Node): string {
  if (bound.http === undefined) return "is off: http.enabled is false";
  if (!httpApi.webUi) return "is off: http.web_ui is false";
  const scheme = http.tls.mode === "required" ? "https" : "http";
  const isAnywhere = ["0.0.0.0", "::"].includes(bound.http.hostname);
  const address = isAnywhere ? { ...bound.http, hostname: "localhost" } : bound.http;
  return `${scheme}://${addressText(address)}/ui`;
}

/** Resolves at the first SIGTERM or SIGINT; the second ends the process at once. */
function stopSignal(): Promise<string> {
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of signals) {
      Deno.addSignalListener(signal, () => {
        if (asked) Deno.exit(1);
        asked = true;
        resolve(signal);
      });
    }
  });
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
