/**
 * The outside world of a node, in memory: a disk, a clock that is set by hand, a network of pipes, and
 * an HTTP bridge that only knows how to upgrade. The same calls give the same outcome.
 *
 * @module
 */
import type {
  Address,
  Duplex,
  Entropy,
  Host,
  HttpBridge,
  HttpHandlers,
  Listener,
  NodePorts,
} from "../../lib/ports.ts";
import { pipe, type PipeEnd, type PipeOptions } from "./pipe.ts";
import { SimClock } from "./sim_clock.ts";
import { SIM_HOST } from "./sim_host.ts";
import { SimStorage } from "./sim_storage.ts";

export class SimPorts implements NodePorts {
  readonly clock = new SimClock();
  entropy: Entropy = new CountingEntropy();
  readonly host: Host = SIM_HOST;
  readonly storage: SimStorage;
  readonly network = new SimNetwork();
  /** The bridge, once the node has opened it. */
  bridge: SimBridge | undefined;
  /** What `openHttpBridge` throws, if it is to fail. */
  bridgeFailure: Error | undefined;

  constructor(storage = new SimStorage()) {
    this.storage = storage;
  }

  listen(address: Address): Listener {
    return this.network.listen(address);
  }

  /** Files outside of the data directory. */
  readonly files = new Map<string, Uint8Array>();

  readonly readFile = (path: string) => this.files.get(path);
  readonly isOpenToOthers = () => false;

  openHttpBridge(handlers: HttpHandlers): HttpBridge {
    if (this.bridgeFailure !== undefined) throw this.bridgeFailure;
    return this.bridge = new SimBridge(handlers);
  }
}

/** Ports of one machine. */
class SimNetwork {
  readonly #listeners = new Map<number, SimListener>();
  #nextPort = 40_000;
  #nextClientPort = 50_001;

  /** Ports that are listened on. */
  get ports(): number[] {
    return [...this.#listeners.keys()];
  }

  listen(address: Address): Listener {
    const port = address.port === 0 ? this.#nextPort++ : address.port;
    if (this.#listeners.has(port)) throw new Error(`Address ${port} is in use`);
    const listener = new SimListener({ ...address, port }, () => this.#listeners.delete(port));
    this.#listeners.set(port, listener);
    return listener;
  }

  /** The client's end of a new connection. */
  dial(port: number, options: PipeOptions = {}): PipeEnd {
    const listener = this.#listeners.get(port);
    if (listener === undefined) throw new Error(`Nobody listens on port ${port}`);
    const client = { hostname: "127.0.0.1", port: this.#nextClientPort++ };
    const ends = pipe({ client, server: listener.address, ...options });
    listener.arrive(ends.server);
    return ends.client;
  }
}

class SimListener implements Listener {
  readonly address: Address;
  readonly #released: () => void;
  readonly #arrived: Duplex[] = [];
  #open = true;
  #wake: (() => void) | undefined;

  constructor(address: Address, released: () => void) {
    this.address = address;
    this.#released = released;
  }

  arrive(duplex: Duplex): void {
    this.#arrived.push(duplex);
    this.#wake?.();
  }

  async accept(): Promise<Duplex | null> {
    while (this.#open && this.#arrived.length === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#open ? this.#arrived.shift()! : null;
  }

  close(): void {
    this.#open = false;
    this.#released();
    this.#wake?.();
  }
}

/** Takes streams over; {@link upgrade} makes WebSockets of them, as a client's request would. */
class SimBridge implements HttpBridge {
  closed = false;
  /** What `close` rejects with, if it is to fail. */
  closeFailure: Error | undefined;
  readonly #handlers: HttpHandlers;
  readonly #streams = new Map<Duplex, () => void>();

  constructor(handlers: HttpHandlers) {
    this.#handlers = handlers;
  }

  /** Streams taken over and not ended. */
  get streams(): Duplex[] {
    return [...this.#streams.keys()];
  }

  /** What the node answers to plain HTTP. */
  request(path: string): Response | Promise<Response> {
    return this.#handlers.onRequest(new Request(`http://localhost${path}`), {
      peer: HTTP_CLIENT,
      isTls: false,
    });
  }

  /** A WebSocket inside of the stream that was taken over last; its end takes the stream along. */
  upgrade(): PipeEnd {
    const carrier = this.streams.at(-1)!;
    const ends = pipe({ client: carrier.peer, server: carrier.local, wholeMessages: true });
    const { server } = ends;
    const stream: Duplex = {
      peer: server.peer,
      local: server.local,
      wholeMessages: true,
      read: (into) => server.read(into),
      write: (bytes) => carrierOpen(carrier) ? server.write(bytes) : Promise.reject(carrierGone()),
      close: () => {
        server.close();
        this.#end(carrier);
      },
    };
    this.#handlers.onWebSocket(stream, carrier);
    return ends.client;
  }

  async serve(stream: Duplex): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#streams.set(stream, resolve);
      this.#watch(stream);
    });
  }

  /** Ends the streams that wait for the next request, as a server that shuts down does. */
  close(): Promise<void> {
    this.closed = true;
    if (this.closeFailure !== undefined) return Promise.reject(this.closeFailure);
    for (const stream of this.streams) this.#end(stream);
    return Promise.resolve();
  }

  async #watch(stream: Duplex): Promise<void> {
    while (await stream.read(new Uint8Array(1024)) !== null);
    this.#end(stream);
  }

  #end(stream: Duplex): void {
    stream.close();
    this.#streams.get(stream)?.();
    this.#streams.delete(stream);
  }
}

/** Counts up, so that no two fills are alike. */
export class CountingEntropy implements Entropy {
  #next = 0;

  fill(into: Uint8Array): void {
    for (let at = 0; at < into.length; at++) into[at] = this.#next++ * 167 >> 3;
  }
}

function carrierOpen(carrier: Duplex): boolean {
  return !(carrier as PipeEnd).closed;
}

function carrierGone(): Error {
  return new Error("The stream below the WebSocket is closed");
}

const HTTP_CLIENT: Address = { hostname: "127.0.0.1", port: 50_000 };
