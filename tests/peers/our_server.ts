/**
 * Our server, for as long as a peer's client needs it.
 *
 * @module
 */
import type { ServerConfig } from "../../tls/config.ts";
import { TlsSocket } from "../support/tls_sockets.ts";
import type { Sight } from "./cases.ts";
import { answer } from "./http.ts";

/** A server on a free port of the loopback interface; answers each connection once. */
export class OurServer implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #config: ServerConfig;
  readonly #sights: Sight[] = [];
  readonly #answering = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #onSight: () => void = () => {};

  constructor(config: ServerConfig) {
    this.#config = config;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** What was seen of the connections that are over, in that order. */
  get sights(): readonly Sight[] {
    return this.#sights;
  }

  /** Resolves when so many connections are over. */
  async seen(connections: number): Promise<void> {
    while (this.#sights.length < connections) {
      await new Promise<void>((resolve) => this.#onSight = resolve);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    for await (const socket of this.#listener) {
      const answering = this.#serve(socket).finally(() => this.#answering.delete(answering));
      this.#answering.add(answering);
    }
  }

  async #serve(socket: Deno.TcpConn): Promise<void> {
    let tls: TlsSocket | undefined;
    try {
      tls = await TlsSocket.accept(socket, this.#config);
      const volume = await answer(tls);
      this.#note({ ...volume, negotiated: tls.negotiated, earlyBytes: tls.earlyBytes });
      // Some clients close only when their own input ends.
      await tls.close();
    } catch (error) {
      this.#note({
        received: 0,
        sent: 0,
        negotiated: tls?.negotiated,
        earlyBytes: tls?.earlyBytes ?? 0,
        error: String(error),
      });
    }
  }

  #note(sight: Sight): void {
    this.#sights.push(sight);
    this.#onSight();
  }
}
