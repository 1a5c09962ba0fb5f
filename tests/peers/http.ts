/**
 * As much HTTP/1.0 as peers need to be heard by: a request, a body of so many bytes, the end.
 *
 * @module
 */
import type { TlsSocket } from "../support/tls_sockets.ts";

/** What went over a connection apart from headers. */
export interface Volume {
  readonly received: number;
  readonly sent: number;
}

/**
 * Answers the request of one connection: `/bytes/N` with N bytes, `/rekey` with new keys
 * in between, `POST` with how many bytes came, anything else with a line.
 */
export async function answer(tls: TlsSocket): Promise<Volume> {
  const request = new Incoming(tls);
  const head = await request.head();
  if (head === undefined) return { received: 0, sent: 0 };
  const [method, path] = head.split(" ");
  const expected = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  if (/^expect: *100-continue/im.test(head)) await tls.write(text("HTTP/1.1 100 Continue\r\n\r\n"));
  const received = method === "POST" || method === "PUT" ? await request.skip(expected) : 0;
  return { received, sent: await respond(tls, path, received) };
}

/** Sends a request and takes in the answer to its end, or one record of who does not end it. */
export async function ask(
  tls: TlsSocket,
  path: string,
  upload = 0,
  { listens = true } = {},
): Promise<Volume> {
  const method = upload > 0 ? "POST" : "GET";
  const length = upload > 0 ? `Content-Length: ${upload}\r\n` : "";
  await tls.write(text(`${method} ${path} HTTP/1.0\r\nHost: localhost\r\n${length}\r\n`));
  await writeBytes(tls, upload);
  const received = listens ? await new Incoming(tls).rest() : 0;
  await tls.close();
  return { received, sent: upload };
}

async function respond(tls: TlsSocket, path: string, received: number): Promise<number> {
  const [, digits] = /^\/bytes\/(\d+)/.exec(path) ?? [];
  const line = `${received} bytes of ${path}\n`;
  const bytes = digits === undefined ? line.length : Number(digits);
  const type = "Content-Type: text/plain\r\nConnection: close\r\n";
  await tls.write(text(`HTTP/1.0 200 OK\r\n${type}Content-Length: ${bytes}\r\n\r\n`));
  if (path.startsWith("/rekey")) await tls.updateKeys();
  if (digits === undefined) await tls.write(text(line));
  else await writeBytes(tls, bytes);
  return bytes;
}

async function writeBytes(tls: TlsSocket, bytes: number): Promise<void> {
  const piece = new Uint8Array(PIECE_BYTES).fill(0x77);
  for (let at = 0; at < bytes; at += PIECE_BYTES) {
    await tls.write(piece.subarray(0, Math.min(PIECE_BYTES, bytes - at)));
  }
}

/** What comes, head first. */
class Incoming {
  readonly #tls: TlsSocket;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(tls: TlsSocket) {
    this.#tls = tls;
  }

  /** Up to and with the empty line; `undefined` when nothing came. */
  async head(): Promise<string | undefined> {
    let head = "";
    for (;;) {
      const data = await this.#tls.read();
      if (data === undefined) return head === "" ? undefined : head;
      const before = head.length;
      head += new TextDecoder("latin1").decode(data);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) continue;
      this.#pending = data.subarray(end + 4 - before);
      return head.slice(0, end);
    }
  }

  /** Passes over so many bytes; gives how many there were. */
  async skip(bytes: number): Promise<number> {
    let count = this.#pending.length;
    while (count < bytes) {
      const data = await this.#tls.read();
      if (data === undefined) break;
      count += data.length;
    }
    return count;
  }

  /** Takes in all that follows the head. */
  async rest(): Promise<number> {
    await this.head();
    return await this.skip(Infinity);
  }
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

const PIECE_BYTES = 1 << 20;
