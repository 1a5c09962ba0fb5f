/**
 * A WebSocket as a byte stream: binary messages in arrival order in, one binary message per write out,
 * as long as Iggy's clients take one of that length.
 *
 * @module
 */
import type { Duplex } from "../ports.ts";
import type { Backlog } from "./http_bridge.ts";
import { sendMessage, WebSocketReader } from "./web_socket_messages.ts";

/** Wraps an open socket. `carrier` is the stream below it, whose addresses the duplex shows. */
export function webSocketDuplex(socket: WebSocket, carrier: Duplex, backlog: Backlog): Duplex {
  const reader = new WebSocketReader(socket, {
    arrived: (bytes) => backlog.add(bytes),
    taken: (bytes) => backlog.remove(bytes),
    ended: () => backlog.end(),
  });
  let closing = false;

  return {
    peer: carrier.peer,
    local: carrier.local,
    wholeMessages: true,
    read: (into) => reader.read(into),
    async write(bytes, progress) {
      backlog.onTaken = progress;
      try {
        for (let at = 0; at === 0 || at < bytes.length; at += MESSAGE_BYTES_MAX) {
          await sendMessage(socket, bytes.subarray(at, at + MESSAGE_BYTES_MAX));
        }
      } finally {
        backlog.onTaken = undefined;
      }
    },
    close() {
      reader.end();
      if (closing) return carrier.close();
      closing = true;
      // The stream below ends by itself, behind the answer when it was the far end that closed.
      if (socket.readyState === WebSocket.CLOSED) return;
      if (socket.readyState === WebSocket.OPEN) socket.close();
      const late = setTimeout(() => carrier.close(), CLOSE_MS_MAX);
      Deno.unrefTimer(late);
      socket.addEventListener("close", () => clearTimeout(late));
    },
  };
}

/**
 * Iggy's clients refuse a frame of more (VSR.md section 1), and this API cannot spread a message over
 * several frames. They join messages, so a longer answer comes in several.
 */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;
/** How long the far end may take to answer a close (RFC 6455 section 7.1.1) before the stream below ends. */
const CLOSE_MS_MAX = 5000;
