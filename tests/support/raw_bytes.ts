/**
 * Bytes over a socket, without any idea of what they mean.
 *
 * @module
 */

/**
 * Dials a node on loopback, writes `bytes`, ends its own half of the connection and gives all that
 * comes back until the node has ended the other.
 */
export async function sayAndHear(port: number, bytes: Uint8Array): Promise<Uint8Array> {
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const heard: Uint8Array[] = [];
  const listening = hear(socket, (chunk) => heard.push(chunk));
  try {
    for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
    await socket.closeWrite();
  } catch {
    // The node has heard enough and closed already.
  }
  await listening;
  return new Uint8Array(await new Blob(heard as BlobPart[]).arrayBuffer());
}

/** A reset ends a stream as well as an end does. */
async function hear(socket: Deno.Conn, take: (chunk: Uint8Array) => void): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let count; (count = await socket.read(buffer)) !== null;) {
      take(buffer.slice(0, count));
    }
  } catch {
    return;
  }
}
