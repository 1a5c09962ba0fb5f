/**
 * The real outside world of a node.
 *
 * @module
 */
import type { NodePorts } from "../ports.ts";
import { systemClock } from "./clock.ts";
import { systemEntropy } from "./entropy.ts";
import { systemHost } from "./host.ts";
import { makeBridgeFolder, openHttpBridge } from "./http_bridge.ts";
import { listenTcp } from "./net.ts";
import { fileStorage, isOpenToOthers, readAnyFile } from "./storage.ts";

/**
 * Ports over this operating system, for a node whose data lie below `dataDirectory`, with the bridge
 * of HTTP in a folder that was made for it; by default it is made when the bridge is opened.
 */
export function systemPorts(dataDirectory: string, bridgeFolder?: string): NodePorts {
  return {
    clock: systemClock,
    entropy: systemEntropy,
    host: systemHost(dataDirectory),
    storage: fileStorage(dataDirectory),
    listen: listenTcp,
    readFile: readAnyFile,
    isOpenToOthers,
    openHttpBridge: (handlers, limits) =>
      openHttpBridge(bridgeFolder ?? makeBridgeFolder(dataDirectory), handlers, limits),
  };
}
