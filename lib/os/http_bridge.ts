/**
 * HTTP and WebSocket for byte streams that were accepted elsewhere (the one port, or the TLS engine):
 * each stream is piped to `Deno.serve` on a private unix socket (loopback TCP on Windows).
 *
 * `Deno.serve` sees only the pipe's address, so the pipe writes one header of its own into the first
 * request: an unguessable ticket that leads back to the stream and its real addresses.
 *
 * @module
 */
import type { Address, Duplex, HttpBridge, HttpHandlers } from "../ports.ts";
import { connectTcp, connectUnix } from "./net.ts";
import { webSocketDuplex } from "./web_socket_duplex.ts";

/** Opens the bridge. `directory` holds its socket and must be writable; the socket's folder is private to this user. */
export function openHttpBridge(directory: string, handlers: HttpHandlers): HttpBridge {
  const passengers = new Map<string, Passenger>();
  const gate = privateGate(directory);
  const server = Deno.serve(
    { ...gate.listen, onListen() {} },
    (request) => route(request, passengers, handlers),
  );
  return {
    async serve(stream, head) {
      const ticket = crypto.randomUUID();
      const passenger: Passenger = { stream, backlog: new Backlog() };
      passengers.set(ticket, passenger);
      try {
        const inner = await gate.connect(server.addr, stream);
        await pipeBoth(passenger, inner, head, ticket);
      } finally {
        passengers.delete(ticket);
        stream.close();
      }
    },
    async close() {
      await server.shutdown();
      gate.remove();
    },
  };
}

/** Counts the bytes a WebSocket was given and has not consumed, and holds the pipe back above the mark. */
export class Backlog {
  #bytes = 0;
  #ended = false;
  #wake: (() => void) | undefined;

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  remove(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#isLow) this.#wake?.();
  }

  /** Lets the pipe run from now on, whatever was counted: nobody consumes any more. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Resolves once the backlog is below the mark; `undefined` when it is. */
  room(): Promise<void> | undefined {
    if (this.#ended || this.#isLow) return undefined;
    return new Promise((resolve) => this.#wake = resolve);
  }

  get #isLow(): boolean {
    return this.#bytes <= BACKLOG_BYTES_MAX;
  }
}

interface Passenger {
  readonly stream: Duplex;
  readonly backlog: Backlog;
}

function route(
  request: Request,
  passengers: Map<string, Passenger>,
  handlers: HttpHandlers,
): Response | Promise<Response> {
  // The pipe's header comes first; one that the client sent under the same name is joined behind it.
  const ticket = request.headers.get(TICKET_HEADER)?.split(",")[0] ?? "";
  const passenger = passengers.get(ticket);
  if (passenger === undefined) return handlers.onRequest(request, UNKNOWN_PEER);
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return handlers.onRequest(request, passenger.stream.peer);
  }
  return upgrade(request, passenger, handlers);
}

function upgrade(
  request: Request,
  { stream, backlog }: Passenger,
  { onWebSocket }: HttpHandlers,
): Response {
  let upgraded: Deno.WebSocketUpgrade;
  try {
    upgraded = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  } catch (error) {
    // RFC 6455 section 4.2.1: a handshake without the headers it needs.
    return new Response(`${error instanceof Error ? error.message : error}\n`, { status: 400 });
  }
  const { socket, response } = upgraded;
  socket.addEventListener(
    "open",
    () => onWebSocket(webSocketDuplex(socket, stream, backlog), stream),
  );
  return response;
}

async function pipeBoth(passenger: Passenger, inner: Duplex, head: Uint8Array, ticket: string) {
  const { stream, backlog } = passenger;
  const inbound = async () => {
    await inner.write(await ticketedHead(stream, head, ticket));
    await pump(stream, inner, () => backlog.room());
  };
  const end = () => {
    inner.close();
    stream.close();
    backlog.end();
  };
  // Either direction's end, clean or not, ends the other: HTTP's keep-alive has no half-open use.
  await Promise.allSettled([
    inbound().catch(() => {}).finally(end),
    pump(inner, stream, () => undefined).catch(() => {}).finally(end),
  ]);
}

async function pump(from: Duplex, to: Duplex, room: () => Promise<void> | undefined) {
  const buffer = new Uint8Array(PIPE_BYTES);
  for (;;) {
    await room();
    const length = await from.read(buffer);
    if (length === null) return;
    await to.write(buffer.subarray(0, length));
  }
}

/** The first request's bytes with the ticket as its first header. */
async function ticketedHead(stream: Duplex, head: Uint8Array, ticket: string): Promise<Uint8Array> {
  let bytes = head;
  let end: number;
  while ((end = bytes.indexOf(LF)) < 0) {
    if (bytes.length > REQUEST_LINE_BYTES_MAX) throw new Error("Request line is too long");
    const more = new Uint8Array(1024);
    const length = await stream.read(more);
    if (length === null) throw new Error("Stream ended inside the request line");
    bytes = concat([bytes, more.subarray(0, length)]);
  }
  const header = new TextEncoder().encode(`${TICKET_HEADER}: ${ticket}\r\n`);
  return concat([bytes.subarray(0, end + 1), header, bytes.subarray(end + 1)]);
}

interface Gate {
  readonly listen: { path: string } | { hostname: string; port: number };
  connect(address: Deno.Addr, stream: Duplex): Promise<Duplex>;
  remove(): void;
}

function privateGate(directory: string): Gate {
  if (Deno.build.os === "windows") {
    return {
      listen: { hostname: "127.0.0.1", port: 0 },
      connect: (address) => connectTcp(address as Deno.NetAddr),
      remove() {},
    };
  }
  const folder = privateFolder(directory);
  const path = `${folder}/s`;
  return {
    listen: { path },
    connect: (_address, stream) => connectUnix(path, stream.peer, stream.local),
    remove: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/**
 * A folder only this user may enter: in the data directory, in place of one that a killed process
 * left, or a temporary one when the socket's path would pass the kernel's limit.
 */
function privateFolder(directory: string): string {
  const folder = `${Deno.realPathSync(directory)}/http`;
  if (new TextEncoder().encode(folder).length > FOLDER_BYTES_MAX) {
    return Deno.makeTempDirSync({ prefix: "whippet-" });
  }
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.mkdirSync(folder, { mode: 0o700 });
  return folder;
}

function concat(parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

const TICKET_HEADER = "whippet-ticket";
const UNKNOWN_PEER: Address = { hostname: "unknown", port: 0 };
const BACKLOG_BYTES_MAX = 1024 * 1024;
const PIPE_BYTES = 64 * 1024;
const REQUEST_LINE_BYTES_MAX = 8 * 1024;
/** A unix socket's path holds 107 bytes, 103 on macOS; `/s` takes two. */
const FOLDER_BYTES_MAX = 100;
const LF = 10;
