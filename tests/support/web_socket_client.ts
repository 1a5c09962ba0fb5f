/**
 * The client's end of a WebSocket, as a stream of bytes: what a peer of `raw_peer.ts` speaks over.
 *
 * @module
 */
import { type Address, type Duplex, StreamClosed } from "../../lib/ports.ts";

/** How a frame is cut into messages. */
export type Cut = (frame: Uint8Array) => Uint8Array[];

export class WebSocketClient implements Duplex {
  readonly peer: Address;
  readonly local: Address = { hostname: "127.0.0.1", port: 0 };
  readonly wholeMessages = true;
  /** Bytes of each binary message that came. */
  readonly received: number[] = [];
  /** The code that the node closed with (RFC 6455 section 7.4). */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #cut: Cut;
  readonly #inbox: Uint8Array[] = [];
  #ended = false;
  #wake = () => {};

  /** Dials loopback; `cut` says what becomes a message of what is written, otherwise all of it is one. */
  static async dial(port: number, cut: Cut = (frame) => [frame]): Promise<WebSocketClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    socket.binaryType = "arraybuffer";
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", (event) => {
      reject(new Error(event instanceof ErrorEvent ? event.message : "WebSocket fails"));
    });
    await promise;
    return new WebSocketClient(socket, port, cut);
  }

  private constructor(socket: WebSocket, port: number, cut: Cut) {
    this.#socket = socket;
    this.#cut = cut;
    this.peer = { hostname: "127.0.0.1", port };
    const { promise, resolve } = Promise.withResolvers<number>();
    this.closed = promise;
    socket.addEventListener("message", ({ data }) => {
      this.received.push(data.byteLength);
      this.#inbox.push(new Uint8Array(data));
      this.#wake();
    });
    socket.addEventListener("close", ({ code }) => {
      this.#ended = true;
      this.#wake();
      resolve(code);
    });
  }

  /** Sends a text message, which means nothing here. */
  sendText(text: string): void {
    this.#socket.send(text);
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#inbox.length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const [first] = this.#inbox;
    const length = Math.min(first.length, into.length);
    into.set(first.subarray(0, length));
    if (length === first.length) this.#inbox.shift();
    else this.#inbox[0] = first.subarray(length);
    return length;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new StreamClosed("WebSocket is closed"));
    }
    for (const message of this.#cut(bytes)) this.#socket.send(message as Uint8Array<ArrayBuffer>);
    return Promise.resolve();
  }

  close(): void {
    this.#socket.close();
  }
}
