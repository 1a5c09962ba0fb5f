/**
 * Bytes into sockets and files and out of them: all of them or an error.
 *
 * @module
 */

/** Fills all of `bytes`; gives whether the stream had as much. */
export async function readFull(conn: Deno.Conn, bytes: Uint8Array): Promise<boolean> {
  for (let at = 0; at < bytes.length;) {
    const count = await conn.read(at === 0 ? bytes : bytes.subarray(at));
    if (count === null) return false;
    at += count;
  }
  return true;
}

/** Writes all of `bytes`. */
export async function writeFull(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await conn.write(at === 0 ? bytes : bytes.subarray(at));
  }
}

/** Writes all of `bytes` where the file's cursor is. */
export function append(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** Fills all of `into` from where the file's cursor is. */
export function read(file: Deno.FsFile, into: Uint8Array): void {
  for (let at = 0; at < into.length;) {
    const count = file.readSync(into.subarray(at));
    if (count === null) throw new Error("File ends before all of it was asked for");
    at += count;
  }
}
