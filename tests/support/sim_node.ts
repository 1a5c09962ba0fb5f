/**
 * Whole nodes in memory: no socket, no file, time by hand.
 *
 * @module
 */
import { Catalog } from "../../lib/catalog/catalog.ts";
import { type Config, loadConfig } from "../../lib/config.ts";
import { claimDataDirectory } from "../../lib/log/format.ts";
import { Node } from "../../lib/node.ts";
import type { Dialect } from "../../protocol/command.ts";
import { ALL_GLOBAL_PERMISSIONS } from "../../protocol/permissions.ts";
import { Peer } from "./raw_peer.ts";
import { SimPorts } from "./sim_ports.ts";
import { SimStorage } from "./sim_storage.ts";

/** A node that serves, its outside world, and a way to it. */
export interface SimNode extends AsyncDisposable {
  readonly node: Node;
  readonly ports: SimPorts;
  readonly config: Config;
  /** A new client over TCP. */
  dial(framing: Dialect): Peer;
}

/** What is configured, by Iggy's names. */
export type Environment = Readonly<Record<string, string>>;

/** A configuration with TCP only, on a free port, and root `iggy` / `iggy`. */
export function simConfig(environment: Environment = {}): Config {
  return loadConfig({
    readText: () => undefined,
    environment: {
      IGGY_TCP_ADDRESS: "127.0.0.1:0",
      IGGY_HTTP_ENABLED: "false",
      IGGY_WEBSOCKET_ENABLED: "false",
      WHIPPET_TLS: "off",
      IGGY_ROOT_USERNAME: "iggy",
      IGGY_ROOT_PASSWORD: "iggy",
      ...environment,
    },
  });
}

/** Starts a node on a disk that has a root user, or on the given ports. */
export async function startSimNode(
  environment: Environment = {},
  ports?: SimPorts,
): Promise<SimNode> {
  const world = ports ?? new SimPorts(await diskWithRoot());
  const config = simConfig(environment);
  const node = await Node.start(config, world);
  return {
    node,
    config,
    ports: world,
    dial: (framing) => new Peer(world.network.dial(node.bound.tcp!.port), framing),
    async [Symbol.asyncDispose]() {
      await node.drain().catch(() => {});
    },
  };
}

/** A disk whose root user has a password that is quickly checked. */
export async function diskWithRoot(): Promise<SimStorage> {
  const storage = new SimStorage();
  await claimDataDirectory(storage);
  const catalog = await Catalog.open(storage, "catalog");
  catalog.users.create({
    name: "iggy",
    passwordHash: CHEAP_HASH,
    status: "active",
    permissions: { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() },
    at: 1,
  });
  await catalog.close();
  return storage;
}

/** Of the password "iggy". */
const CHEAP_HASH = "$argon2id$v=19$m=8,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$" +
  "RYq2+IbkbQLhWM7IM1E3qXWbP/Dxz2bDRZueKb4BsWA";
