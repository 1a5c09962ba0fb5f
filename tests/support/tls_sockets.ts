/**
 * The TLS engine on a socket of its own, without the node: a plain loop, for peers to talk to. It
 * also does what the node's driver leaves out: 0-RTT data, new keys on request.
 *
 * @module
 */
import type { ClientConfig, ServerConfig } from "../../tls/config.ts";
import type { Negotiated, TlsConnection, TlsEvent } from "../../tls/connection.ts";
import { ClientConnection, ServerConnection } from "../../tls/mod.ts";
import { Outgoing } from "../../tls/outgoing.ts";
import type { ClientSession } from "../../tls/resumption.ts";

/** A TLS connection over a socket. Calls of one kind do not overlap. */
export class TlsSocket implements Disposable {
  readonly #socket: Deno.Conn;
  readonly #tls: TlsConnection;
  readonly #out: Outgoing;
  readonly #events: TlsEvent[] = [];
  readonly #input = new Uint8Array(INPUT_BYTES);
  #filled = 0;
  readonly #inbox: Uint8Array[] = [];
  #isConnected = false;
  #hasEnded = false;

  /** Sessions that the server gave, oldest first. */
  readonly sessions: ClientSession[] = [];
  /** Bytes of 0-RTT data received. */
  earlyBytes = 0;

  private constructor(socket: Deno.Conn, tls: TlsConnection, out: Outgoing) {
    this.#socket = socket;
    this.#tls = tls;
    this.#out = out;
  }

  /** Dials, sends `early` as 0-RTT data where the session allows it, and does the handshake. */
  static async connect(
    address: Deno.ConnectOptions,
    config: ClientConfig,
    early?: Uint8Array,
  ): Promise<TlsSocket> {
    const socket = await Deno.connect(address);
    socket.setNoDelay();
    const client = new ClientConnection(config);
    const tls = new TlsSocket(socket, client, new Outgoing(config.provider.buffers));
    try {
      client.start(tls.#out, tls.#events);
      if (early !== undefined && client.earlyDataBytesLeft > 0) {
        client.sendEarlyData(early, tls.#out);
      }
      await tls.#flush();
      await tls.#pumpUntil(() => tls.#isConnected);
      return tls;
    } catch (error) {
      tls[Symbol.dispose]();
      throw error;
    }
  }

  /** Does the handshake with who dialled in. */
  static async accept(socket: Deno.TcpConn, config: ServerConfig): Promise<TlsSocket> {
    socket.setNoDelay();
    const server = new ServerConnection(config);
    const tls = new TlsSocket(socket, server, new Outgoing(config.provider.buffers));
    try {
      server.start(tls.#out, tls.#events);
      await tls.#pumpUntil(() => tls.#isConnected);
      return tls;
    } catch (error) {
      // A socket closed with bytes unread is reset, and the peer may lose the alert.
      await tls.close();
      throw error;
    }
  }

  get negotiated(): Negotiated {
    return this.#tls.negotiated!;
  }

  /** What came next; `undefined` at the end of the peer's data, however it came about. */
  async read(): Promise<Uint8Array | undefined> {
    await this.#pumpUntil(() => this.#inbox.length > 0);
    return this.#inbox.shift();
  }

  /** Waits for the server's next ticket; `undefined` when the server ended before. */
  async session(): Promise<ClientSession | undefined> {
    const { length } = this.sessions;
    await this.#pumpUntil(() => this.sessions.length > length);
    return this.sessions[length];
  }

  async write(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length; at += BATCH_BYTES) {
      this.#tls.send(data.subarray(at, at + BATCH_BYTES), this.#out);
      await this.#flush();
    }
  }

  /** Changes this side's key, and asks the peer for another of its own. */
  async updateKeys(): Promise<void> {
    this.#tls.updateKeys(this.#out, true);
    await this.#flush();
  }

  /** Says that nothing follows; what the peer still has to say is passed over. */
  async close(): Promise<void> {
    try {
      this.#tls.close(this.#out);
      await this.#flush();
      await this.#socket.closeWrite?.();
      while (await this.#socket.read(this.#input) !== null);
    } catch {
      // The peer has gone already.
    }
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    try {
      this.#socket.close();
    } catch {
      // Closed before.
    }
  }

  async #pumpUntil(holds: () => boolean): Promise<void> {
    while (!holds() && !this.#hasEnded) {
      const count = await this.#socket.read(this.#input.subarray(this.#filled));
      if (count === null) {
        if (!this.#isConnected) throw new Error("Peer went away during the handshake");
        this.#hasEnded = true;
        return;
      }
      this.#filled += count;
      await this.#receive();
    }
  }

  async #receive(): Promise<void> {
    try {
      const received = this.#input.subarray(0, this.#filled);
      const consumed = this.#tls.receive(received, this.#out, this.#events);
      for (let at = 0; at < this.#events.length; at++) await this.#handle(this.#events[at]);
      this.#events.length = 0;
      this.#input.copyWithin(0, consumed, this.#filled);
      this.#filled -= consumed;
    } finally {
      await this.#flush();
    }
  }

  async #handle(event: TlsEvent): Promise<void> {
    switch (event.type) {
      case "early-data":
        this.earlyBytes += event.bytes.length;
        this.#inbox.push(event.bytes.slice());
        break;
      case "data":
        this.#inbox.push(event.bytes.slice());
        break;
      case "connected":
        this.#isConnected = true;
        break;
      case "session":
        this.sessions.push(event.session);
        break;
      case "end":
        this.#hasEnded = true;
        break;
      case "signature-wanted":
        this.#tls.provideSignature(await event.signature, this.#out, this.#events);
    }
  }

  async #flush(): Promise<void> {
    let bytes = this.#out.bytes;
    while (bytes.length > 0) bytes = bytes.subarray(await this.#socket.write(bytes));
    this.#out.clear();
  }
}

const INPUT_BYTES = 1 << 17;
const BATCH_BYTES = 1 << 16;
