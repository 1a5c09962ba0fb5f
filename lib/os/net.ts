/**
 * TCP as the core sees it.
 *
 * @module
 */
import { type Address, type Duplex, type Listener, StreamClosed } from "../ports.ts";

/** Listens on a TCP address; port 0 takes a free one. Throws with the address and the cause in words. */
export function listenTcp(address: Address): Listener {
  let listener: Deno.TcpListener;
  try {
    listener = Deno.listen({ transport: "tcp", hostname: address.hostname, port: address.port });
  } catch (cause) {
    throw new Error(listenFailure(address, cause), { cause });
  }
  const bound = listener.addr as Deno.NetAddr;
  return {
    address: { hostname: bound.hostname, port: bound.port },
    async accept() {
      for (;;) {
        try {
          const conn = await listener.accept();
          conn.setNoDelay(true);
          return tcpDuplex(conn);
        } catch (error) {
          if (error instanceof Deno.errors.BadResource) return null;
          // A connection that was reset before it was accepted, or a full table of open files: the
          // listener itself is well, so it goes on after a breath.
          await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
        }
      }
    },
    close() {
      listener.close();
    },
  };
}

/** Dials a TCP address. Rejects when nobody listens there. */
export async function connectTcp(address: Address): Promise<Duplex> {
  const conn = await Deno.connect({ hostname: address.hostname, port: address.port });
  conn.setNoDelay(true);
  return tcpDuplex(conn);
}

/** Dials a unix socket; `peer` and `local` are what the stream stands for. */
export async function connectUnix(path: string, peer: Address, local: Address): Promise<Duplex> {
  return duplex(await Deno.connect({ transport: "unix", path }), peer, local);
}

function tcpDuplex(conn: Deno.TcpConn): Duplex {
  const { remoteAddr, localAddr } = conn;
  return duplex(
    conn,
    { hostname: remoteAddr.hostname, port: remoteAddr.port },
    { hostname: localAddr.hostname, port: localAddr.port },
  );
}

function duplex(conn: Deno.TcpConn | Deno.UnixConn, peer: Address, local: Address): Duplex {
  let open = true;
  /** Fails the write that is under way. */
  let abandon = NO_WRITE;
  return {
    peer,
    local,
    wholeMessages: false,
    async read(into) {
      try {
        return await conn.read(into);
      } catch {
        // Reset, timed out or closed under the read: the end of the stream in each case.
        return null;
      }
    },
    write(bytes) {
      return new Promise((resolve, reject) => {
        abandon = (cause) => {
          const where = `${peer.hostname}:${peer.port}`;
          reject(new StreamClosed(`Stream to ${where} is closed`, { cause }));
        };
        const done = () => {
          abandon = NO_WRITE;
          resolve();
        };
        writeAll(conn, bytes).then(done, abandon);
      });
    },
    async finish() {
      try {
        await conn.closeWrite();
      } catch {
        // The far end is gone: there is nothing to end.
      }
    },
    close() {
      if (!open) return;
      open = false;
      conn.close();
      // Deno 2.6 does not end a pending write when its connection is closed: nobody waits for it then.
      abandon();
    },
  };
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let at = await conn.write(bytes);
  while (at < bytes.length) at += await conn.write(bytes.subarray(at));
}

function listenFailure(address: Address, cause: unknown): string {
  const where = `${address.hostname}:${address.port}`;
  if (cause instanceof Deno.errors.AddrInUse) {
    return `Address ${where} is in use: stop what listens there, or choose another port (0 takes a free one)`;
  }
  if (cause instanceof Deno.errors.AddrNotAvailable) {
    return `Address ${where} is not one of this machine's`;
  }
  if (cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable) {
    return `Address ${where} may not be listened on by this user`;
  }
  return `Cannot listen on ${where}: ${cause instanceof Error ? cause.message : cause}`;
}

const ACCEPT_RETRY_MS = 20;

const NO_WRITE = (_cause?: unknown) => {};
