/**
 * The server that tlsfuzzer's scripts examine: the engine behind a listener on 127.0.0.1, with just
 * enough of HTTP. `deno task tlsfuzzer` starts it, once for each way it is set up.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import type { ServerConfig } from "../../tls/config.ts";
import { TlsSocket } from "../support/tls_sockets.ts";

/** What it says to a request. */
export type Manner = "page" | "echo";

export interface ListeningServer {
  readonly port: number;
  close(): void;
}

/** Serves until it is closed. `report` gets what is neither an answer nor the peer's fault. */
export function serve(
  config: ServerConfig,
  manner: Manner,
  report: (error: unknown) => void,
): ListeningServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  acceptAll(listener, async (socket) => {
    try {
      const connection = await TlsSocket.accept(socket, config);
      try {
        await (manner === "page" ? answer(connection) : echo(connection));
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (!isPeersFault(error)) report(error);
    }
  });
  return { port: listener.addr.port, close: () => listener.close() };
}

async function acceptAll(
  listener: Deno.TcpListener,
  handle: (socket: Deno.TcpConn) => Promise<void>,
): Promise<void> {
  for await (const socket of listener) {
    handle(socket);
  }
}

/** One page to one request, whose end is an empty line; under new keys where it asks for that. */
async function answer(connection: TlsSocket): Promise<void> {
  let start = "";
  let end = "";
  while (!end.endsWith("\r\n\r\n")) {
    const data = await connection.read();
    if (data === undefined) return;
    start = (start + String.fromCharCode(...data.subarray(0, 20))).slice(0, 20);
    end = (end + String.fromCharCode(...data.subarray(-4))).slice(-4);
  }
  if (start.startsWith("GET /keyupdate ")) await connection.updateKeys();
  await connection.write(PAGE);
}

async function echo(connection: TlsSocket): Promise<void> {
  for (;;) {
    const data = await connection.read();
    if (data === undefined) return;
    await connection.write(data);
  }
}

function isPeersFault(error: unknown): boolean {
  if (error instanceof TlsError) return error.alert !== "internal_error";
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Error && error.message.startsWith("Peer went away");
}

const PAGE = new TextEncoder().encode(
  "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nwhippet\n",
);
