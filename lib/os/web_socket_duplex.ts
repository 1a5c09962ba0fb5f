/**
 * A WebSocket as a byte stream: binary messages in arrival order in, one binary message per write out,
 * as long as Iggy's clients take one of that length. Text messages are ignored (CLASSIC.md section 1.5).
 *
 * @module
 */
import { type Duplex, StreamClosed } from "../ports.ts";
import type { Backlog } from "./http_bridge.ts";

/** Wraps an open socket. `carrier` is the stream below it, whose addresses the duplex shows. */
export function webSocketDuplex(socket: WebSocket, carrier: Duplex, backlog: Backlog): Duplex {
  const inbox: Uint8Array[] = [];
  let ended = false;
  let closing = false;
  let wake: (() => void) | undefined;
  const notify = () => {
    wake?.();
    wake = undefined;
  };
  const end = () => {
    ended = true;
    backlog.end();
    notify();
  };
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    if (!(data instanceof ArrayBuffer) || data.byteLength === 0 || ended) return;
    inbox.push(new Uint8Array(data));
    backlog.add(data.byteLength);
    notify();
  });
  socket.addEventListener("close", end);
  socket.addEventListener("error", end);

  return {
    peer: carrier.peer,
    local: carrier.local,
    wholeMessages: true,
    async read(into) {
      while (inbox.length === 0) {
        if (ended) return null;
        await new Promise<void>((resolve) => wake = resolve);
      }
      const length = Math.min(inbox[0].length, into.length);
      into.set(inbox[0].subarray(0, length));
      if (length === inbox[0].length) inbox.shift();
      else inbox[0] = inbox[0].subarray(length);
      backlog.remove(length);
      return length;
    },
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
      end();
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

async function sendMessage(socket: WebSocket, bytes: Uint8Array): Promise<void> {
  if (socket.readyState !== WebSocket.OPEN) throw new StreamClosed("WebSocket is closed");
  socket.send(bytes as Uint8Array<ArrayBuffer>);
  while (socket.bufferedAmount > UNSENT_BYTES_MAX && socket.readyState === WebSocket.OPEN) {
    await new Promise((resolve) => setTimeout(resolve, UNSENT_POLL_MS));
  }
}

/**
 * Iggy's clients refuse a frame of more (VSR.md section 1), and this API cannot spread a message over
 * several frames. They join messages, so a longer answer comes in several.
 */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;
const UNSENT_BYTES_MAX = 1024 * 1024;
/** The WebSocket API has no event for "sent", so a full socket is asked again after this time. */
const UNSENT_POLL_MS = 2;
/** How long the far end may take to answer a close (RFC 6455 section 7.1.1) before the stream below ends. */
const CLOSE_MS_MAX = 5000;
