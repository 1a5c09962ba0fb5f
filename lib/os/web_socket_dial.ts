/**
 * Dials a WebSocket by the standard API, as a page in a browser has to. TLS is the platform's: `wss:`.
 *
 * @module
 */
import type { Address, Duplex } from "../ports.ts";
import { sendMessage, WebSocketReader } from "./web_socket_messages.ts";

/**
 * A byte stream to `url` (`ws:` or `wss:`); each write is one message. Rejects when it cannot be opened:
 * the platform tells a page nothing of why.
 */
export async function dialWebSocket(url: URL): Promise<Duplex> {
  const socket = new WebSocket(url);
  const reader = new WebSocketReader(socket);
  await opened(socket, url);
  return {
    peer: addressOf(url),
    // Nobody tells a page.
    local: { hostname: "", port: 0 },
    wholeMessages: true,
    read: (into) => reader.read(into),
    write: (bytes) => sendMessage(socket, bytes),
    close() {
      reader.end();
      socket.close();
    },
  };
}

/** Where `url` points, its port filled in. */
export function addressOf({ hostname, port, protocol }: URL): Address {
  const usual = protocol === "wss:" ? 443 : 80;
  return { hostname, port: port === "" ? usual : Number(port) };
}

function opened(socket: WebSocket, { protocol, origin }: URL): Promise<void> {
  const trust = protocol === "wss:" ? ", whether this browser trusts its certificate" : "";
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("close", () => {
      reject(
        new Error(
          `WebSocket to ${origin} cannot be opened; see whether the node runs there${trust}, ` +
            "and whether websocket.allowed_origins of the node has this page's origin",
        ),
      );
    });
  });
}
