/**
 * What a running command works with: its output, the outside world, and a client that connects when it
 * is first asked for.
 *
 * @module
 */
import { Client } from "../client/client.ts";
import type { ConnectOptions, Credentials, Dial } from "../client/options.ts";
import { tlsDial } from "../client/tls.ts";
import { xxh3 } from "../log/checksum.ts";
import { credentialsOf, reachOf, type SharedOptions } from "./connection_options.ts";
import { Output, type OutputFormat } from "./output.ts";
import type { ClientCliPorts } from "./ports.ts";
import { webSocketOver } from "./web_socket.ts";

/** See the module comment. Disposing of it closes its clients. */
export class CommandContext implements AsyncDisposable {
  readonly ports: ClientCliPorts;
  readonly options: SharedOptions;
  readonly output: Output;
  readonly #clients: Client[] = [];

  constructor(ports: ClientCliPorts, options: SharedOptions) {
    this.ports = ports;
    this.options = options;
    this.output = this.in(options.output);
  }

  /** Output in another format than the one that was chosen for all, where there is another. */
  in(format: OutputFormat = this.options.output ?? "table"): Output {
    const { terminal, environment, print } = this.ports;
    const { color, quiet = false } = this.options;
    const colours = color !== false && terminal.output && !environment.NO_COLOR;
    return new Output({ format, colours, quiet, print });
  }

  /** A client that is logged in. */
  async client(options: Partial<ConnectOptions> = {}): Promise<Client> {
    const credentials = await credentialsOf(this.options, this.ports);
    return await this.connect(credentials, options);
  }

  /** A client for what needs no login. */
  connect(
    credentials?: Credentials,
    options: Partial<ConnectOptions> = {},
  ): Promise<Client> {
    return this.#connect({ ...credentials, ...options });
  }

  /** Whether progress may be drawn. */
  get showsProgress(): boolean {
    return this.ports.terminal.errors && !this.options.quiet;
  }

  /** Ends when the user interrupts; `undefined` is never given. */
  interruption(): { readonly signal: AbortSignal; release(): void } {
    const controller = new AbortController();
    const release = this.ports.onInterrupt(() => controller.abort());
    return { signal: controller.signal, release };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  async #connect(options: Partial<ConnectOptions>): Promise<Client> {
    const { ports } = this;
    const { isWebSocket, connect } = reachOf(this.options, ports);
    const { tls, ...reach } = connect;
    const plain: Dial = ports.dial;
    const secure = typeof tls === "object" ? tlsDial(plain, tls, ports) : plain;
    // TLS is below the WebSocket, where `Client` would put it on top.
    const dial: Dial = isWebSocket
      ? async (address) => webSocketOver(await secure(address), address, ports.entropy)
      : secure;
    const { clock, entropy } = ports;
    const client = await Client.connect({ ...reach, ...options }, { dial, clock, entropy, xxh3 });
    this.#clients.push(client);
    return client;
  }
}
