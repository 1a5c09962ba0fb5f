/**
 * The client for pages in a browser: `deno task assets` bundles it, and a node serves it as `/sdk.js`.
 *
 * ```ts ignore
 * import { IggyClient } from "/sdk.js";
 *
 * const client = await IggyClient.connect({ token });
 * await client.messages.send("orders", "events", [{ payload: "hello" }]);
 * ```
 *
 * @module
 */
import { Client } from "../client/client.ts";
import type { ConnectOptions, TokenSource } from "../client/options.ts";
import { wakefulClock } from "../os/clock.ts";
import { systemEntropy } from "../os/entropy.ts";
import { addressOf, dialWebSocket } from "../os/web_socket_dial.ts";
import { xxh3_64 } from "../../protocol/xxhash.ts";

/** What {@link IggyClient.connect} takes in a browser. */
export interface BrowserOptions extends
  Pick<
    ConnectOptions,
    | "framing"
    | "username"
    | "password"
    | "reconnect"
    | "timeoutMs"
    | "heartbeatMs"
    | "requestsInFlightMax"
  > {
  /** `wss://host:port`, or `ws:`, `https:`, `http:`. The page's own origin unless given. */
  readonly url?: string | URL;
  /**
   * In place of a name and password: a token of `POST /users/web-socket-token`, which is good for one
   * login, or a personal access token. Give a function that fetches one, and a lost connection can be
   * made again.
   */
  readonly token?: TokenSource;
}

/** Clients over a WebSocket of this browser; `connect` says how. */
export const IggyClient = {
  /**
   * Connects to a node, and logs in when there are credentials. Rejects with a `ConnectionError` when the
   * WebSocket cannot be opened, with an `IggyError` when the login is refused, with a `TypeError` for
   * what is no address.
   */
  async connect({ url, token, ...options }: BrowserOptions = {}): Promise<Client> {
    const where = webSocketUrl(url ?? pageUrl());
    return await Client.connect({
      ...options,
      address: addressOf(where),
      personalAccessToken: token,
    }, {
      dial: () => dialWebSocket(where),
      clock: wakefulClock,
      entropy: systemEntropy,
      xxh3: xxh3_64,
    });
  },
};

export { ConnectionError, TimeoutError } from "../client/errors.ts";
export { IggyError } from "../../protocol/errors.ts";
/** The numbers of Iggy's errors by name, as in `error.code === errors.STREAM_ID_NOT_FOUND`. */
export * as errors from "../../protocol/error_codes.ts";

/** Where a WebSocket of that address is opened. */
function webSocketUrl(url: string | URL): URL {
  const scheme = SCHEMES[new URL(url).protocol];
  if (scheme === undefined) throw new TypeError(`Address "${url}" is not wss://host:port`);
  return new URL(String(url).replace(/^[^:]*:/, scheme));
}

function pageUrl(): string {
  const { location } = globalThis;
  if (location === undefined) throw new TypeError("Give the node's url: there is no page here");
  return location.origin;
}

const SCHEMES: Readonly<Record<string, string>> = {
  "ws:": "ws:",
  "wss:": "wss:",
  "http:": "ws:",
  "https:": "wss:",
};
