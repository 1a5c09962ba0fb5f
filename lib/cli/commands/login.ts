/**
 * `whippet login`, `whippet logout` and `whippet session`: a token of this machine's, kept in the
 * context in use.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import { chosenContext, credentialsOf, type SharedOptions } from "../connection_options.ts";
import type { CommandDefinition, CommandGroup } from "../definition.ts";
import { ExitCode, UsageError } from "../exit_codes.ts";
import { CommandError } from "../ports.ts";
import { readContexts, type SavedContext, withContext, writeContexts } from "../saved_contexts.ts";
import { RESOURCE_NOT_FOUND } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { expiryMicrosOf } from "./tokens.ts";

export const LOGIN: CommandDefinition = {
  name: "login",
  aliases: ["li"],
  about: "Log in, so that later commands need no password",
  parameters: [{ flags: "[expiry...]", about: "For how long, as 8h or unlimited (default: 15m)" }],
  examples: [{ line: "-u iggy -p iggy login 8h" }],
  async run(context: CommandContext, [words]: [string[]]) {
    const { options, ports, output } = context;
    const credentials = await credentialsOf(options, ports);
    if (!("username" in credentials)) {
      throw new UsageError("Who logs in needs a password: give -u and -p");
    }
    const client = await context.connect(credentials);
    const random = new Uint8Array(8);
    ports.entropy.fill(random);
    const tokenName = `whippet-cli-${random.toHex()}`;
    const expiryMicros = expiryMicrosOf(words.length === 0 ? ["15m"] : words);
    const token = await client.tokens.create(tokenName, { expiryMicros });
    const saved = readContexts(ports);
    const name = options.context ?? saved.active;
    const { password: _, ...kept } = chosenContext(options, ports) ?? {};
    const loggedIn = { ...kept, ...reached(options), username: credentials.username };
    writeContexts(withContext(saved, name, { ...loggedIn, token, tokenName }), ports);
    output.done(`Logged in as ${credentials.username}, in context ${name}`, {
      context: name,
      username: credentials.username,
      tokenName,
    });
  },
};

export const LOGOUT: CommandDefinition = {
  name: "logout",
  aliases: ["lo"],
  about: "Delete the token that login made, here and on the node",
  examples: [{ line: "logout", before: ["-u iggy -p iggy login"] }],
  async run(context: CommandContext) {
    const { options, ports, output } = context;
    const saved = readContexts(ports);
    const name = options.context ?? saved.active;
    const { token, tokenName, ...kept } = chosenContext(options, ports) ?? {};
    if (token === undefined || tokenName === undefined) {
      throw new CommandError(`Context ${name} is not logged in`);
    }
    // Here first: who logs out wants the token gone even where no node answers.
    writeContexts(withContext(saved, name, kept), ports);
    const client = await context.connect({ personalAccessToken: token });
    try {
      await client.tokens.delete(tokenName);
    } catch (error) {
      if (!(error instanceof IggyError) || error.code !== RESOURCE_NOT_FOUND) throw error;
    }
    output.done(`Logged out of context ${name}`, { context: name });
  },
};

export const SESSION: CommandGroup = {
  name: "session",
  about: "Show whether commands are logged in",
  commands: [{
    name: "status",
    about: "Show whether the context in use is logged in and its token still holds",
    examples: [{ line: "session status", before: ["-u iggy -p iggy login"] }],
    async run(context: CommandContext) {
      const { options, ports, output } = context;
      const saved = chosenContext(options, ports);
      if (saved?.token === undefined) {
        output.done("Not logged in: `whippet -u NAME login` logs in", { isLoggedIn: false });
        return ExitCode.notLoggedIn;
      }
      await context.connect({ personalAccessToken: saved.token });
      output.done(`Logged in as ${saved.username} by token ${saved.tokenName}`, {
        isLoggedIn: true,
        username: saved.username,
        tokenName: saved.tokenName,
      });
      return ExitCode.done;
    },
  }],
};

/** What of the options is to be kept with the token: it is good for that node only. */
export function reached(options: SharedOptions): SavedContext {
  const kept: SavedContext = {
    transport: options.transport,
    tcpServerAddress: options.tcpServerAddress,
    websocketServerAddress: options.websocketServerAddress,
    tls: options.tcpTlsEnabled ?? options.websocketTlsEnabled,
    tlsDomain: options.tcpTlsDomain ?? options.websocketTlsDomain,
    tlsCa: options.tlsCa,
    tlsCertificate: options.tlsCertificate,
    tlsKey: options.tlsKey,
    framing: options.framing,
  };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}
