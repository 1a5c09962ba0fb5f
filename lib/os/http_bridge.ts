/**
 * HTTP and WebSocket for byte streams that were accepted elsewhere (the one port, or the TLS engine):
 * each stream is piped to a `Deno.serve` of its own on a private unix socket (loopback TCP on Windows).
 *
 * `Deno.serve` sees only the pipe's address. A server for each stream knows every request of it for
 * what it is, those of HTTP/2 included, and nothing is written into what the client sends. It costs
 * 0.1 ms and 8 KB a connection.
 *
 * @module
 */
import type { Limits } from "../limits.ts";
import type { Duplex, HttpBridge, HttpHandlers } from "../ports.ts";
import { connectTcp, connectUnix } from "./net.ts";
import { webSocketDuplex } from "./web_socket_duplex.ts";

/**
 * Opens the bridge, whose socket lies in `folder`: one of {@link bridgeFolder}'s, which only this user
 * may enter, and which goes with the bridge. What a killed process left there goes at once.
 */
export function openHttpBridge(
  folder: string,
  handlers: HttpHandlers,
  { requestHeadTimeMsMax }: Pick<Limits, "requestHeadTimeMsMax">,
): HttpBridge {
  makePrivate(folder);
  const openGate = Deno.build.os === "windows"
    ? gateOnLoopback
    : gateOnSocket.bind(undefined, bridgeSocket(folder));
  const open = new Set<Gate>();
  return {
    async serve(stream, head, isTls = false) {
      const passenger = new Passenger(stream, isTls, requestHeadTimeMsMax);
      const gate = openGate((request, { completed }) => {
        passenger.begin(completed);
        return route(request, passenger, handlers);
      }, stream);
      open.add(gate);
      try {
        await pipeBoth(passenger, await gate.inside, head);
      } finally {
        stream.close();
        open.delete(gate);
        await gate.close();
      }
    },
    async close() {
      await Promise.all([...open].map((gate) => gate.close()));
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

/**
 * Counts the bytes a WebSocket was given and has not consumed, holds the pipe back above the mark, and
 * tells of what flows the other way.
 */
export class Backlog {
  /** Called after each part that the far end took. */
  onTaken: (() => void) | undefined;
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

/**
 * One stream on its way through the bridge. While none of its requests is being answered, the next
 * one's head has a time to be complete, from its first byte on.
 */
class Passenger {
  readonly backlog = new Backlog();
  readonly #headTimeMsMax: number;
  #answering = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly stream: Duplex,
    readonly isTls: boolean,
    headTimeMsMax: number,
  ) {
    this.#headTimeMsMax = headTimeMsMax;
  }

  /** Bytes have come. HTTP/2 speaks between requests, too: there only the first one is waited for. */
  arrived(bytes: Uint8Array, isFirst: boolean): void {
    if (isFirst && isHttp2(bytes)) this.#answering = Infinity;
    if (isFirst || this.#answering === 0) {
      this.#timer ??= setTimeout(() => this.stream.close(), this.#headTimeMsMax);
    }
  }

  /** A head is complete; its request is under way until `completed` settles. */
  begin(completed: Promise<void>): void {
    this.ended();
    this.#answering++;
    const end = () => void this.#answering--;
    completed.then(end, end);
  }

  /** The request became a WebSocket: there is no next one. */
  upgraded(): void {
    this.#answering = Infinity;
  }

  /** Nothing more is waited for. */
  ended(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function route(
  request: Request,
  passenger: Passenger,
  handlers: HttpHandlers,
): Response | Promise<Response> {
  const { stream, isTls } = passenger;
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return handlers.onRequest(request, { peer: stream.peer, isTls });
  }
  const origin = request.headers.get("origin");
  if (origin !== null && !handlers.admitsOrigin(origin, request.headers.get("host") ?? "")) {
    return new Response(`Pages of ${origin} may open no WebSocket here\n`, { status: 403 });
  }
  return upgrade(request, passenger, handlers);
}

function upgrade(
  request: Request,
  passenger: Passenger,
  { onWebSocket }: HttpHandlers,
): Response {
  const { stream, backlog } = passenger;
  let upgraded: Deno.WebSocketUpgrade;
  try {
    upgraded = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  } catch (error) {
    // RFC 6455 section 4.2.1: a handshake without the headers it needs.
    return new Response(`${error instanceof Error ? error.message : error}\n`, { status: 400 });
  }
  const { socket, response } = upgraded;
  passenger.upgraded();
  socket.addEventListener(
    "open",
    () => onWebSocket(webSocketDuplex(socket, stream, backlog), stream),
  );
  return response;
}

async function pipeBoth(passenger: Passenger, inner: Duplex, head: Uint8Array) {
  const { stream, backlog } = passenger;
  const inbound = async () => {
    passenger.arrived(head, true);
    if (head.length > 0) await inner.write(head);
    await pump(stream, inner, {
      async before(bytes) {
        passenger.arrived(bytes, false);
        await backlog.room();
      },
    });
  };
  const end = () => {
    passenger.ended();
    inner.close();
    stream.close();
    backlog.end();
  };
  // Either direction's end, clean or not, ends the other: HTTP's keep-alive has no half-open use.
  await Promise.allSettled([
    inbound().catch(() => {}).finally(end),
    pump(inner, stream, { after: () => backlog.onTaken?.() }).catch(() => {}).finally(end),
  ]);
}

/** What happens around each write of a pump. */
interface PumpSteps {
  before?(bytes: Uint8Array): Promise<void>;
  after?(): void;
}

/** Moves bytes until either end is at its end. */
async function pump(from: Duplex, to: Duplex, { before, after }: PumpSteps) {
  const buffer = new Uint8Array(PIPE_BYTES);
  for (;;) {
    const length = await from.read(buffer);
    if (length === null) return;
    const bytes = buffer.subarray(0, length);
    if (before !== undefined) await before(bytes);
    await to.write(bytes);
    after?.();
  }
}

function makePrivate(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true });
  if (Deno.build.os !== "windows") Deno.chmodSync(folder, 0o700);
  for (const { name } of Deno.readDirSync(folder)) {
    Deno.removeSync(`${folder}/${name}`, { recursive: true });
  }
}

/** The way of one stream to a server of its own. */
interface Gate {
  /** The server's other end; nobody else has one. */
  readonly inside: Promise<Duplex>;
  /** Ends the server, behind the answers under way. */
  close(): Promise<void>;
}

type Handler = (
  request: Request,
  info: { readonly completed: Promise<void> },
) => Response | Promise<Response>;

/**
 * One name does for the sockets of all streams, as it is there for the length of this function only:
 * dialling is done when the runtime gives its promise. That a server removes its socket's name when it
 * ends then removes nobody else's.
 */
function gateOnSocket(path: string, handler: Handler, { peer, local }: Duplex): Gate {
  const server = Deno.serve({ path, onListen() {} }, handler);
  const inside = connectUnix(path, peer, local);
  Deno.removeSync(path);
  return { inside, close: () => server.shutdown() };
}

/** Whoever else finds the port is known by another one of its own, and gets 403. */
function gateOnLoopback(handler: Handler): Gate {
  let port: number | undefined;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request, info) =>
      info.remoteAddr.port === port ? handler(request, info) : new Response(null, { status: 403 }),
  );
  const inside = connectTcp(server.addr).then((duplex) => {
    port = duplex.local.port;
    return duplex;
  });
  return { inside, close: () => server.shutdown() };
}

/**
 * The folder for the bridge of a data directory: in it, or a temporary one when the socket's path would
 * pass the kernel's limit.
 */
export function bridgeFolder(dataDirectory: string): string {
  const folder = `${Deno.realPathSync(dataDirectory)}/http`;
  const isShort = new TextEncoder().encode(bridgeSocket(folder)).length <= SOCKET_BYTES_MAX;
  return isShort ? folder : Deno.makeTempDirSync({ prefix: "whippet-" });
}

/** Where all streams are handed over, one after the other: a permission for a socket names its path. */
export function bridgeSocket(folder: string): string {
  return `${folder}/gate`;
}

/** The connection preface of RFC 9113 section 3.4 begins so. */
function isHttp2(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(0, 4)) === "PRI ";
}

const BACKLOG_BYTES_MAX = 1024 * 1024;
const PIPE_BYTES = 64 * 1024;
/** What a unix socket's path holds on macOS; 107 on Linux. */
const SOCKET_BYTES_MAX = 103;
