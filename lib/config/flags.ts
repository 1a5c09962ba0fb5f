/**
 * The flags of the server: Iggy's of all versions (CONFIG-CLI.md section 1) and whippet's own few.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError } from "commander";

/** What the command line asks for. */
export interface ServeFlags {
  /** Empty the data directory first. */
  readonly fresh: boolean;
  /** Root is `iggy`/`iggy` where the environment says nothing. */
  readonly defaultRootCredentials: boolean;
  /** The same, as a part of `deno task dev`. */
  readonly dev: boolean;
  /** Which node of a cluster this is; means nothing to a node that runs alone. */
  readonly replicaId: number | undefined;
  /** The configuration file; it must exist. */
  readonly configPath: string | undefined;
  /** The data directory. */
  readonly dataPath: string | undefined;
  /** Flags of Iggy's that were given and do nothing here. */
  readonly withoutEffect: readonly string[];
}

/** No flags at all. */
export const NO_FLAGS: ServeFlags = Object.freeze({
  fresh: false,
  defaultRootCredentials: false,
  dev: false,
  replicaId: undefined,
  configPath: undefined,
  dataPath: undefined,
  withoutEffect: Object.freeze([]),
});

/** What to do about a command line. */
export type ServeCommand =
  | { readonly kind: "serve"; readonly flags: ServeFlags }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "version" }
  | { readonly kind: "error"; readonly message: string };

/** Reads the arguments that follow the program's name; prints nothing and never exits. */
export function parseServeFlags(args: readonly string[]): ServeCommand {
  let written = "";
  const program = serveProgram().exitOverride().configureOutput({
    writeOut: (text) => void (written += text),
    writeErr: () => {},
  });
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    switch (error.code) {
      case "commander.helpDisplayed":
        return { kind: "help", text: written };
      case "commander.version":
        return { kind: "version" };
      default:
        return { kind: "error", message: inOurGrammar(error.message) };
    }
  }
  return { kind: "serve", flags: flagsOf(program.opts<Options>()) };
}

interface Options {
  readonly fresh?: true;
  readonly withDefaultRootCredentials?: true;
  readonly dev?: true;
  readonly replicaId?: number;
  readonly config?: string;
  readonly data?: string;
  readonly configProvider?: string;
  readonly follower?: true;
}

function flagsOf(options: Options): ServeFlags {
  const withoutEffect: string[] = [];
  if (options.follower) withoutEffect.push("--follower");
  if (options.configProvider !== undefined) withoutEffect.push("--config-provider");
  return {
    fresh: options.fresh ?? false,
    defaultRootCredentials: options.withDefaultRootCredentials ?? false,
    dev: options.dev ?? false,
    replicaId: options.replicaId,
    configPath: options.config,
    dataPath: options.data,
    withoutEffect,
  };
}

function serveProgram(): Command {
  return new Command("whippet")
    .description("Runs a message-streaming node that Apache Iggy clients use unchanged.")
    .version("", "-V, --version", "Print the version")
    .helpOption("-h, --help", "Print this help")
    .option("-f, --fresh", "Delete everything in the data directory first")
    .option(
      "--with-default-root-credentials",
      "Let root log in as iggy/iggy when the data directory is new (loopback only; " +
        "IGGY_ROOT_USERNAME and IGGY_ROOT_PASSWORD win)",
    )
    .option("--dev", "Run for development: root logs in as iggy/iggy, as with the flag above")
    .option(
      "--config <path>",
      "The TOML file (default: IGGY_CONFIG_PATH or core/server/config.toml)",
    )
    .option("--data <path>", "The data directory (default: system.path, local_data)")
    .option("--replica-id <number>", "Accepted as in iggy-server; this node runs alone", replicaId)
    .option("-c, --config-provider <kind>", "Accepted as in iggy-server 0.8; without effect")
    .option("--follower", "Accepted as in iggy-server 0.8; without effect")
    .addHelpText("after", EXAMPLES);
}

function replicaId(text: string): number {
  const id = Number(text);
  if (/^\d+$/.test(text) && id <= 255) return id;
  throw new InvalidArgumentError("It takes a whole number from 0 to 255");
}

/** commander's "error: unknown option '--x'" as this project writes errors. */
function inOurGrammar(message: string): string {
  const text = message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ").replace(/\.$/, "");
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}

const EXAMPLES = `
Examples:
  whippet                                      Serve what local_data holds; root's password is
                                               made and printed at the first start
  whippet --fresh --with-default-root-credentials
                                               Start empty, log in as iggy/iggy
  IGGY_ROOT_USERNAME=iggy IGGY_ROOT_PASSWORD=secret whippet
                                               Choose root's credentials at the first start
  IGGY_TCP_ADDRESS=127.0.0.1:0 whippet         Take any free port; it is written to
                                               local_data/runtime/current_config.toml
  IGGY_TCP_ADDRESS=0.0.0.0:8090 IGGY_TCP_TLS_ENABLED=true whippet
                                               Serve others by TLS, with a certificate that is made
  IGGY_TCP_ADDRESS=0.0.0.0:8090 WHIPPET_TLS=off whippet
                                               Serve others in plain text
  whippet config                               Print each setting and where it comes from
  whippet cert --help                          Make certificates for TLS, look at them, judge them

Every key of the file has an environment name: [tcp] address is IGGY_TCP_ADDRESS.
All keys: docs/whippet.toml
`;
