/**
 * What a serving node may touch of this machine, by its configuration: the least it can do its work with.
 *
 * @module
 */
import type { Config } from "../config.ts";
import { bridgeSocket } from "../os/http_bridge.ts";
import type { Address } from "../ports.ts";

/** The folders a node works in; absolute, without symbolic links. */
export interface NodeFolders {
  readonly data: string;
  /** That of the bridge of HTTP; mostly below `data`. */
  readonly bridge: string;
}

/**
 * Files: it reads and writes below its folders, and reads the certificates and keys that its
 * configuration names. Network: it listens where it was told, and reaches nobody but the other end of
 * its own bridge. No environment, no programs, no libraries.
 */
export function nodePermissions(
  config: Config,
  folders: NodeFolders,
): Deno.PermissionOptionsObject {
  const written = [...new Set([folders.data, folders.bridge, config.system.path])];
  return {
    read: [...written, ...filesOf(config), ...CODE],
    write: written,
    net: [...listening(config), ...bridging(folders.bridge)],
    sys: [...SYSTEM_FACTS],
    env: false,
    run: false,
    ffi: false,
    import: false,
  };
}

/** What a node asks of its machine; `deno compile` has to grant as much, for a worker gets no more. */
export const SYSTEM_FACTS = [
  "cpus",
  "hostname",
  "networkInterfaces",
  "osRelease",
  "statfs",
  "systemMemoryInfo",
] as const;

/** The program's own code, which the workers of the node load; in a binary it counts as files, too. */
const CODE = ["lib", "protocol", "tls"].map((folder) => `${import.meta.dirname}/../../${folder}`);

/** Ends what the calling thread itself may do. Workers it has started keep theirs. */
export function giveUpPermissions(): void {
  for (const name of ["read", "write", "net", "sys", "env", "run", "ffi", "import"] as const) {
    Deno.permissions.revokeSync({ name });
  }
}

/** The files besides those in the data directory; they are read again when they change. */
function filesOf({ tcp, websocket, http, clientCertificates, system }: Config): string[] {
  const files = [tcp, websocket, http].flatMap(({ tls: { files } }) =>
    files === undefined ? [] : [files.certFile, files.keyFile]
  );
  return [...files, clientCertificates.caFile, system.encryption.keyFile]
    .filter((path) => path !== undefined)
    .filter((path) => path !== "");
}

function listening({ tcp, websocket, http }: Config): string[] {
  return [tcp, websocket, http].filter(({ enabled }) => enabled)
    .map(({ address }) => hostAndPort(address));
}

/** Without a port, any is meant: that of port 0 is known once it is there. */
function hostAndPort({ hostname, port }: Address): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return port === 0 ? host : `${host}:${port}`;
}

function bridging(folder: string): string[] {
  if (Deno.build.os === "windows") return ["127.0.0.1"];
  return knowsSocketPermissions() ? [`unix:${bridgeSocket(folder)}`] : [];
}

/**
 * Deno 2.6 takes the permissions for files as enough for a socket, and refuses to read this one. To
 * revoke one is the question that is always read; this one nobody needs.
 */
function knowsSocketPermissions(): boolean {
  try {
    Deno.permissions.revokeSync({ name: "net", host: "unix:/none" });
    return true;
  } catch {
    return false;
  }
}
