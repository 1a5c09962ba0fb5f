/**
 * The program at the other end of the floor: takes bytes from sockets, puts them into files, gives
 * bytes back, and looks at none of them. Its argument is the folder of the files; it prints its port.
 *
 * @module
 */
import { append, read, readFull, writeFull } from "./floor_io.ts";
import { decodeOrder, ORDER_BYTES } from "./floor_orders.ts";

async function main([folder]: readonly string[]): Promise<never> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  console.log(listener.addr.port);
  for (;;) {
    const conn = await listener.accept();
    conn.setNoDelay(true);
    serve(conn, folder).catch((error) => console.error(error)).finally(() => conn.close());
  }
}

async function serve(conn: Deno.Conn, folder: string): Promise<void> {
  const head = new Uint8Array(ORDER_BYTES);
  if (!(await readFull(conn, head))) return;
  const { requests, requestBytes, replyBytes, file: use, fileNumber, sync } = decodeOrder(head);
  const request = new Uint8Array(requestBytes);
  const reply = new Uint8Array(replyBytes);
  using file = use === "none" ? undefined : open(`${folder}/${fileNumber}`, use === "append");
  for (let served = 0; served < requests; served++) {
    if (!(await readFull(conn, request))) return;
    if (use === "append") append(file!, request);
    if (use === "append" && sync) await file!.syncData();
    if (use === "read") read(file!, reply);
    await writeFull(conn, reply);
  }
}

function open(path: string, fresh: boolean): Deno.FsFile {
  return Deno.openSync(path, { read: true, write: true, create: fresh, truncate: fresh });
}

if (import.meta.main) await main(Deno.args);
