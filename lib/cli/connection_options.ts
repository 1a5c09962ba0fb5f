/**
 * The options that every command shares: which node, as whom, and how to print. Names are those of
 * Iggy's CLI (CONFIG-CLI.md section 4).
 *
 * @module
 */
import type { ConnectOptions, Credentials, FramingName } from "../client/options.ts";
import type { Parameter } from "./definition.ts";
import { NoCredentialsError, UsageError } from "./exit_codes.ts";
import type { ClientCliPorts } from "./ports.ts";
import { OUTPUT_FORMATS, type OutputFormat } from "./output.ts";
import { activeContext, readContexts, type SavedContext } from "./saved_contexts.ts";
import { durationMs } from "./values.ts";

/** What was given of {@link SHARED_OPTIONS}. */
export interface SharedOptions {
  readonly transport?: TransportName;
  readonly tcpServerAddress?: string;
  readonly websocketServerAddress?: string;
  readonly tcpTlsEnabled?: true;
  readonly tcpTlsDomain?: string;
  readonly websocketTlsEnabled?: true;
  readonly websocketTlsDomain?: string;
  readonly tlsCa?: string;
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly framing?: FramingName;
  readonly timeout?: number;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  readonly tokenName?: string;
  readonly context?: string;
  readonly output?: OutputFormat;
  readonly color?: boolean;
  readonly quiet?: true;
  readonly debug?: string;
}

export type TransportName = (typeof TRANSPORT_NAMES)[number];
const TRANSPORT_NAMES = ["tcp", "ws", "tcp+tls", "ws+tls"] as const;

/** Ahead of the command, in long form also behind it. */
export const SHARED_OPTIONS: readonly Parameter[] = [
  {
    flags: "--transport <name>",
    about: "How to reach the node (default: tcp)",
    choices: TRANSPORT_NAMES,
  },
  {
    flags: "--tcp-server-address <host:port>",
    about: "Where the node is (default: 127.0.0.1:8090)",
  },
  {
    flags: "--websocket-server-address <host:port>",
    about: "Where it is for ws (default: 127.0.0.1:8092)",
  },
  { flags: "--tcp-tls-enabled", about: "TLS, as tcp+tls" },
  { flags: "--tcp-tls-domain <name>", about: "The name its certificate must have" },
  { flags: "--websocket-tls-enabled", about: "TLS, as ws+tls" },
  { flags: "--websocket-tls-domain <name>", about: "The same as --tcp-tls-domain, for ws" },
  { flags: "--tls-ca <file>", about: "The authority to trust, as local_data/tls/ca.pem" },
  { flags: "--tls-certificate <file>", about: "A certificate to show to the node" },
  { flags: "--tls-key <file>", about: "The key of that certificate" },
  {
    flags: "--framing <name>",
    about: "vsr as in Iggy 0.9, or classic as in 0.8 and before (default: vsr)",
    choices: ["vsr", "classic"],
  },
  {
    flags: "--timeout <duration>",
    about: "How long an answer may take (default: 30s)",
    parse: durationMs,
  },
  { flags: "-u, --username <name>", about: "Who logs in (default: IGGY_USERNAME)" },
  {
    flags: "-p, --password <password>",
    about: "Its password (default: IGGY_PASSWORD, or it is asked for)",
  },
  { flags: "-t, --token <token>", about: "A personal access token, in place of both" },
  { flags: "-n, --token-name <name>", about: "A token that a context keeps, by its name" },
  { flags: "--context <name>", about: "The saved context to use (default: the one in use)" },
  {
    flags: "--output <format>",
    about: "table or list for people, json or ndjson for programs (default: table)",
    choices: OUTPUT_FORMATS,
  },
  { flags: "--no-color", about: "No colours, as with NO_COLOR in the environment" },
  { flags: "-q, --quiet", about: "Say nothing of what was done" },
  { flags: "-d, --debug <file>", about: "Write what was called, and errors with all they hold" },
];

/** Options of Iggy's CLI that are taken and do nothing here. */
export const IGNORED_OPTIONS: readonly string[] = [
  "--tcp-reconnection-enabled <flag>",
  "--tcp-reconnection-max-retries <count>",
  "--tcp-reconnection-interval <duration>",
  "--tcp-reconnection-reestablish-after <duration>",
  "--websocket-reconnection-max-retries <count>",
];

/** Which context is meant; `undefined` for none. */
export function chosenContext(
  options: SharedOptions,
  ports: ClientCliPorts,
): SavedContext | undefined {
  return activeContext(readContexts(ports), options.context);
}

/** How to reach the node, without who logs in. Throws a {@link UsageError} for what does not go together. */
export function reachOf(options: SharedOptions, ports: ClientCliPorts): Reach {
  const saved = chosenContext(options, ports);
  const transport = options.transport ?? saved?.transport ?? "tcp";
  const isWebSocket = transport.startsWith("ws");
  const address = isWebSocket
    ? options.websocketServerAddress ?? saved?.websocketServerAddress ?? "127.0.0.1:8092"
    : options.tcpServerAddress ?? saved?.tcpServerAddress ?? "127.0.0.1:8090";
  const serverName = (isWebSocket ? options.websocketTlsDomain : options.tcpTlsDomain) ??
    saved?.tlsDomain;
  const ca = options.tlsCa ?? saved?.tlsCa;
  const certificate = options.tlsCertificate ?? saved?.tlsCertificate;
  const key = options.tlsKey ?? saved?.tlsKey;
  const isTls = transport.endsWith("+tls") || ca !== undefined || saved?.tls === true ||
    (isWebSocket ? options.websocketTlsEnabled : options.tcpTlsEnabled) === true;
  return {
    isWebSocket,
    connect: {
      address,
      framing: options.framing ?? saved?.framing ?? "vsr",
      timeoutMs: options.timeout,
      reconnect: false,
      tls: isTls && {
        serverName,
        ca: ca === undefined ? undefined : pem(ca, "--tls-ca", ports),
        certificate: certificate && pem(certificate, "--tls-certificate", ports),
        key: key && pem(key, "--tls-key", ports),
      },
    },
  };
}

/** Where and how, without who. */
export interface Reach {
  readonly isWebSocket: boolean;
  readonly connect: ConnectOptions;
}

/**
 * Who logs in: what was given, else the environment, else the context.
 *
 * @throws {NoCredentialsError} when nobody is known, or a password is missing and cannot be asked for.
 */
export async function credentialsOf(
  options: SharedOptions,
  ports: ClientCliPorts,
): Promise<Credentials> {
  const { token, tokenName } = options;
  const saved = chosenContext(options, ports);
  if (token !== undefined) return { personalAccessToken: token };
  if (tokenName !== undefined) return savedToken(tokenName, ports);
  const { IGGY_USERNAME, IGGY_PASSWORD } = ports.environment;
  const isNamed = options.username !== undefined || IGGY_USERNAME !== undefined;
  if (!isNamed && saved?.token !== undefined) return { personalAccessToken: saved.token };
  const username = options.username ?? IGGY_USERNAME ?? saved?.username;
  if (username === undefined) {
    throw new NoCredentialsError(
      "Nobody is logged in: give -u and -p, or IGGY_USERNAME and IGGY_PASSWORD, or run " +
        "`whippet -u NAME login` once",
    );
  }
  const password = options.password ?? IGGY_PASSWORD ?? saved?.password;
  if (password !== undefined) return { username, password };
  if (options.tlsCertificate !== undefined) return { username, password: "" };
  const answer = await ports.askSecret(`Password of ${username}: `);
  if (answer !== undefined) return { username, password: answer };
  throw new NoCredentialsError(
    `The password of ${username} is missing: give -p or IGGY_PASSWORD`,
  );
}

function savedToken(name: string, ports: ClientCliPorts): Credentials {
  const { contexts } = readContexts(ports);
  const keeper = Object.values(contexts).find((each) => each.tokenName === name);
  if (keeper?.token !== undefined) return { personalAccessToken: keeper.token };
  throw new UsageError(`No context keeps a token ${name}: \`whippet context list\` shows them`);
}

function pem(path: string, flag: string, ports: ClientCliPorts): string {
  const bytes = ports.readFile(path);
  if (bytes !== undefined) return new TextDecoder().decode(bytes);
  throw new UsageError(`There is no file ${path}: ${flag} names it`);
}
