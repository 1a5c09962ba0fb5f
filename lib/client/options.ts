/**
 * How to connect: what a caller says, and what holds when nothing is said.
 *
 * @module
 */
import type { Xxh3 } from "../../protocol/message.ts";
import type { Address, Clock, Duplex, Entropy } from "../ports.ts";
import type { TlsOptions } from "./tls.ts";

/** What {@link IggyClient.connect} takes. */
export interface ConnectOptions {
  /** `"127.0.0.1:8090"`, `"[::1]:8090"` or `"localhost"` (port 8090), or its two parts. */
  readonly address: string | Address;
  /** `vsr`: the protocol of Iggy 0.9, and the default. `classic`: that of 0.8 and before. */
  readonly framing?: FramingName;
  /**
   * Logs in at once, and again after a lost connection. With a certificate that the node logs in by
   * (`tls.certificate`), no password is needed.
   */
  readonly username?: string;
  readonly password?: string;
  /** In place of a name and password. */
  readonly personalAccessToken?: TokenSource;
  /** Makes the byte stream: TCP unless given. */
  readonly dial?: Dial;
  /** TLS over that stream: `true` verifies the node by the system's authorities. No TLS unless given. */
  readonly tls?: boolean | TlsOptions;
  /** What to do when the connection is lost; `false`: nothing, all calls fail from then on. */
  readonly reconnect?: ReconnectOptions | false;
  /** From a call to its answer, with everything between; 30,000 unless given. */
  readonly timeoutMs?: number;
  /** Between two pings; 5,000 unless given, 0 for none. */
  readonly heartbeatMs?: number;
  /** Requests sent ahead of their answers; 64 unless given, 1 for one after the other. */
  readonly requestsInFlightMax?: number;
}

export type FramingName = "vsr" | "classic";

/** How often and how fast a lost connection is dialled again. The first try comes at once. */
export interface ReconnectOptions {
  /** Tries until the calls that wait fail; no limit but their timeout unless given. */
  readonly attemptsMax?: number;
  /** Ahead of the second try; doubled with each. 100 unless given. */
  readonly delayMs?: number;
  /** The longest delay; 5,000 unless given. */
  readonly delayMsMax?: number;
}

/** Makes a byte stream to an address; rejects when nobody answers there. */
export type Dial = (address: Address) => Promise<Duplex>;

/** A token, or what gives one: asked ahead of each login, for tokens that are good for one only. */
export type TokenSource = string | (() => string | Promise<string>);

/** The outside world of a client. */
export interface ClientPorts {
  readonly dial: Dial;
  /** Puts TLS around what is dialled; left out where streams come with TLS (a browser's WebSocket). */
  readonly tlsDial?: (dial: Dial, options: TlsOptions) => Dial;
  /** One that keeps the process alive: what waits for a reconnect waits for nothing else. */
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** For the checksums of batches and requests. */
  readonly xxh3: Xxh3;
}

/** Who logs in. */
export type Credentials =
  | { readonly username: string; readonly password: string }
  | { readonly personalAccessToken: TokenSource };

/** {@link ConnectOptions} with every choice made. */
export interface Settings {
  readonly address: Address;
  readonly framing: FramingName;
  readonly credentials: Credentials | undefined;
  readonly reconnect: Required<ReconnectOptions> | undefined;
  readonly timeoutMs: number;
  readonly heartbeatMs: number;
  readonly requestsInFlightMax: number;
}

/** Makes every choice that `options` leaves open. Throws a `TypeError` for what cannot be meant. */
export function settingsFrom(options: ConnectOptions): Settings {
  const { framing = "vsr", timeoutMs = 30_000, heartbeatMs = 5_000 } = options;
  const { requestsInFlightMax = 64 } = options;
  if (!(requestsInFlightMax >= 1)) {
    throw new TypeError(`Requests in flight must be 1 or more, not ${requestsInFlightMax}`);
  }
  return {
    address: typeof options.address === "string" ? parseAddress(options.address) : options.address,
    framing,
    credentials: credentialsFrom(options),
    reconnect: reconnectFrom(options),
    timeoutMs,
    heartbeatMs,
    requestsInFlightMax,
  };
}

/** An address with both its parts: `host`, `host:port`, `[IPv6]` or `[IPv6]:port`. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:\/\[\]]+))(?::(\d{1,5}))?$/i.exec(text);
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  if (match === null || port > 65_535) {
    throw new TypeError(`Address "${text}" is not host:port`);
  }
  return { hostname: match[1] ?? match[2], port };
}

/** {@link ConnectOptions.tls}; `undefined` for none. */
export function tlsOptionsFrom({ tls = false }: ConnectOptions): TlsOptions | undefined {
  if (typeof tls === "boolean") return tls ? {} : undefined;
  return tls;
}

function credentialsFrom(options: ConnectOptions): Credentials | undefined {
  const { username, personalAccessToken } = options;
  const isCertified = tlsOptionsFrom(options)?.certificate !== undefined;
  // The node takes an empty password for the certificate.
  const password = options.password ?? (isCertified && username !== undefined ? "" : undefined);
  if (personalAccessToken !== undefined) {
    if (username === undefined && password === undefined) return { personalAccessToken };
    throw new TypeError("Give a personal access token, or a name and password, not both");
  }
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined) {
    throw new TypeError(
      `Give a name and a password: the ${username ? "password" : "name"} is missing`,
    );
  }
  return { username, password };
}

function reconnectFrom({ reconnect = {} }: ConnectOptions): Required<ReconnectOptions> | undefined {
  if (reconnect === false) return undefined;
  const { attemptsMax = Infinity, delayMs = 100, delayMsMax = 5_000 } = reconnect;
  return { attemptsMax, delayMs, delayMsMax };
}

const DEFAULT_PORT = 8090;
