/**
 * One client as the node knows it, whatever its framing.
 *
 * ```text
 * Unauthenticated --login--> Authenticated --logout--> Unauthenticated
 *        any state --drain, eviction, end of stream--> Closed
 * ```
 *
 * Invariant: `userId` is set exactly while the state is Authenticated. Only this file changes it.
 *
 * @module
 */
import { xxh32 } from "../../protocol/xxhash.ts";
import type { Dialect } from "../../protocol/command.ts";
import type { Client, ClientTransport } from "../handlers/broker.ts";
import type { Address } from "../ports.ts";

/** A client's session; ends with its connection. */
export class Session implements Client {
  readonly id: number;
  readonly clientId: number;
  readonly transport: ClientTransport;
  readonly address: string;
  readonly localHostname: string;
  /** The generation of the protocol that the client's first frame showed. */
  readonly dialect: Dialect;
  readonly certifiedName: string | undefined;
  /** Monotonic milliseconds since when the client owes a sign of life: the answer to its last request was sent. */
  lastActiveMs: number;
  /** Called when a request begins to wait for messages. */
  whenWaiting: () => void = () => {};
  #wait: AbortController | undefined;
  #heartbeats = false;
  #userId: number | undefined;

  constructor(
    id: number,
    dialect: Dialect,
    transport: ClientTransport,
    peer: Address,
    local: Address,
    nowMs: number,
    certifiedName?: string,
  ) {
    this.certifiedName = certifiedName;
    this.id = id;
    this.dialect = dialect;
    this.transport = transport;
    this.address = addressText(peer);
    this.localHostname = local.hostname;
    this.lastActiveMs = nowMs;
    // CLASSIC.md section 1, lifecycle 2: the number clients see is a hash of the peer's address.
    this.clientId = xxh32(new TextEncoder().encode(this.address));
  }

  get userId(): number | undefined {
    return this.#userId;
  }

  /** Makes this the session of that user; a second login replaces the first (CLASSIC.md section 12). */
  login(userId: number): void {
    this.#userId = userId;
  }

  logout(): void {
    this.#userId = undefined;
  }

  /** Begins the wait of a request, whose frame may be overwritten from now on; gives what ends it early. */
  readonly beginWait = (): AbortSignal => {
    this.#wait = new AbortController();
    this.whenWaiting();
    return this.#wait.signal;
  };

  /** Ends the wait of a request, if there is one: the client is gone or says more, or the node stops. */
  interrupt(): void {
    this.#wait?.abort();
  }

  pinged(): void {
    this.#heartbeats = true;
  }

  /** Whether the client ever sent a ping: only such a client is expected to go on sending them. */
  get heartbeats(): boolean {
    return this.#heartbeats;
  }
}

/** `127.0.0.1:5000`, `[::1]:5000`. */
export function addressText({ hostname, port }: Address): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
