/**
 * A handshake without a record layer, as QUIC has it (RFC 9001 §4): both ends in memory, joined
 * through their events.
 *
 * @module
 */
import { ClientConnection } from "../../tls/client.ts";
import type { ClientConfig, ServerConfig } from "../../tls/config.ts";
import type { TlsEvent } from "../../tls/connection.ts";
import type { Endpoint } from "../../tls/endpoint.ts";
import { ServerConnection } from "../../tls/server.ts";
import { End } from "./tls_pair.ts";

/** One end of a handshake over QUIC's CRYPTO frames. */
class QuicEnd {
  readonly end: End;
  #seen = 0;

  constructor(
    readonly name: string,
    readonly connection: Endpoint,
    config: ClientConfig | ServerConfig,
  ) {
    this.end = new End(connection, config);
    connection.start(this.end.out, this.end.events);
  }

  /** What was said since the last time. */
  taken(): TlsEvent[] {
    const events = this.end.events.slice(this.#seen);
    this.#seen = this.end.events.length;
    return events;
  }

  secret(direction: string, level: string): Uint8Array | undefined {
    for (const event of this.end.events) {
      if (event.type !== "secret") continue;
      if (event.direction === direction && event.level === level) return event.secret;
    }
    return undefined;
  }

  /** Carries handshake bytes both ways; gives levels and senders in order. */
  pump(other: QuicEnd): string[] {
    const order: string[] = [];
    for (let [from, to]: QuicEnd[] = [this, other], idle = 0; idle < 2; [from, to] = [to, from]) {
      const said = from.taken().filter((event) => event.type === "handshake-bytes");
      idle = said.length === 0 ? idle + 1 : 0;
      for (const { level, bytes } of said) {
        order.push(`${level} ${from.name}`);
        to.connection.receiveHandshake(bytes, to.end.out, to.end.events);
      }
    }
    return order;
  }
}

/** A client that has started, and a server. */
export function quicPair(
  configs: { client: ClientConfig; server: ServerConfig },
): { client: QuicEnd; server: QuicEnd } {
  const options = { withoutRecords: true };
  return {
    client: new QuicEnd("client", new ClientConnection(configs.client, options), configs.client),
    server: new QuicEnd("server", new ServerConnection(configs.server, options), configs.server),
  };
}
