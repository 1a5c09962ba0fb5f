/**
 * What the client of `deno task bench tls` asks a server for, and how any server does it: 16 bytes
 * with the kind and a number of bytes, both big-endian, again and again on one connection.
 *
 * @module
 */

/** A byte stream of whatever kind. */
export interface Stream {
  read(into: Uint8Array): Promise<number | null>;
  /** Writes all of `bytes`. */
  write(bytes: Uint8Array): Promise<void>;
}

/** Serves one connection to its end. */
export async function serve(stream: Stream): Promise<void> {
  const order = new Uint8Array(ORDER_BYTES);
  const view = new DataView(order.buffer);
  while (await readFull(stream, order)) {
    const bytes = Number(view.getBigUint64(8));
    switch (Number(view.getBigUint64(0))) {
      case RECEIVE:
        await receive(stream, bytes);
        break;
      case SEND:
        await send(stream, bytes);
        continue;
    }
    await stream.write(order);
  }
}

async function receive(stream: Stream, bytes: number): Promise<void> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let left = bytes; left > 0;) {
    const count = await stream.read(left < CHUNK_BYTES ? chunk.subarray(0, left) : chunk);
    if (count === null) return;
    left -= count;
  }
}

async function send(stream: Stream, bytes: number): Promise<void> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    await stream.write(left < CHUNK_BYTES ? chunk.subarray(0, left) : chunk);
  }
}

async function readFull(stream: Stream, bytes: Uint8Array): Promise<boolean> {
  for (let at = 0; at < bytes.length;) {
    const count = await stream.read(at === 0 ? bytes : bytes.subarray(at));
    if (count === null) return false;
    at += count;
  }
  return true;
}

/**
 * Says on standard output where it listens; then, for each byte on standard input, what memory this
 * process holds after a collection of garbage.
 */
export async function announce(port: number): Promise<void> {
  console.log(port);
  const { gc } = globalThis as { gc?: () => void };
  for await (const _ of Deno.stdin.readable) {
    // What the first collection finds dead, finalizers let go of before the second.
    for (let round = 0; round < 3; round++) {
      gc?.();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { rss, heapUsed, external } = Deno.memoryUsage();
    console.log(JSON.stringify({ rss, held: heapUsed + external }));
  }
}

const ORDER_BYTES = 16;
const RECEIVE = 1;
const SEND = 2;
const CHUNK_BYTES = 256 * 1024;
