/**
 * What a service manager is told, as sd_notify(3) has it: a datagram on the Unix socket that
 * NOTIFY_SOCKET names.
 *
 * @module
 */
import { logs } from "../telemetry.ts";

/**
 * Tells that the node serves to who listens at `path`, if anybody does; the sending socket lies in
 * `folder` meanwhile. A message that does not get through is logged: the manager may wait for it, but
 * clients need not.
 */
export async function tellReady(path: string | undefined, folder: string): Promise<void> {
  if (path === undefined) return;
  const ownPath = `${folder}/notify`;
  try {
    const socket = Deno.listenDatagram({ transport: "unixpacket", path: ownPath });
    try {
      await socket.send(READY, { transport: "unixpacket", path });
    } finally {
      socket.close();
      Deno.removeSync(ownPath);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logs.node.warn("Service manager was not told by {path} that the node serves: {reason}", {
      path,
      reason,
    });
  }
}

const READY = new TextEncoder().encode("READY=1");
