/**
 * The real outside world of a node.
 *
 * @module
 */
import type { NodePorts } from "../ports.ts";
import { systemClock } from "./clock.ts";
import { systemEntropy } from "./entropy.ts";
import { systemHost } from "./host.ts";
import { bridgeFolder, openHttpBridge } from "./http_bridge.ts";
import { listenTcp } from "./net.ts";
import { fileStorage, isOpenToOthers, readAnyFile } from "./storage.ts";

/**
 * Ports over this operating system, for a node whose data lie below `dataDirectory`, with the bridge
 * of HTTP in `bridge`, {@link bridgeFolder}'s choice by default.
 */
export function systemPorts(dataDirectory: string, bridge?: string): NodePorts {
  return {
    clock: systemClock,
    entropy: systemEntropy,
    host: systemHost(dataDirectory),
    storage: fileStorage(dataDirectory),
    listen: listenTcp,
    readFile: readAnyFile,
    isOpenToOthers,
    openHttpBridge: (handlers, limits) =>
      openHttpBridge(bridge ?? bridgeFolder(dataDirectory), handlers, limits),
  };
}
