/**
 * What both ends of a WebSocket share: messages as they come, read as one stream of bytes, and messages
 * sent no faster than they flow off. It needs nothing but the standard API, so a browser runs it, too.
 *
 * @module
 */
import { StreamClosed } from "../ports.ts";

/** What a reader tells of the bytes it holds. */
export interface ReaderEvents {
  arrived?(bytes: number): void;
  taken?(bytes: number): void;
  ended?(): void;
}

/** The binary messages of a socket as a stream; text messages are ignored (CLASSIC.md section 1.5). */
export class WebSocketReader {
  readonly #events: ReaderEvents;
  readonly #inbox: Uint8Array[] = [];
  #isEnded = false;
  #wake: (() => void) | undefined;

  constructor(socket: WebSocket, events: ReaderEvents = {}) {
    this.#events = events;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      if (!(data instanceof ArrayBuffer) || data.byteLength === 0 || this.#isEnded) return;
      this.#inbox.push(new Uint8Array(data));
      events.arrived?.(data.byteLength);
      this.#notify();
    });
    socket.addEventListener("close", () => this.end());
    socket.addEventListener("error", () => this.end());
  }

  /** As `Duplex.read`: what has come is read to its end first. */
  async read(into: Uint8Array): Promise<number | null> {
    while (this.#inbox.length === 0) {
      if (this.#isEnded) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const [first] = this.#inbox;
    const length = Math.min(first.length, into.length);
    into.set(first.subarray(0, length));
    if (length === first.length) this.#inbox.shift();
    else this.#inbox[0] = first.subarray(length);
    this.#events.taken?.(length);
    return length;
  }

  /** Takes no more messages. */
  end(): void {
    this.#isEnded = true;
    this.#events.ended?.();
    this.#notify();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** Sends one message, and waits while too much is unsent. Rejects with `StreamClosed` on a closed socket. */
export async function sendMessage(socket: WebSocket, bytes: Uint8Array): Promise<void> {
  if (socket.readyState !== WebSocket.OPEN) throw new StreamClosed("WebSocket is closed");
  socket.send(bytes as Uint8Array<ArrayBuffer>);
  while (socket.bufferedAmount > UNSENT_BYTES_MAX && socket.readyState === WebSocket.OPEN) {
    await new Promise((resolve) => setTimeout(resolve, UNSENT_POLL_MS));
  }
}

const UNSENT_BYTES_MAX = 1024 * 1024;
/** The WebSocket API has no event for "sent", so a full socket is asked again after this time. */
const UNSENT_POLL_MS = 2;
