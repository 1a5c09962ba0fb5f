/**
 * The server that whippet's TLS is compared with in `deno task bench tls`: the runtime's own.
 *
 *     native_server.ts CERTIFICATE KEY
 *
 * @module
 */
import { announce, serve } from "../../../scripts/bench/tls_orders.ts";

async function main([certificate, key]: readonly string[]): Promise<void> {
  const listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert: Deno.readTextFileSync(certificate),
    key: Deno.readTextFileSync(key),
  });
  const told = announce(listener.addr.port);
  for await (const conn of listener) {
    serveOne(conn).catch((error) => console.error(error));
  }
  await told;
}

async function serveOne(conn: Deno.TlsConn): Promise<void> {
  try {
    await serve({
      read: (into) => conn.read(into),
      async write(bytes) {
        for (let at = 0; at < bytes.length;) {
          at += await conn.write(at === 0 ? bytes : bytes.subarray(at));
        }
      },
    });
  } finally {
    conn.close();
  }
}

if (import.meta.main) await main(Deno.args);
