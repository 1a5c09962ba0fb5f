/**
 * Real connections over loopback, both ends in hand.
 *
 * @module
 */
import { assert } from "@std/assert";
import { connectTcp, listenTcp } from "../../lib/os/net.ts";
import type { Duplex } from "../../lib/ports.ts";

/** Both ends of one connection; closed with the scope. */
export interface Pair extends Disposable {
  /** The accepted end. */
  readonly near: Duplex;
  /** The end that dialled. */
  readonly far: Duplex;
}

export async function pair(): Promise<Pair> {
  const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const far = await connectTcp(listener.address);
  const near = (await accepted)!;
  listener.close();
  return {
    near,
    far,
    [Symbol.dispose]() {
      near.close();
      far.close();
    },
  };
}

/** Reads so many bytes; fails when the stream ends before. */
export async function readExactly(
  from: Duplex,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await from.read(bytes.subarray(at));
    assert(count !== null, `Stream ends after ${at} of ${length} bytes`);
    at += count;
  }
  return bytes;
}

/** Reads text until it ends so; fails when the stream ends before. */
export async function readUntil(from: Duplex, ending: string): Promise<string> {
  const decoder = new TextDecoder();
  const into = new Uint8Array(4096);
  let text = "";
  while (!text.endsWith(ending)) {
    const count = await from.read(into);
    assert(count !== null, `Stream ends after ${JSON.stringify(text)}`);
    text += decoder.decode(into.subarray(0, count), { stream: true });
  }
  return text;
}

/** Everything that comes until the stream ends. */
export async function readToEnd(from: Duplex): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const into = new Uint8Array(65_536);
  for (let count; (count = await from.read(into)) !== null;) chunks.push(into.slice(0, count));
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
